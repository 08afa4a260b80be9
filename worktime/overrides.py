"""What a unit keeps otherwise than the calendar that it shares: hours of some weekdays, and dates of its own.

Everything else (which weekdays count, until when the days off are known, the rules of reception) is the shared calendar's, so
that a unit's own closing never looks like knowledge of that whole year.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from worktime.calendar import Calendar
from worktime.days import DayException, Shift


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """`weekly`: weekdays (0 = Monday) kept otherwise, without shifts a day of rest; `exceptions` go before the shared ones."""

    id: str
    version: int
    weekly: Mapping[int, tuple[Shift, ...]] = field(default_factory=dict)
    exceptions: Mapping[date, DayException] = field(default_factory=dict)


def override(shared: Calendar, own: Override) -> Calendar:
    """A whole calendar, which stays as it is when the shared one changes. Raises CalendarError as a calendar does."""
    return replace(
        shared,
        id=own.id,
        version=own.version,
        weekly={**shared.weekly, **own.weekly},
        exceptions={**shared.exceptions, **own.exceptions},
        known_until=shared.last_known_day,
    )
