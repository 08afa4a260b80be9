"""Where a citizen goes or calls about a dossier: the unit as directory publishes it, its hours, and how long is left to wait."""

from dataclasses import dataclass
from datetime import datetime

from chassis.process import Process
from contracts.civil import civil_day
from contracts.directory import CalendarV1, UnitV1
from contracts.intake import UnitRef
from messaging import copies
from web.opening_hours import Opening, calendar_of, opening_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """`office`, `telephone` and `opening` are None where the directory has none. `days_left`: how many working days begin until
    the promised date; None without one, and where the calendar does not know.
    """

    unit: str
    office: str | None = None
    telephone: str | None = None
    opening: Opening | None = None
    days_left: int | None = None


async def visit_of(process: Process, unit: UnitRef, promised_at: datetime | None) -> Visit:
    async with process.reads.connect() as connection:
        copy = await copies.one(connection, UnitV1, unit.id)
        calendar = None if copy is None else await copies.one(connection, CalendarV1, copy.calendar)
    if copy is None:
        return Visit(unit=unit.name)
    now = process.clock()
    return Visit(
        unit=copy.name,
        office=copy.address,
        telephone=copy.telephone,
        opening=None if calendar is None else opening_of(calendar, now),
        days_left=None if calendar is None or promised_at is None else _days_left(calendar, now, promised_at),
    )


def _days_left(copy: CalendarV1, now: datetime, promised_at: datetime) -> int | None:
    calendar, last = calendar_of(copy), civil_day(promised_at)
    return calendar.days_worked(civil_day(now), last) if calendar.knows(last) else None
