"""A promised date counted minute by minute, as somebody would who watches the clock and knows nothing of `worktime`.

It reads a calendar's JSON itself and shares no code with the library. Slow, and meant to be: every rule is said a second time, in
another way. All moments are whole minutes of local time without a zone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

Interval = tuple[datetime, datetime]
_MINUTE: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)
_NOON: Final = 12 * 60
_WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass
class Clock:
    """The minutes of a calendar's days, each asked for on its own."""

    data: Mapping[str, Any]
    _days: dict[date, tuple[frozenset[int], bool]] = field(default_factory=dict)
    _closings: dict[date, datetime] = field(default_factory=dict)

    def is_open(self, moment: datetime) -> bool:
        return _minute(moment) in self._day(moment.date())[0]

    def is_working(self, moment: datetime) -> bool:
        minutes, counts = self._day(moment.date())
        return counts and _minute(moment) in minutes

    def works_on(self, day: date) -> bool:
        minutes, counts = self._day(day)
        return counts and bool(minutes)

    def closes(self, day: date) -> datetime:
        if day not in self._closings:
            last = max(self._day(day)[0])
            self._closings[day] = datetime(day.year, day.month, day.day) + (last + 1) * _MINUTE  # noqa: DTZ001
        return self._closings[day]

    def working_minutes(self, since: datetime, until: datetime) -> int:
        count = 0
        while since < until:
            count += self.is_working(since)
            since += _MINUTE
        return count

    def _day(self, day: date) -> tuple[frozenset[int], bool]:
        if day not in self._days:
            self._days[day] = self._read(day)
        return self._days[day]

    def _read(self, day: date) -> tuple[frozenset[int], bool]:
        name = _WEEK[day.weekday()]
        counts = name in (self.data.get("counted") or _WEEK[:5])
        week = _minutes(self.data["weekly"].get(name, []))
        for exception in self.data["exceptions"]:
            if exception["date"] == day.isoformat():
                if exception["kind"] in {"swapped_working_day", "changed_hours"}:
                    return _minutes(exception["shifts"]), counts or exception["kind"] == "swapped_working_day"
                off = {"morning": range(_NOON), "afternoon": range(_NOON, 24 * 60)}.get(exception.get("half", ""))
                return (week - frozenset(off) if off else frozenset()), counts
        return week, counts


@dataclass(frozen=True, kw_only=True)
class Question:
    """`cutoff` in minutes of the day; None: nothing is late for this limit. `arrived`: received elsewhere, it arrived then."""

    kind: str
    amount: int
    accepted: datetime
    cutoff: int | None = None
    arrived: datetime | None = None
    pauses: Sequence[Interval] = ()

    def is_stopped(self, moment: datetime) -> bool:
        return any(stop <= moment < go for stop, go in self.pauses)


def due(clock: Clock, question: Question) -> datetime:
    start = _start(clock, question)
    if question.kind == "working_hours":
        return _hours(clock, question, start)
    if question.kind == "calendar_days":
        return _calendar_days(clock, question, start)
    return _days(clock, question, start)


def _start(clock: Clock, question: Question) -> datetime:
    came = question.arrived or question.accepted
    if question.cutoff is not None and _minute(came) > question.cutoff and clock.works_on(came.date()):
        came = datetime(came.year, came.month, came.day) + _DAY  # noqa: DTZ001
    while not clock.is_open(came):
        came += _MINUTE
    return came


def _hours(clock: Clock, question: Question, moment: datetime) -> datetime:
    left = question.amount * 60
    while left:
        left -= clock.is_working(moment) and not question.is_stopped(moment)
        moment += _MINUTE
    return moment


def _days(clock: Clock, question: Question, moment: datetime) -> datetime:
    """A day is used up when it closes while the clock runs. Of the last one, once it was stopped, as much must be worked as was
    left; where its day is too short, the next working day makes good for it, however long it is.
    """
    last = 1 if question.kind == "same_day" else question.amount
    used, owed, good = 0, None, False
    fresh = question.kind == "same_day" or not clock.works_on(moment.date())
    day: date | None = None
    while True:
        if clock.is_working(moment):
            if moment.date() != day:
                day = moment.date()
                used, fresh = used + fresh, False
            stopped, closing = question.is_stopped(moment), clock.closes(day)
            if used == last:
                if stopped:
                    good = False
                    owed = clock.working_minutes(moment, closing) if owed is None else owed
                elif owed is not None:
                    owed -= 1
            if moment + _MINUTE == closing and not stopped:
                if used < last:
                    fresh = True
                elif owed is None or owed <= 0 or good:
                    return closing
                else:
                    good = True
        moment += _MINUTE


def _calendar_days(clock: Clock, question: Question, start: datetime) -> datetime:
    last = start.date() + question.amount * _DAY
    due_at, owed, since = _closing_from(clock, last), None, start
    for stopped, resumed in question.pauses:
        if stopped >= due_at:
            break
        stop, go = (_next_working(clock, max(moment, start)) for moment in (stopped, resumed))
        if stop == go and (owed is not None or stopped == resumed):
            continue
        if owed is None and stop.date() < last:
            last = go.date() + (last - stop.date())
            due_at = _closing_from(clock, last)
            continue
        owed = (
            clock.working_minutes(stop, clock.closes(stop.date())) if owed is None else owed - clock.working_minutes(since, stop)
        )
        enough = clock.working_minutes(go, clock.closes(go.date())) >= owed
        due_at, since = _closing_from(clock, go.date() if enough else go.date() + _DAY), go
    return due_at


def _closing_from(clock: Clock, day: date) -> datetime:
    while not clock.works_on(day):
        day += _DAY
    return clock.closes(day)


def _next_working(clock: Clock, moment: datetime) -> datetime:
    while not clock.is_working(moment):
        moment += _MINUTE
    return moment


def _minutes(shifts: Sequence[Sequence[str]]) -> frozenset[int]:
    return frozenset(minute for start, end in shifts for minute in range(_clock(start), _clock(end)))


def _clock(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def _minute(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute
