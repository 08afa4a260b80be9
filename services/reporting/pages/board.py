"""The leader's board: what came and went in a period, what is late, due, waiting, in which unit; all units below at once.

Every number opens its list. The wall view is the same in large, without a dossier on it, and loads itself again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from chassis.process import CurrentProcess, Process
from contracts.civil import civil_day
from contracts.values import Role
from services.reporting import queries
from services.reporting.access import Access, access_of
from services.reporting.domain.board import SeriesDay, Waiting, series, shown_rate, soon_through, worst_first
from services.reporting.domain.definition import DEFINITIONS
from services.reporting.domain.figures import Measure
from services.reporting.domain.period import Preset
from services.reporting.pages.board_address import TABLES, BoardAddress, CurrentAddress
from services.reporting.pages.chart import chart_of
from services.reporting.pages.lists import row_of
from services.reporting.pages.waiting import Leader
from services.reporting.repository import board
from services.reporting.repository.figures import Group
from services.reporting.schemas import ListedDossier
from web.pages import CurrentPages

router = APIRouter()
UNITS_SHOWN, UNITS_ON_THE_WALL, URGENT_SHOWN = 20, 8, 12
WALL_SECONDS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """`urgent`: what is overdue or due soon, the longest promised first. `longest`: calendar days of the oldest that is late."""

    report: queries.Report
    rows: Sequence[Group]
    waiting: dict[Waiting, int]
    days: tuple[SeriesDay, ...]
    urgent: Sequence[ListedDossier]
    longest: int


@router.get("/board")
async def board_page(
    request: Request, process: CurrentProcess, pages: CurrentPages, person: Leader, address: CurrentAddress
) -> Response:
    now = process.clock()
    async with process.reads.connect() as connection:
        access = await access_of(connection, person)
        shown = await _board(connection, access, address, now)
        names = await queries.officer_names(connection, shown.urgent)
    return pages.render(
        request,
        "board.html",
        **_shown(process, address, access, shown, now),
        names=names,
        urgent=[row_of(person, dossier) for dossier in shown.urgent],
        leads=lambda unit: person.has(Role.LEADER, unit),
        chart=chart_of(shown.days),
        units_shown=UNITS_SHOWN,
        TABLES=TABLES,
        Preset=Preset,
    )


@router.get("/board/wall")
async def wall_page(
    request: Request, process: CurrentProcess, pages: CurrentPages, person: Leader, address: CurrentAddress
) -> Response:
    """For a screen that nobody sits at: the browser is told by a header to come again, as a page for people must not."""
    now = process.clock()
    async with process.reads.connect() as connection:
        access = await access_of(connection, person)
        shown = await _board(connection, access, address, now)
    response = pages.render(
        request, "board-wall.html", **_shown(process, address, access, shown, now), units_shown=UNITS_ON_THE_WALL
    )
    response.headers["Refresh"] = str(WALL_SECONDS)
    return response


async def _board(connection: AsyncConnection, access: Access, address: BoardAddress, now: datetime) -> Board:
    """Raises Forbidden for a unit of which this person sees nothing."""
    today, definition = civil_day(now), DEFINITIONS[-1]
    question = address.choice(today).question
    report = await queries.report(connection, access, question, address.by, now)
    oldest = await queries.dossiers_behind(connection, access, question, Measure.IN_PROGRESS, now, after=None, limit=URGENT_SHOWN)
    counted = await board.by_day(connection, address.unit, access.scope, definition, today)
    rows = [row for row in report.rows if row.figures.total]
    return Board(
        report=report,
        rows=sorted(rows, key=lambda row: worst_first(row.figures, row.name or row.key)),
        waiting=await board.counts(connection, question, access.scope, definition, now),
        days=series(counted, today),
        urgent=[dossier for dossier in oldest.rows if dossier.promised_on <= soon_through(today)],
        longest=max((dossier.days_late for dossier in oldest.rows), default=0),
    )


def _shown(process: Process, address: BoardAddress, access: Access, shown: Board, now: datetime) -> dict[str, Any]:
    """What the board and the wall have alike."""
    return {
        "address": address,
        "choice": address.choice(civil_day(now)),
        "board": shown,
        "unit_name": access.unit_name,
        "behind": any(consumer.lag() for consumer in process.messaging.consumers),
        "today": civil_day(now),
        "soon": soon_through(civil_day(now)),
        "rate": shown_rate,
    }
