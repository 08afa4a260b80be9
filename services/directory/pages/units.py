"""The units: where they are, when they are open, what comes under what."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from chassis.process import CurrentProcess
from services.directory.queries.units import units_by_tier
from web.pages import CurrentPages
from web.signin import Visitor

router = APIRouter(prefix="/directory/units", include_in_schema=False)


@router.get("")
async def units(request: Request, pages: CurrentPages, process: CurrentProcess, _: Visitor) -> Response:
    tiers = await units_by_tier(process)
    return pages.render(request, "units.html", tiers=tiers)
