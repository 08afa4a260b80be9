"""From when a limit runs: the desk's hours, the 15:00 rule, and reception outside the area of the authority that decides.

- Accepted outside opening hours (lunch, evening, Sunday, holiday) counts as received when the next shift begins.
- Later than the cut-off (15:00 by decree; 15:00 sharp is in time) counts as received when the next working day begins: for the
  same day always, for limits in days with `Params.late_moves_start`. Nothing is late on a day off: what comes in on Sunday at
  16:00 is in time for Monday.
- Outside the authority's area the limit runs from when the authority receives it, with `Params.from_arrival`. Papers are
  forwarded the same working day, after the cut-off when the next one begins; so much is expected until the arrival is known.
"""

from dataclasses import dataclass
from datetime import datetime, time

from worktime.calendar import Calendar
from worktime.civil import ONE_DAY, at, days_between, local
from worktime.counting import count_days
from worktime.days import Reason
from worktime.entries import AFTER_HOURS, FORWARDED, Entry
from worktime.errors import MomentError
from worktime.limits import CalendarDays, Limit, SameDay, WorkingDays, WorkingHours
from worktime.rules import Params


@dataclass(frozen=True, slots=True)
class Transfer:
    """Received outside the area of the authority that decides. `arrived_at`: when that one received it; None: not yet known."""

    arrived_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """`moved`: why an open day before it is not counted. `bases`: the legal texts that moved it."""

    moment: datetime
    moved: Reason
    bases: tuple[str, ...] = ()

    def days_before(self, calendar: Calendar, accepted: datetime) -> list[Entry]:
        """The dates between coming in and counting as received."""
        return [
            Entry(day, self.moved if calendar.open_on(day) else calendar.reason(day))
            for day in days_between(accepted.date(), self.moment.date())
        ]


def start_of(calendar: Calendar, accepted: datetime, limit: Limit, rules: Params, transfer: Transfer | None) -> Start:
    """`accepted` is local. Raises MomentError for an arrival before acceptance."""
    if transfer is None or not rules.from_arrival:
        return _at_the_desk(calendar, accepted, limit, rules)
    late = transfer.arrived_at is None and _is_late(calendar, accepted, rules.cutoff)
    arrival = _expected(calendar, accepted, rules, late=late) if transfer.arrived_at is None else local(transfer.arrived_at)
    if arrival < accepted:
        raise MomentError(
            vi=f"Lúc nhận {arrival:%H:%M %d/%m/%Y} sớm hơn lúc tiếp nhận {accepted:%H:%M %d/%m/%Y}: kiểm tra lại giờ đã nhập.",
            en=f"The arrival {arrival:%H:%M %d/%m/%Y} is before reception {accepted:%H:%M %d/%m/%Y}: check the time entered.",
        )
    there = _at_the_desk(calendar, arrival, limit, rules)
    bases = (rules.out_of_area_basis, rules.cutoff_basis if late else None, *there.bases)
    return Start(there.moment, FORWARDED, tuple(dict.fromkeys(basis for basis in bases if basis)))


def _at_the_desk(calendar: Calendar, came: datetime, limit: Limit, rules: Params) -> Start:
    cutoff = _cutoff(limit, rules)
    if cutoff is None or not _is_late(calendar, came, cutoff):
        return Start(calendar.next_open(came), AFTER_HOURS)
    moved = Reason("after_cutoff", f"tiếp nhận sau {cutoff:%H:%M}", f"received after {cutoff:%H:%M}")
    return Start(calendar.next_opening(after=came.date()), moved, (rules.cutoff_basis,) if rules.cutoff_basis else ())


def _is_late(calendar: Calendar, came: datetime, cutoff: time) -> bool:
    return came.time() > cutoff and bool(calendar.shifts_on(came.date()))


def _expected(calendar: Calendar, accepted: datetime, rules: Params, *, late: bool) -> datetime:
    """In the desk's hours of the day on which it was forwarded, or when so many working days later begin."""
    forwarded = calendar.next_opening(after=accepted.date()) if late else calendar.next_open(accepted)
    if not rules.forwarding_days:
        return forwarded
    last = count_days(calendar, forwarded.date() + ONE_DAY, rules.forwarding_days)[-1].day
    return calendar.next_working(at(last, time.min))


def _cutoff(limit: Limit, rules: Params) -> time | None:
    """The time of day after which reception moves the start of this limit; None when nothing moves it."""
    match limit:
        case SameDay(cutoff):
            return cutoff or rules.cutoff
        case WorkingDays() | CalendarDays():
            return rules.cutoff if rules.late_moves_start else None
        case WorkingHours():
            return None
