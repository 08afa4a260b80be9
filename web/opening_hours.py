"""When a unit is open, as citizens read it: the hours of its week, and whether it is open now or when it opens next. Pure.

Of a day that the calendar does not know nothing is said, for it may be a holiday: nobody is sent to a closed door.
"""

from dataclasses import dataclass
from datetime import date, datetime

from contracts.directory import CalendarV1
from worktime import Calendar, CalendarError
from worktime.calendar_data import WEEKDAYS
from worktime.civil import at, local

Hours = tuple[str, str, str]
"""First day, last day, shifts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """`open_until`: when today's shift ends, None while it is closed; `opens_at`: when it opens next, None while it is open.

    Both are None where the calendar does not know. `known_until`: its last day.
    """

    week: list[Hours]
    open_until: datetime | None
    opens_at: datetime | None
    known_until: date | None


def calendar_of(copy: CalendarV1) -> Calendar:
    """Its version plays no part in what is read here."""
    return Calendar.from_data({**copy.model_dump(mode="json"), "version": 1})


def opening_of(copy: CalendarV1, now: datetime) -> Opening:
    calendar, here = calendar_of(copy), local(now)
    open_until = _open_until(calendar, here)
    return Opening(
        week=week_of(copy),
        open_until=open_until,
        opens_at=None if open_until is not None else _opens_at(calendar, here),
        known_until=calendar.last_known_day,
    )


def week_of(calendar: CalendarV1) -> list[Hours]:
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


def _open_until(calendar: Calendar, here: datetime) -> datetime | None:
    if not calendar.knows(here.date()):
        return None
    shifts = ((at(here.date(), shift.start), at(here.date(), shift.end)) for shift in calendar.open_on(here.date()))
    return next((end for start, end in shifts if start <= here < end), None)


def _opens_at(calendar: Calendar, here: datetime) -> datetime | None:
    """Nothing of a calendar that never opens again."""
    try:
        moment = calendar.next_open(here)
    except CalendarError:
        return None
    return moment if calendar.knows(moment.date()) else None
