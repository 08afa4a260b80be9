"""The lists that the board's own numbers open: what is due soon, has nobody, or waits to be fetched."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.process import CurrentProcess
from contracts.civil import civil_day
from contracts.values import Role
from services.reporting import queries
from services.reporting.access import Access, access_of
from services.reporting.domain.board import Waiting, soon_through
from services.reporting.domain.definition import DEFINITIONS
from services.reporting.domain.figures import days_late
from services.reporting.domain.holding import holdings
from services.reporting.domain.question import Question
from services.reporting.pages.board_address import CurrentAddress
from services.reporting.pages.lists import row_of
from services.reporting.repository import board, dossiers
from services.reporting.repository.dossiers import DossierKey
from services.reporting.schemas import ListedDossier
from web.pages import CurrentPages
from web.paging import After, Cursor, Page
from web.principal import Principal
from web.signin import requires

router = APIRouter()
Leader = Annotated[Principal, Depends(requires(Role.LEADER))]
PAGE: Final = 50
LISTS: Final = {waiting: Cursor(f"board-{waiting}", DossierKey) for waiting in Waiting}


@router.get("/board/dossiers")
async def waiting_page(
    request: Request,
    process: CurrentProcess,
    pages: CurrentPages,
    person: Leader,
    address: CurrentAddress,
    waiting: Waiting | None = None,
    after: After = None,
) -> Response:
    """The list behind a number that the form does not count."""
    if waiting is None:
        return RedirectResponse(address.href(), HTTPStatus.SEE_OTHER)
    now, key = process.clock(), LISTS[waiting].decode(after)
    question = address.choice(civil_day(now)).question
    async with process.reads.connect() as connection:
        access = await access_of(connection, person)
        numbers = await board.counts(connection, question, access.scope, DEFINITIONS[-1], now)
        page = await _listed(connection, access, question, waiting, now, key)
        if not page.rows:
            await queries.report(connection, access, question, address.by, now)  # refuses a unit of which nothing is seen
        names = await queries.officer_names(connection, page.rows)
    return pages.render(
        request,
        "board-dossiers.html",
        address=address,
        waiting=waiting,
        number=numbers[waiting],
        rows=[row_of(person, dossier) for dossier in page.rows],
        names=names,
        unit_name=access.unit_name,
        next_page=page.next and address.href("/dossiers", waiting=waiting, after=page.next),
        soon=soon_through(civil_day(now)),
    )


async def _listed(
    connection: AsyncConnection, access: Access, question: Question, waiting: Waiting, now: datetime, after: DossierKey | None
) -> Page[ListedDossier]:
    rows = await board.dossiers(connection, question, access.scope, DEFINITIONS[-1], now, waiting, after=after, most=PAGE + 1)
    facts = await dossiers.facts_of(connection, [row["id"] for row in rows], None)
    period, judged = question.period, queries.judging_day(question, now)
    listed = [
        ListedDossier(
            **row,
            days_late=days_late(row["promised_on"], row["decided_on"], period, judged),
            held=holdings(facts.get(row["id"], ())),
        )
        for row in rows
    ]
    day = board.CONDITIONS[waiting].day
    return LISTS[waiting].page(listed, PAGE, lambda dossier: DossierKey(getattr(dossier, day), dossier.id))
