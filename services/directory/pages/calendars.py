"""Until when each calendar is known: what an administrator looks at before the year's end, and is told of on the home page."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from chassis.process import CurrentProcess
from services.directory.access import Administrator
from services.directory.queries.calendars import calendar_ends
from web.pages import CurrentPages

router = APIRouter(prefix="/directory/calendars", include_in_schema=False)


@router.get("")
async def calendars(request: Request, pages: CurrentPages, process: CurrentProcess, _: Administrator) -> Response:
    return pages.render(request, "calendars.html", calendars=await calendar_ends(process))
