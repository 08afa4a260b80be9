"""The units and calendars: as they are published, and as people look for them, with opening hours and what comes under what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from chassis.process import Process
from contracts.civil import civil_day
from contracts.directory import CalendarV1, UnitV1
from contracts.search_words import is_match
from contracts.text import compact
from contracts.values import Tier
from services.directory.domain.alphabet import sort_key
from services.directory.domain.calendar_end import known_until
from services.directory.repository import entities
from services.directory.schemas import Calendars, Units
from worktime.calendar_data import WEEKDAYS

Hours = tuple[str, str, str]
"""First day, last day, shifts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDetail:
    """A unit with what is shown beside it. `ended`: its validity is over; `parent` and `successor` by name; `known_until`: the
    last day whose opening hours the calendar knows.
    """

    unit: UnitV1
    parent: str | None
    successor: str | None
    ended: bool
    hours: list[Hours]
    known_until: date | None


async def list_units(process: Process) -> Units:
    async with process.reads.connect() as connection:
        units = await entities.load_all(connection, UnitV1)
    return Units(units=[unit.entity for unit in units.values()])


async def list_calendars(process: Process) -> Calendars:
    async with process.reads.connect() as connection:
        calendars = await entities.load_all(connection, CalendarV1)
    return Calendars(calendars=[calendar.entity for calendar in calendars.values()])


async def units_by_tier(process: Process, search: str = "") -> Mapping[Tier, list[UnitDetail]]:
    """Within a tier by name, those that have ended last; a tier without units is left out.

    `search`: words of the name, or how the id begins; empty chooses all.
    """
    async with process.reads.connect() as connection:
        units = await entities.load_all(connection, UnitV1)
        calendars = await entities.load_all(connection, CalendarV1)
    today = civil_day(process.clock())
    ends = {calendar.id: known_until(calendar.entity) for calendar in calendars.values()}
    hours = {calendar.id: opening_hours(calendar.entity) for calendar in calendars.values()}
    names = {unit.id: unit.entity.name for unit in units.values()}
    details = [
        UnitDetail(
            unit=unit,
            parent=names.get(unit.parent or ""),
            successor=names.get(unit.successor or ""),
            ended=unit.valid_to is not None and unit.valid_to < today,
            hours=hours.get(unit.calendar, []),
            known_until=ends.get(unit.calendar),
        )
        for unit in (versioned.entity for versioned in units.values())
        if not search or unit.id.startswith(compact(search)) or is_match(search, unit.name)
    ]
    return _by_tier(details)


def _by_tier(details: list[UnitDetail]) -> dict[Tier, list[UnitDetail]]:
    groups: dict[Tier, list[UnitDetail]] = {tier: [] for tier in Tier}
    for detail in sorted(details, key=lambda detail: (detail.ended, sort_key(detail.unit.name))):
        groups[detail.unit.tier].append(detail)
    return {tier: units for tier, units in groups.items() if units}


def opening_hours(calendar: CalendarV1) -> list[Hours]:
    """The week, neighbouring days with the same hours together; days of rest are left out."""
    hours: list[Hours] = []
    day_before = ""
    for day in WEEKDAYS:
        shifts = ", ".join(f"{start}–{end}" for start, end in calendar.weekly.get(day, []))
        if hours and shifts and hours[-1][2] == shifts and hours[-1][1] == day_before:
            hours[-1] = (hours[-1][0], day, shifts)
        elif shifts:
            hours.append((day, day, shifts))
        day_before = day
    return hours
