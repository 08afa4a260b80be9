"""The figures of a period: totals, a table by unit, field, channel or deciding unit, guidance turns. Every number opens its
list.
"""

from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from chassis.process import CurrentProcess
from contracts.values import GuidanceKind
from services.reporting import queries
from services.reporting.access import access_of
from services.reporting.domain.figures import Measure
from services.reporting.domain.period import Preset
from services.reporting.domain.question import GroupBy
from services.reporting.pages.choice import read_choice
from web.pages import CurrentPages
from web.signin import SignedIn

router = APIRouter()
CARDS: Final = (Measure.RECEIVED, Measure.CARRIED_OVER, Measure.RESOLVED, Measure.IN_PROGRESS, Measure.LATE, Measure.OVERDUE)
LATE: Final = (Measure.LATE, Measure.OVERDUE)


@router.get("/figures")
async def figures_page(request: Request, process: CurrentProcess, pages: CurrentPages, person: SignedIn) -> Response:
    now = process.clock()
    form, choice = read_choice(request, pages.texts, now)
    names: dict[str, Any] = {"Preset": Preset, "GroupBy": GroupBy}
    if choice is None:
        return pages.render(request, "figures.html", status=HTTPStatus.UNPROCESSABLE_ENTITY, form=form, choice=None, **names)
    async with process.reads.connect() as connection:
        access = await access_of(connection, person)
        report = await queries.report(connection, access, choice.question, choice.address.by, now)
        units = await queries.guidance_by_unit(connection, access, choice.question.of_turns())
    return pages.render(
        request,
        "figures.html",
        form=form,
        choice=choice,
        report=report,
        turns={kind: sum(unit.turns[kind] for unit in units) for kind in GuidanceKind},
        unit_name=access.unit_name,
        behind=any(consumer.lag() for consumer in process.messaging.consumers),
        cards=CARDS,
        late=LATE,
        **names,
    )
