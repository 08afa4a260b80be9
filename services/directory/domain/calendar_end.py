"""Until when a calendar is known, and whether that is near enough for somebody to act.

Holidays are announced months ahead, and so are the promises that need them.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from contracts.directory import CalendarV1
from worktime import Calendar

SOON: Final = timedelta(days=183)
"""Half a year: longer than nearly every limit, and time enough to hear what the next year's days off are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEnd:
    """`known_until`: None for a calendar that lists no days off at all. `soon`: within half a year, or past. `units`: how many
    keep it today, or one that has it as its `base`.
    """

    id: str
    name: str
    known_until: date | None
    soon: bool
    units: int
    base: str | None = None

    @property
    def needs_days(self) -> bool:
        """Whether somebody must act here: what a calendar takes from its base is added there."""
        return self.soon and self.units > 0 and self.base is None


def calendar_ends(calendars: Iterable[CalendarV1], kept: Iterable[str], today: date) -> list[CalendarEnd]:
    """`kept`: the calendar of each unit that exists. The nearest end first, one of none before all."""
    listed = {calendar.id: calendar for calendar in calendars}
    units = Counter(kept)
    for calendar in listed.values():
        if calendar.base is not None:
            units[calendar.base] += units[calendar.id]
    ends = [calendar_end(calendar, units[calendar.id], today) for calendar in listed.values()]
    return sorted(ends, key=lambda end: (end.known_until or date.min, end.id))


def calendar_end(calendar: CalendarV1, units: int, today: date) -> CalendarEnd:
    last = known_until(calendar)
    return CalendarEnd(
        id=calendar.id,
        name=calendar.name,
        known_until=last,
        soon=last is None or last < today + SOON,
        units=units,
        base=calendar.base,
    )


def known_until(calendar: CalendarV1) -> date | None:
    """What it states, or what follows from the days that it lists. None: it has never been told a day off."""
    return working_calendar(calendar).last_known_day


def working_calendar(calendar: CalendarV1) -> Calendar:
    """As `worktime` counts with it. Raises CalendarError."""
    return Calendar.from_data({**calendar.model_dump(mode="json"), "version": 1})
