"""The lists that the numbers open: dossiers with days late and who held them, and guidance turns."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.process import CurrentProcess
from contracts.civil import civil_day
from services.reporting import queries
from services.reporting.access import access_of, page_of
from services.reporting.domain.holding import Holding
from services.reporting.pages.choice import Choice, read_choice
from services.reporting.schemas import ListedDossier
from web.addresses import query_of
from web.pages import CurrentPages
from web.principal import Principal
from web.signin import SignedIn

router = APIRouter()
PAGE: Final = 50
Row = tuple[ListedDossier, str, list[Holding]]


@router.get("/dossiers")
async def dossiers_page(request: Request, process: CurrentProcess, pages: CurrentPages, person: SignedIn) -> Response:
    now = process.clock()
    _, choice = read_choice(request, pages.texts, now)
    if choice is None:
        return to_the_form(request)
    address = choice.address
    async with process.reads.connect() as connection:
        access = await access_of(connection, person)
        report = await queries.report(connection, access, choice.question, address.by, now)
        page = await queries.dossiers_behind(
            connection, access, choice.question, address.measure, now, after=choice.after, limit=PAGE
        )
        names = await queries.officer_names(connection, page.rows)
    return pages.render(
        request,
        "dossiers.html",
        choice=choice,
        number=getattr(report.total, address.measure),
        rows=[row_of(person, dossier) for dossier in page.rows],
        names=names,
        unit_name=access.unit_name,
        next_page=page.next and choice.dossiers(address.measure, after=page.next),
        field_title=_field_title(choice, page.rows),
    )


@router.get("/guidance")
async def guidance_page(request: Request, process: CurrentProcess, pages: CurrentPages, person: SignedIn) -> Response:
    _, choice = read_choice(request, pages.texts, process.clock())
    if choice is None:
        return to_the_form(request)
    kind = choice.address.kind
    async with process.reads.connect() as connection:
        access = await access_of(connection, person)
        page = await queries.guidance_turns(connection, access, choice.question, kind, after=choice.turn, limit=PAGE)
    return pages.render(
        request,
        "guidance.html",
        choice=choice,
        kind=kind,
        turns=page.rows,
        unit_name=access.unit_name,
        next_page=page.next and choice.guidance(kind, turn=page.next),
    )


def row_of(person: Principal, dossier: ListedDossier) -> Row:
    """A dossier, where this person sees it, and who had it overnight."""
    link = page_of(person, dossier.id, dossier.unit, dossier.competent_unit)
    return dossier, link, held_longest(dossier.held)


def held_longest(held: Sequence[Holding]) -> list[Holding]:
    """Hands that had it overnight, and the last ones: who passed it on the same day did not make it late."""
    last = len(held) - 1
    return [
        holding
        for index, holding in enumerate(held)
        if index == last or holding.until is None or civil_day(holding.since) != civil_day(holding.until)
    ]


def _field_title(choice: Choice, dossiers: Sequence[ListedDossier]) -> str | None:
    """The name of the field that the list is limited to, as its dossiers call it."""
    return dossiers[0].field_title if choice.question.field and dossiers else None


def to_the_form(request: Request) -> Response:
    """An address that cannot be understood: the figures' form says what is wrong with it."""
    return RedirectResponse(f"/reporting/figures?{query_of(request)}", status_code=HTTPStatus.SEE_OTHER)
