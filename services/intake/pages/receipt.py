"""Form 01: the receipt with code, promised date and secret, to be printed as often as needed. Its QR opens the tracking page, and
never says the secret.
"""

# ruff: noqa: FAST003 -- `dossier` of the path is read by CurrentSheet, which ruff does not look into

from pathlib import Path
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse

from services.intake.pages.printed_codes import qr_of
from services.intake.pages.sheet import CurrentSheet
from services.intake.queries.dossiers import tracking_url
from services.intake.queries.reach import reach_of
from web.languages import chosen_language

router = APIRouter(include_in_schema=False)
_STYLE: Final = Path(__file__).parents[1] / "static" / "receipt.css"


@router.get("/intake/receipt.css")
async def style() -> Response:
    return FileResponse(_STYLE, media_type="text/css", headers={"Cache-Control": "public, max-age=600"})


@router.get("/intake/dossiers/{dossier}/receipt")
async def receipt(sheet: CurrentSheet) -> Response:
    state, applicant = sheet.dossier, sheet.detail.applicant
    received_by = [line.by for line in sheet.detail.history if line.kind in {"submitted", "accepted"} and line.by]
    email = applicant.email if applicant else None
    return await sheet.render(
        "receipt.html",
        by=received_by[-1] if received_by else None,
        secret=sheet.detail.secret,
        moved=[line for line in sheet.detail.history if line.kind == "rescheduled"][-1:],
        why=state.why_this_date(chosen_language(sheet.request)),
        reach=await reach_of(sheet.process, state.unit, state.known_by(), email, confirmed=state.address_confirmed),
        qr=qr_of(tracking_url(sheet.process, state.known_by())),
    )
