"""A procedure on one sheet, to be hung where people wait: its QR opens the procedure's page, where today's version stands."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from chassis.process import CurrentProcess
from contracts.values import ProcedureCode
from services.directory.queries.procedures import show_procedure
from services.directory.queries.receiving_units import receiving_unit
from web.pages import CurrentPages
from web.qr_codes import qr_image
from web.signin import Visitor

router = APIRouter(prefix="/directory/procedures", include_in_schema=False)


@router.get("/{code}/poster")
async def poster(
    request: Request,
    code: ProcedureCode,
    pages: CurrentPages,
    process: CurrentProcess,
    _: Visitor,
    unit: Annotated[str, Query(max_length=24)] = "",
) -> Response:
    """Of the version in force; `unit`: where it will hang, whose hours and telephone it then says."""
    detail = await show_procedure(process, code, None)
    address = f"{process.settings.public_url.rstrip('/')}/directory/procedures/{code}"
    return pages.render(
        request,
        "poster.html",
        detail=detail,
        receiving=await receiving_unit(process, detail.shown, unit) if unit else None,
        address=address,
        qr=qr_image(address),
    )
