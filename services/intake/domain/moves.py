"""When a promised date that a citizen holds on paper follows a changed calendar, and why.

A provisional date follows it both ways: it was called so. A firm one goes to a later day, because the days off of its limit
have become more, and never back: whoever was told the later day is owed that day, and whoever was told the earlier one too.
A rule of reception that changes counts for what is received from then on, and a date that has passed is late, not moved.
"""

from datetime import date, datetime
from typing import Final

from contracts.civil import civil_day
from contracts.intake import DayOff
from worktime import Calendar, Explanation, Promise, recount
from worktime.entries import PAUSED, RECEIVED

MOST_DAYS: Final = 400
_NO_DAYS_OFF: Final = frozenset({RECEIVED.code, PAUSED.code})


class Sieve:
    """Which firm promises a version of a calendar can make later, asked of very many: each pair of days is counted once."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._worked: dict[tuple[date, date], int] = {}

    def passes(self, start: datetime, end: datetime, days: int | None) -> bool:
        """`days`: of a limit in working days without a pause. Of any other the whole count alone can say, so it passes."""
        if days is None:
            return True
        span = civil_day(start), civil_day(end)
        if span not in self._worked:
            opened = bool(self._calendar.shifts_on(span[0]))
            self._worked[span] = self._calendar.days_worked(*span) if opened else 0
        return self._worked[span] < days


def later_promise(calendar: Calendar, held: Explanation, now: datetime) -> Promise | None:
    """A firm promise by a newer version of its calendar, where that ends on a later day; None: it stays as it was given.

    Raises CalendarError for a calendar that cannot be counted with.
    """
    if held.end <= now:
        return None
    again = recount(calendar, Promise(held))
    if civil_day(again.moment) <= civil_day(held.end) or _is_moved_by_rule(calendar, held, again.explanation):
        return None
    return again


def _is_moved_by_rule(calendar: Calendar, held: Explanation, again: Explanation) -> bool:
    """Whether the limit would begin at another moment although the desk is open when it began: no day off, but another rule."""
    return again.start != held.start and calendar.next_open(held.start) == held.start


def new_days_off(held: Explanation, again: Explanation) -> list[DayOff]:
    """Days that are skipped now and were not, or for another reason, in the order of the calendar."""
    before = {entry.day: entry.reason.code for entry in held.entries}
    skipped = [entry for entry in again.entries if entry.number is None and entry.reason.code not in _NO_DAYS_OFF]
    days = [entry for entry in skipped if before.get(entry.day, entry.reason.code) != entry.reason.code]
    return [DayOff(day=entry.day, vi=entry.reason.vi, en=entry.reason.en) for entry in days[:MOST_DAYS]]
