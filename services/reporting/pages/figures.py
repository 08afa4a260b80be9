"""The figures of a period: totals, a table by unit, field, channel or deciding unit, guidance turns. Every number opens its
list.
"""

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from chassis.process import CurrentProcess
from contracts.values import GuidanceKind
from services.reporting import reports
from services.reporting.domain.figures import Measure
from services.reporting.domain.period import Preset
from services.reporting.domain.question import By
from services.reporting.pages.choosing import choose
from web.pages import CurrentPages
from web.signin import SignedIn

router = APIRouter()
CARDS: Final = (Measure.RECEIVED, Measure.CARRIED_OVER, Measure.RESOLVED, Measure.IN_PROGRESS, Measure.LATE, Measure.OVERDUE)
LATE: Final = (Measure.LATE, Measure.OVERDUE)


@router.get("/figures")
async def figures_page(request: Request, process: CurrentProcess, pages: CurrentPages, person: SignedIn) -> Response:
    now = process.clock()
    form, choice = choose(request, pages.texts, now)
    if choice is None:
        return pages.render(
            request, "figures.html", status=HTTPStatus.UNPROCESSABLE_ENTITY, form=form, choice=None, Preset=Preset, By=By
        )
    async with process.database.connect() as connection:
        seen = await reports.sight(connection, person)
        report = await reports.report(connection, seen, choice.question, choice.chosen.by, now)
        turns = await reports.guidance(connection, seen, choice.question)
    return pages.render(
        request,
        "figures.html",
        form=form,
        choice=choice,
        report=report,
        turns={kind: sum(of_unit.turns[kind] for of_unit in turns) for kind in GuidanceKind},
        unit_name=seen.name,
        behind=any(consumer.lag() for consumer in process.messaging.consumers),
        Preset=Preset,
        By=By,
        cards=CARDS,
        late=LATE,
    )
