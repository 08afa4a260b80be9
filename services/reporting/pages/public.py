"""For everybody, without signing in: how many dossiers came and were resolved, and how many of these in time. Totals only."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from chassis.process import CurrentProcess
from services.reporting import queries
from web.pages import CurrentPages
from web.signin import Visitor

router = APIRouter()


@router.get("/public")
async def public_page(request: Request, process: CurrentProcess, pages: CurrentPages, _: Visitor) -> Response:
    async with process.reads.connect() as connection:
        report = await queries.public_report(connection, process.clock())
    return pages.render(request, "public.html", report=report)
