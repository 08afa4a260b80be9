"""The lists that the numbers open: dossiers with days late and who held them, and guidance turns."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.process import CurrentProcess
from contracts.civil import civil_day
from contracts.values import Role
from services.reporting import reports
from services.reporting.api import following
from services.reporting.domain.holding import Holding
from services.reporting.pages.choosing import Choice, choose
from services.reporting.reports import Behind
from services.reporting.repository import reference
from services.reporting.repository.lists import Place
from web.addresses import query_of
from web.pages import CurrentPages
from web.principal import Principal
from web.signin import SignedIn

router = APIRouter()
PAGE: Final = 50


@router.get("/dossiers")
async def dossiers_page(request: Request, process: CurrentProcess, pages: CurrentPages, person: SignedIn) -> Response:
    now = process.clock()
    _, choice = choose(request, pages.texts, now)
    if choice is None:
        return _mend(request)
    chosen = choice.chosen
    after = Place.read(chosen.after) if chosen.after else None
    async with process.database.connect() as connection:
        seen = await reports.sight(connection, person)
        report = await reports.report(connection, seen, choice.question, chosen.by, now)
        found = await reports.behind(connection, seen, choice.question, chosen.measure, now, after=after, most=PAGE + 1)
        names = await reference.staff_names(connection, _officers(found))
    next_page = following(found, PAGE)
    return pages.render(
        request,
        "dossiers.html",
        choice=choice,
        number=getattr(report.total, chosen.measure),
        rows=[(one, may_open(person, one), held_longest(one.held)) for one in found[:PAGE]],
        names=names,
        unit_name=seen.name,
        next_page=next_page and choice.dossiers(chosen.measure, after=next_page),
        field_title=_field_title(choice, found),
    )


@router.get("/guidance")
async def guidance_page(request: Request, process: CurrentProcess, pages: CurrentPages, person: SignedIn) -> Response:
    _, choice = choose(request, pages.texts, process.clock())
    if choice is None:
        return _mend(request)
    chosen = choice.chosen
    async with process.database.connect() as connection:
        seen = await reports.sight(connection, person)
        found = await reports.turns(connection, seen, choice.question, chosen.kind, after=chosen.turn, most=PAGE + 1)
    next_page = choice.guidance(chosen.kind, turn=found[PAGE - 1].id) if len(found) > PAGE else None
    return pages.render(
        request, "guidance.html", choice=choice, kind=chosen.kind, turns=found[:PAGE], unit_name=seen.name, next_page=next_page
    )


def may_open(person: Principal, one: Behind) -> bool:
    """Whether routing would show the case to this person."""
    unit = one.dossier.competent_unit
    return unit is not None and any(person.has(role, unit) for role in (Role.OFFICER, Role.LEADER))


def held_longest(held: Sequence[Holding]) -> list[Holding]:
    """Hands that had it overnight, and the last ones: who passed it on the same day did not make it late."""
    last = len(held) - 1
    return [one for at, one in enumerate(held) if at == last or one.until is None or civil_day(one.since) != civil_day(one.until)]


def _officers(found: list[Behind]) -> list[str]:
    return sorted({held.officer for one in found for held in one.held if held.officer})


def _field_title(choice: Choice, found: list[Behind]) -> str | None:
    """The name of the field that the list is limited to, as its dossiers call it."""
    return found[0].dossier.field_title if choice.question.field and found else None


def _mend(request: Request) -> Response:
    """An address that cannot be understood: the figures' form says what is wrong with it."""
    return RedirectResponse(f"/reporting/figures?{query_of(request)}", status_code=HTTPStatus.SEE_OTHER)
