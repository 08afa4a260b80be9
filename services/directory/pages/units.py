"""The units: where they are, when they are open, what comes under what."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from chassis.process import CurrentProcess
from contracts.civil import civil_day
from contracts.directory import CalendarV1, UnitV1
from services.directory.domain.alphabet import sort_key
from services.directory.domain.files import WEEK
from services.directory.repository import entities
from web.pages import CurrentPages
from web.signin import Visitor

router = APIRouter(prefix="/directory/units", include_in_schema=False)

Hours = tuple[str, str, str]
"""First day, last day, shifts."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A unit with what the page shows beside it. `ended`: its validity is over, and its successor if it has one."""

    unit: UnitV1
    parent: str | None
    successor: str | None
    ended: bool
    hours: list[Hours]


@router.get("")
async def units(request: Request, pages: CurrentPages, process: CurrentProcess, _: Visitor) -> Response:
    async with process.database.connect() as connection:
        found = await entities.everything(connection, UnitV1)
        calendars = await entities.everything(connection, CalendarV1)
    today = civil_day(process.clock())
    hours = {key: opening(calendar.entity) for key, calendar in calendars.items()}
    names = {key: unit.entity.name for key, unit in found.items()}
    placed = [
        Placed(
            unit.entity,
            names.get(unit.entity.parent or ""),
            names.get(unit.entity.successor or ""),
            unit.entity.valid_to is not None and unit.entity.valid_to < today,
            hours.get(unit.entity.calendar, []),
        )
        for unit in found.values()
    ]
    return pages.render(request, "units.html", groups=by_tier(placed), number=len(placed))


def by_tier(placed: list[Placed]) -> Mapping[str, list[Placed]]:
    groups: dict[str, list[Placed]] = {tier: [] for tier in ("province", "district", "commune", "postal")}
    for each in sorted(placed, key=lambda each: (each.ended, sort_key(each.unit.name))):
        groups[each.unit.tier].append(each)
    return {tier: units for tier, units in groups.items() if units}


def opening(calendar: CalendarV1) -> list[Hours]:
    """The week, neighbouring days with the same hours together; days of rest are left out."""
    found: list[Hours] = []
    last = ""
    for day in WEEK:
        shifts = ", ".join(f"{start}–{end}" for start, end in calendar.weekly.get(day, []))
        if found and shifts and found[-1][2] == shifts and found[-1][1] == last:
            found[-1] = (found[-1][0], day, shifts)
        elif shifts:
            found.append((day, day, shifts))
        last = day
    return found
