"""For everybody, without signing in: how many dossiers came and were resolved, and how many of these in time. Totals only."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from chassis.process import CurrentProcess
from contracts.civil import civil_day
from services.reporting.domain.definition import DEFINITIONS
from services.reporting.domain.figures import Figures
from services.reporting.domain.period import Preset, preset
from services.reporting.domain.question import By, Question
from services.reporting.repository import figures as counting
from services.reporting.repository import reference
from web.pages import CurrentPages
from web.signin import Visitor

router = APIRouter()


@router.get("/public")
async def public_page(request: Request, process: CurrentProcess, pages: CurrentPages, _: Visitor) -> Response:
    """This report month and this report year."""
    now = process.clock()
    periods = []
    async with process.database.connect() as connection:
        for name in (Preset.MONTH, Preset.YEAR):
            period = preset(name, civil_day(now))
            groups = await counting.by_group(connection, Question(period), None, DEFINITIONS[-1], now, By.CHANNEL)
            periods.append((name, period, sum((group.figures for group in groups), Figures())))
        newest = await reference.newest_fact(connection)
    return pages.render(request, "public.html", periods=periods, newest=newest, definition=DEFINITIONS[-1])
