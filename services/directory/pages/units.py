"""The units: where they are, when they are open, what comes under what."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from chassis.process import CurrentProcess
from services.directory.queries.units import units_by_tier
from web.pages import CurrentPages
from web.signin import Visitor

router = APIRouter(prefix="/directory/units", include_in_schema=False)


@router.get("")
async def units(
    request: Request,
    pages: CurrentPages,
    process: CurrentProcess,
    _: Visitor,
    q: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    tiers = await units_by_tier(process, q.strip())
    return pages.render(request, "units.html", tiers=tiers, q=q)
