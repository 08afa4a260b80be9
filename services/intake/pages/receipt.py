"""Form 01: the receipt with code, promised date and secret, to be printed as often as needed. Its QR opens the tracking page."""

from pathlib import Path
from typing import Any, Final

import segno
from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from chassis.process import CurrentProcess
from contracts.directory import UnitV1
from contracts.values import Identifier, Role
from messaging import copies
from services.intake import looking
from services.intake.api.replying import Clerk, tracking_url
from services.intake.repository import reference
from services.intake.showing import steps, why_this_date
from web.languages import chosen_language
from web.pages import CurrentPages

router = APIRouter(include_in_schema=False)
_STYLE: Final = Path(__file__).parents[1] / "static" / "receipt.css"


@router.get("/intake/receipt.css")
async def style() -> Response:
    return FileResponse(_STYLE, media_type="text/css", headers={"Cache-Control": "public, max-age=600"})


@router.get("/intake/dossiers/{dossier}/receipt")
async def receipt(process: CurrentProcess, pages: CurrentPages, clerk: Clerk, request: Request, dossier: Identifier) -> Response:
    sight = await looking.dossier_with_all(process, dossier)
    clerk.require(Role.CLERK, sight.dossier.unit.id)
    taken_in = [step for step in steps(sight.history) if step.kind in {"submitted", "accepted"}]
    by = next((step.by for step in reversed(taken_in) if step.by), None)
    async with process.database.connect() as connection:
        names = await reference.staff_names(connection, [by] if by else [])
        unit = await copies.one(connection, UnitV1, sight.dossier.unit.id)
    address = tracking_url(process, sight.dossier.known_by())
    return pages.render(
        request,
        "receipt.html",
        dossier=sight.dossier,
        applicant=sight.applicant,
        secret=sight.secret,
        unit=unit,
        clerk=names.get(by or "", by),
        why=why_this_date(sight.dossier, "en" if chosen_language(request) == "en" else "vi"),
        tracking_url=address,
        tracking_page=address.partition("?")[0],
        qr=_qr(address),
    )


def _qr(address: str) -> str:
    made: Any = segno.make(address, error="m", micro=False)
    return str(made.svg_data_uri(scale=4, border=2, dark="#000", light="#fff"))
