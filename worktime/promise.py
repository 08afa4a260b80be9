"""From acceptance and limit to the promised moment.

The rules, each of which the explanation shows where it bites:

- Accepted outside opening hours (lunch, evening, Sunday, holiday) counts as received when the next shift begins.
- A day on which the desk is open but which the calendar does not count (a Saturday morning) is a day of reception only.
- Working days: the day of reception is not counted; the limit ends when the last of the N working days after it closes.
- Working hours run from reception, inside the shifts of counted days.
- Same day: ends when the day of reception closes, or the next one that counts. Received later than the cut-off (15:00 by decree;
  15:00 sharp is in time), it counts as received when the next working day begins. `Params.late_moves_start` applies the same to
  limits in working days.
  Nothing is late on a day off: what comes in on Sunday at 16:00 is in time for Monday.
- Past the last day that the calendar knows the promise is provisional, and says so; `recount` puts it right by a later version.
"""

from dataclasses import dataclass
from datetime import datetime, time

from worktime.calendar import Calendar
from worktime.civil import ONE_DAY, days_between, local
from worktime.counting import count_days, count_seconds
from worktime.days import Reason
from worktime.entries import AFTER_HOURS, COUNTS_AS_RECEIVED, RECEIVED, Entry
from worktime.errors import CalendarError
from worktime.explanation import Explanation
from worktime.limits import Limit, Params, SameDay, WorkingDays, WorkingHours

BY_DECREE = Params()


@dataclass(frozen=True)
class Promise:
    """A moment with its explanation; rebuilt from a stored one by `Promise(Explanation.from_data(...))`."""

    explanation: Explanation

    @property
    def moment(self) -> datetime:
        """When the limit ends, in Asia/Ho_Chi_Minh: always working time, or the instant at which it ends."""
        return self.explanation.end


def promise(calendar: Calendar, accepted_at: datetime, limit: Limit, *, params: Params = BY_DECREE) -> Promise:
    """Raises CalendarError when the calendar has too little working time or refuses what it does not know, MomentError for a year
    outside 2000 to 2199.
    """
    given = count(calendar, accepted_at, limit, params)
    if given.explanation.provisional and calendar.refuse_beyond:
        raise _beyond(calendar)
    return given


def count(calendar: Calendar, accepted_at: datetime, limit: Limit, params: Params) -> Promise:
    """The promise as it is counted, whether the calendar knows its end or not. Raises as `promise` does otherwise."""
    accepted = local(accepted_at)
    start = calendar.next_open(accepted)
    cutoff = _cutoff(limit, params)
    moved = AFTER_HOURS
    if cutoff is not None and accepted.time() > cutoff and calendar.shifts_on(accepted.date()):
        start = calendar.next_opening(after=accepted.date())
        moved = Reason("after_cutoff", f"tiếp nhận sau {cutoff:%H:%M}", f"received after {cutoff:%H:%M}")
    waited = _days_before(calendar, accepted, start, moved)
    counted, end = _count(calendar, accepted, start, limit)
    entries = (*waited, *counted)
    return Promise(
        Explanation(
            calendar=calendar.id,
            calendar_version=calendar.version,
            limit=limit,
            accepted_at=accepted,
            start=start,
            entries=entries,
            end=end,
            known_until=calendar.last_known_day,
            provisional=not calendar.knows(end.date()),
        )
    )


def _beyond(calendar: Calendar) -> CalendarError:
    last = calendar.last_known_day
    vi, en = ("ngày nào", "any day") if last is None else (f"sau ngày {last:%d/%m/%Y}", f"days after {last:%d/%m/%Y}")
    return CalendarError(
        vi=f"lịch “{calendar.id}” chưa biết {vi}: hãy bổ sung ngày nghỉ, ngày làm bù rồi ghi lại known_until.",
        en=f"calendar “{calendar.id}” does not know {en} yet: add days off and make-up days, then state known_until anew.",
    )


def _cutoff(limit: Limit, params: Params) -> time | None:
    """The time of day after which reception moves the start of this limit; None when nothing moves it."""
    match limit:
        case SameDay(cutoff):
            return cutoff or params.cutoff
        case WorkingDays():
            return params.cutoff if params.late_moves_start else None
        case WorkingHours():
            return None


def _days_before(calendar: Calendar, accepted: datetime, start: datetime, moved: Reason) -> list[Entry]:
    """The dates that lie between coming in and counting as received; only the first of them can be an open day."""
    return [
        Entry(day, moved if calendar.open_on(day) else calendar.reason(day))
        for day in days_between(accepted.date(), start.date())
    ]


def _count(calendar: Calendar, accepted: datetime, start: datetime, limit: Limit) -> tuple[list[Entry], datetime]:
    first = start.date()
    match limit:
        case WorkingDays(amount):
            received = RECEIVED if accepted.date() == first else COUNTS_AS_RECEIVED
            entries = [Entry(first, received), *count_days(calendar, first + ONE_DAY, amount)]
            return entries, calendar.closing(entries[-1].day)
        case WorkingHours(amount):
            return count_seconds(calendar, start, amount * 3600)
        case SameDay():
            entries = count_days(calendar, first, 1)
            return entries, calendar.closing(entries[-1].day)
