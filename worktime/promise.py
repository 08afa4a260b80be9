"""From acceptance and limit to the promised moment.

The rules, each of which the explanation shows where it bites (for when the limit begins: see `worktime.reception`):

- A day on which the desk is open but which the calendar does not count (a Saturday morning) is a day of reception only.
- Working days: the day of reception is not counted; the limit ends when the last of the N working days after it closes.
- Calendar days: the same, days off among them; a last day without working time gives way to the next that has some.
- Working hours run from reception, inside the shifts of counted days.
- Same day: ends when the day of reception closes, or the next one that counts.
- Past the last day that the calendar knows the promise is provisional, and says so; `recount` puts it right by a later version.
"""

from dataclasses import dataclass
from datetime import datetime

from worktime.calendar import Calendar
from worktime.civil import ONE_DAY, local
from worktime.counting import count_calendar_days, count_days, count_seconds
from worktime.entries import COUNTS_AS_RECEIVED, RECEIVED, Entry
from worktime.errors import CalendarError
from worktime.explanation import Explanation
from worktime.limits import CalendarDays, Limit, SameDay, WorkingDays, WorkingHours
from worktime.reception import Transfer, start_of
from worktime.rules import Params


@dataclass(frozen=True)
class Promise:
    """A moment with its explanation; rebuilt from a stored one by `Promise(Explanation.from_data(...))`."""

    explanation: Explanation

    @property
    def moment(self) -> datetime:
        """When the limit ends, in Asia/Ho_Chi_Minh: always working time, or the instant at which it ends."""
        return self.explanation.end


def promise(
    calendar: Calendar, accepted_at: datetime, limit: Limit, *, params: Params | None = None, transfer: Transfer | None = None
) -> Promise:
    """`params`: the rules of reception; None: the calendar's own. `transfer`: it was received outside the authority's area.

    Raises CalendarError when the calendar has too little working time or refuses what it does not know, MomentError for a year
    outside 2000 to 2199 and for an arrival before acceptance.
    """
    given = count(calendar, accepted_at, limit, params, transfer)
    if given.explanation.provisional and calendar.refuse_beyond:
        raise _beyond(calendar)
    return given


def count(calendar: Calendar, accepted_at: datetime, limit: Limit, params: Params | None, transfer: Transfer | None) -> Promise:
    """The promise as it is counted, whether the calendar knows its end or not. Raises as `promise` does otherwise."""
    accepted = local(accepted_at)
    rules = calendar.rules_on(accepted.date()) if params is None else params
    start = start_of(calendar, accepted, limit, rules, transfer)
    counted, end = _count(calendar, accepted, start.moment, limit)
    return Promise(
        Explanation(
            calendar=calendar.id,
            calendar_version=calendar.version,
            limit=limit,
            accepted_at=accepted,
            start=start.moment,
            entries=(*start.days_before(calendar, accepted), *counted),
            end=end,
            known_until=calendar.last_known_day,
            provisional=not calendar.knows(end.date()),
            transfer=transfer if rules.from_arrival else None,
            bases=start.bases,
        )
    )


def _beyond(calendar: Calendar) -> CalendarError:
    last = calendar.last_known_day
    vi, en = ("ngày nào", "any day") if last is None else (f"sau ngày {last:%d/%m/%Y}", f"days after {last:%d/%m/%Y}")
    return CalendarError(
        vi=f"lịch “{calendar.id}” chưa biết {vi}: hãy bổ sung ngày nghỉ, ngày làm bù rồi ghi lại known_until.",
        en=f"calendar “{calendar.id}” does not know {en} yet: add days off and make-up days, then state known_until anew.",
    )


def _count(calendar: Calendar, accepted: datetime, start: datetime, limit: Limit) -> tuple[list[Entry], datetime]:
    first = start.date()
    received = Entry(first, RECEIVED if accepted.date() == first else COUNTS_AS_RECEIVED)
    match limit:
        case WorkingDays(amount):
            entries = [received, *count_days(calendar, first + ONE_DAY, amount)]
        case CalendarDays(amount):
            entries = [received, *count_calendar_days(calendar, first + ONE_DAY, amount)]
        case WorkingHours(amount):
            return count_seconds(calendar, start, amount * 3600)
        case SameDay():
            entries = count_days(calendar, first, 1)
    return entries, calendar.closing(entries[-1].day)
