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
from web.opening_hours import Hours, Opening, opening_of, week_of


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
    hours = {calendar.id: week_of(calendar.entity) for calendar in calendars.values()}
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


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenUnit:
    """A unit, and when it is open; `opening` is None where its calendar is not there."""

    unit: UnitV1
    opening: Opening | None


async def front_office(process: Process) -> OpenUnit | None:
    """The province's counter, whose telephone and hours are everybody's; None where there is none."""
    now = process.clock()
    async with process.reads.connect() as connection:
        units = [unit.entity for unit in (await entities.load_all(connection, UnitV1)).values()]
        ranked = sorted(
            (unit for unit in units if unit.one_stop and unit.tier is Tier.PROVINCE and is_valid(unit, civil_day(now))),
            key=lambda unit: unit.id,
        )
        calendar = await entities.find(connection, CalendarV1, ranked[0].calendar) if ranked else None
    if not ranked:
        return None
    return OpenUnit(unit=ranked[0], opening=None if calendar is None else opening_of(calendar.entity, now))


def is_valid(unit: UnitV1, day: date) -> bool:
    return unit.valid_from <= day and (unit.valid_to is None or day <= unit.valid_to)
