"""What a leader looks at: what is due soon, waits for somebody or waits to be fetched; the last days; the worst unit first.

Counted from the same dossiers and daily sums as form II.06a, so that no number of the board differs from the form's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from services.reporting.domain.figures import Figures
from services.reporting.domain.tally import Range, Span, up_to

SERIES_DAYS: Final = 14
UNFETCHED_AFTER: Final = timedelta(days=10)
_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5


class Waiting(StrEnum):
    """What the form does not count. `unfetched`: decided, and more than ten days later still not fetched."""

    DUE_SOON = "due_soon"
    UNASSIGNED = "unassigned"
    TO_FETCH = "to_fetch"
    UNFETCHED = "unfetched"


@dataclass(frozen=True, slots=True)
class SeriesDay:
    """Dossiers accepted and decided on one day."""

    day: date
    received: int
    resolved: int


def soon_through(today: date) -> date:
    """The second day after today that is no Saturday and no Sunday. Reporting has no calendars: a page names this day."""
    day, left = today, 2
    while left:
        day += _DAY
        left -= day.weekday() < _SATURDAY
    return day


def summed_for(waiting: Waiting, today: date) -> tuple[str, tuple[Range, ...]]:
    """Which of the sums makes a number, over which of its days."""
    if waiting is Waiting.DUE_SOON:
        return "undecided", (Range(Span.DAY, today, soon_through(today) + _DAY),)
    if waiting is Waiting.UNFETCHED:
        return "to_fetch", up_to(today - UNFETCHED_AFTER)
    return waiting.value, (Range(Span.YEAR, date.min, date.max),)


def series(counted: Mapping[date, tuple[int, int]], today: date) -> tuple[SeriesDay, ...]:
    """The last days up to today, oldest first; a day without any has its place."""
    days = [today - _DAY * back for back in reversed(range(SERIES_DAYS))]
    return tuple(SeriesDay(day, *counted.get(day, (0, 0))) for day in days)


def lateness(figures: Figures) -> Fraction:
    """Of all that should have been finished, how much was or is late: a unit that finishes nothing does not look good by it."""
    ended = figures.resolved + figures.overdue
    return Fraction(figures.late + figures.overdue, ended) if ended else Fraction(0)


def worst_first(figures: Figures, name: str) -> tuple[Fraction, int, int, str]:
    """What a table of units is sorted by."""
    return -lateness(figures), -figures.overdue, -figures.total, name


def shown_rate(figures: Figures) -> Decimal | None:
    """On time of all resolved, in per cent: 100 where nothing was late, else to one place and never rounded up to 100."""
    rate = figures.on_time_rate
    if rate is None or not figures.late:
        return None if rate is None else Decimal(100)
    return Decimal(100 * (figures.early + figures.on_time) / Decimal(figures.resolved)).quantize(Decimal("0.1"), ROUND_DOWN)
