"""Form 01: the receipt with code, promised date and secret, to be printed as often as needed. Its QR opens the tracking page, and
never says the secret.
"""

from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from chassis.process import CurrentProcess
from contracts.values import Identifier
from services.intake.access import Clerk, require_clerk_of
from services.intake.pages.printed_codes import Paper, bars_of, qr_of
from services.intake.queries.choices import staff_names, unit_copy
from services.intake.queries.dossiers import dossier_detail, tracking_url
from services.intake.queries.reach import reach_of
from web.languages import chosen_language
from web.pages import CurrentPages

router = APIRouter(include_in_schema=False)
_STYLE: Final = Path(__file__).parents[1] / "static" / "receipt.css"


@router.get("/intake/receipt.css")
async def style() -> Response:
    return FileResponse(_STYLE, media_type="text/css", headers={"Cache-Control": "public, max-age=600"})


@router.get("/intake/dossiers/{dossier}/receipt")
async def receipt(
    process: CurrentProcess, pages: CurrentPages, clerk: Clerk, request: Request, dossier: Identifier, paper: Paper = "a5"
) -> Response:
    detail = await dossier_detail(process, dossier)
    state, applicant = detail.dossier, detail.applicant
    require_clerk_of(clerk, state)
    received_by = [line.by for line in detail.history if line.kind in {"submitted", "accepted"} and line.by]
    by = received_by[-1] if received_by else None
    names = await staff_names(process, received_by[-1:])
    return pages.render(
        request,
        "receipt.html",
        dossier=state,
        applicant=applicant,
        secret=detail.secret,
        unit=await unit_copy(process, state.unit.id),
        clerk=names.get(by or "", by),
        why=state.why_this_date(chosen_language(request)),
        reach=await reach_of(
            process, state.unit, state.known_by(), applicant.email if applicant else None, confirmed=state.address_confirmed
        ),
        paper=paper,
        bars=bars_of(state.known_by()),
        qr=qr_of(tracking_url(process, state.known_by())),
    )
