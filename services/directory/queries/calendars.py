"""The calendars by their end, those first that need somebody's hand soonest."""

from datetime import date

from chassis.process import Process
from contracts.civil import civil_day
from contracts.directory import CalendarV1, UnitV1
from services.directory.domain import calendar_end
from services.directory.domain.calendar_end import CalendarEnd
from services.directory.repository import entities


async def calendar_ends(process: Process) -> list[CalendarEnd]:
    """All of them. An end of none comes first."""
    today = civil_day(process.clock())
    async with process.reads.connect() as connection:
        calendars = await entities.load_all(connection, CalendarV1)
        units = await entities.load_all(connection, UnitV1)
    kept = [unit.entity.calendar for unit in units.values() if _exists(unit.entity, today)]
    return calendar_end.calendar_ends([calendar.entity for calendar in calendars.values()], kept, today)


async def ending_calendars(process: Process) -> list[CalendarEnd]:
    """Those that end within half a year and that some unit keeps."""
    return [end for end in await calendar_ends(process) if end.needs_days]


def _exists(unit: UnitV1, today: date) -> bool:
    return unit.valid_to is None or unit.valid_to >= today
