"""The list with which dossiers go to the competent units: twice a day, printed and signed by who gives and who takes them."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from contracts.civil import civil_day
from contracts.values import Role
from services.intake.domain.dispatch import Round, round_of
from services.intake.pages.screen import CurrentScreen
from services.intake.queries.choices import unit_copy
from services.intake.queries.dispatch import dispatch_list
from web.dates import read_day
from web.forms import Form
from web.problems import FieldProblem

router = APIRouter(include_in_schema=False)


@router.get("/intake/dispatch")
async def dispatch(
    screen: CurrentScreen,
    unit: Annotated[str, Query(max_length=24)] = "",
    day: Annotated[str, Query(max_length=20)] = "",
    round: Round | None = None,  # noqa: A002 -- its name in the address
) -> Response:
    """Today's round under way, if nothing is chosen."""
    now = screen.process.clock()
    chosen = unit or min(screen.clerk.units(Role.CLERK))
    screen.clerk.require(Role.CLERK, chosen)
    read = _day(read_day(day, now)) if day.strip() else civil_day(now)
    chosen_round = round or round_of(now)
    form = Form[BaseModel](
        values={"unit": chosen, "day": day or f"{civil_day(now):%d/%m/%Y}", "round": chosen_round},
        problems=[] if read else [_NO_DAY],
    )
    return screen.render(
        "dispatch.html",
        form,
        chosen,
        rounds=Round,
        day=read,
        round=chosen_round,
        listing=await dispatch_list(screen.process, chosen, read, chosen_round) if read else None,
        giving=await unit_copy(screen.process, chosen),
    )


_NO_DAY = FieldProblem(field="day", vi="Không đọc được ngày. Ví dụ: 27/11/2026.", en="This is no day. For example: 27/11/2026.")


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
