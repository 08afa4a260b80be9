"""A unit's working calendar: the week, the dates that differ from it, and the questions that counting asks of it.

Opening hours and counted time are two things. A desk may be open on a day that no limit counts: Saturday and Sunday count only
where the calendar says so. `open_on` is for reception, everything else asks about counted time.

A calendar knows its days until a stated one. It never changes once built, and every search in it ends: one without working time
for two years, or with so little that a limit would take forty, is refused instead of searched for ever.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Any, Self

from worktime.calendar_data import (
    WEEKDAYS,
    naming,
    read_counted,
    read_exceptions,
    read_known_until,
    read_weekly,
    required,
    write_exception,
    write_shifts,
)
from worktime.civil import ONE_DAY, at, days_between
from worktime.days import OPEN_ONLY, SATURDAY, WORKING_DAY, DayException, ExceptionKind, Reason, Shift, check_order, weekly_rest
from worktime.errors import CalendarError
from worktime.rules import Params, by_decree, params_from_data, params_to_data

IDLE_DAYS = 2 * 366
FARTHEST_DAYS = 40 * 366


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """`weekly` maps weekdays (0 = Monday) to opening hours, an absent one is a day of rest; `exceptions` go before it.

    `counted`: the weekdays whose hours count for limits; None: Monday to Friday. A make-up working day always counts.
    `known_until`: the last day that it speaks for; None: the end of the last year of which it lists a day. Past that a promise is
    provisional, or refused with `refuse_beyond`.
    `rules`: of reception; None: those of the decree in force on the day.
    Raises CalendarError for shifts that overlap or are out of order and for a weekday outside 0 to 6.
    """

    id: str
    version: int
    weekly: Mapping[int, tuple[Shift, ...]]
    exceptions: Mapping[date, DayException] = field(default_factory=dict)
    counted: frozenset[int] | None = None
    known_until: date | None = None
    refuse_beyond: bool = False
    rules: Params | None = None

    def __post_init__(self) -> None:
        if not {*self.weekly, *(self.counted or ())} <= set(range(len(WEEKDAYS))):
            raise CalendarError(
                vi="Lịch tuần chỉ có các ngày 0 (thứ hai) đến 6 (chủ nhật).",
                en="A week has the days 0 (Monday) to 6 (Sunday) only.",
            )
        week = {number: check_order(self.weekly.get(number, ()), name) for number, name in enumerate(WEEKDAYS)}
        object.__setattr__(self, "weekly", MappingProxyType(week))
        object.__setattr__(self, "exceptions", MappingProxyType(dict(self.exceptions)))

    def __hash__(self) -> int:
        return hash((self.id, self.version))

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read the JSON shape of `worktime.calendar_data`; raises CalendarError saying what to mend."""
        if not isinstance(data, Mapping):
            raise CalendarError(vi="Lịch phải là một đối tượng JSON.", en="A calendar must be a JSON object.")
        with naming(f"calendar {data.get('id', '?')}"):
            return cls(
                id=required(data, "id", str),
                version=required(data, "version", int),
                weekly=read_weekly(required(data, "weekly", Mapping)),
                exceptions=read_exceptions(required(data, "exceptions", list)),
                counted=read_counted(data.get("counted")),
                known_until=read_known_until(data.get("known_until")),
                refuse_beyond=data.get("refuse_beyond") is True,
                rules=params_from_data(data.get("rules")),
            )

    def to_data(self) -> dict[str, Any]:
        stated: dict[str, Any] = {}
        if self.counted is not None:
            stated["counted"] = [WEEKDAYS[number] for number in sorted(self.counted)]
        if self.known_until is not None:
            stated["known_until"] = self.known_until.isoformat()
        if self.refuse_beyond:
            stated["refuse_beyond"] = True
        if self.rules is not None:
            stated["rules"] = params_to_data(self.rules)
        return {
            "id": self.id,
            "version": self.version,
            "weekly": {name: write_shifts(self.weekly[number]) for number, name in enumerate(WEEKDAYS)},
            "exceptions": [write_exception(day, self.exceptions[day]) for day in sorted(self.exceptions)],
            **stated,
        }

    @property
    def last_known_day(self) -> date | None:
        """None for a calendar that neither states one nor lists any day: it has never been told a holiday."""
        if self.known_until is not None or not self.exceptions:
            return self.known_until
        return date(max(self.exceptions).year, 12, 31)

    def knows(self, day: date) -> bool:
        last = self.last_known_day
        return last is not None and day <= last

    def rules_on(self, day: date) -> Params:
        """What holds for a reception on that day."""
        return by_decree(day) if self.rules is None else self.rules

    def open_on(self, day: date) -> tuple[Shift, ...]:
        """The opening hours: when what comes in is received."""
        exception = self.exceptions.get(day)
        week = self.weekly[day.weekday()]
        return week if exception is None else exception.shifts_of(week)

    def shifts_on(self, day: date) -> tuple[Shift, ...]:
        """The working time that limits count; none on a day that is merely open."""
        return self.open_on(day) if self._counts(day) else ()

    def _counts(self, day: date) -> bool:
        exception = self.exceptions.get(day)
        if exception is not None and exception.kind is ExceptionKind.SWAPPED_WORKING_DAY:
            return True
        return day.weekday() < SATURDAY if self.counted is None else day.weekday() in self.counted

    def reason(self, day: date) -> Reason:
        """Why this is a working day, a day off, or open without counting."""
        if self.open_on(day) and not self._counts(day):
            return OPEN_ONLY
        exception = self.exceptions.get(day)
        if exception is not None:
            return exception.reason
        return WORKING_DAY if self.weekly[day.weekday()] else weekly_rest(day)

    def walk(self, first: date) -> Iterator[tuple[date, tuple[Shift, ...]]]:
        """Every date from `first` on with its counted shifts; raises CalendarError where going on makes no sense."""
        return self._walk(first, self.shifts_on)

    def _walk(self, first: date, shifts_of: Callable[[date], tuple[Shift, ...]]) -> Iterator[tuple[date, tuple[Shift, ...]]]:
        idle, day = 0, first
        for _ in range(FARTHEST_DAYS):
            shifts = shifts_of(day)
            idle = 0 if shifts else idle + 1
            if idle > IDLE_DAYS:
                break
            yield day, shifts
            day += ONE_DAY
        raise CalendarError(
            vi=f"Lịch “{self.id}” không có đủ giờ làm việc kể từ ngày {first:%d/%m/%Y}: hãy ghi ca cho các ngày được tính.",
            en=f"Calendar “{self.id}” has not enough working time from {first:%d/%m/%Y} on: give its counted days shifts.",
        )

    def next_working(self, moment: datetime) -> datetime:
        """`moment` itself inside counted time, otherwise when it next begins. The end of a shift is outside it."""
        return _first_inside(self.walk(moment.date()), moment)

    def next_open(self, moment: datetime) -> datetime:
        """The same by opening hours: from when something counts as received."""
        return _first_inside(self._walk(moment.date(), self.open_on), moment)

    def next_opening(self, after: date) -> datetime:
        """When the first open day later than `after` begins."""
        return self.next_open(at(after + ONE_DAY, time.min))

    def closing(self, working_day: date) -> datetime:
        return at(working_day, self.shifts_on(working_day)[-1].end)

    def days_worked(self, after: date, until: date) -> int:
        """How many days count from the one behind `after` to `until` with it; 0 when there is none."""
        return sum(bool(self.shifts_on(day)) for day in days_between(after + ONE_DAY, until + ONE_DAY))

    def seconds_worked(self, since: datetime, until: datetime) -> int:
        """Working time between two local moments, in seconds; 0 when there is none."""
        total, day = 0, since.date()
        while day <= until.date():
            for shift in self.shifts_on(day):
                stretch = min(until, at(day, shift.end)) - max(since, at(day, shift.start))
                total += max(0, int(stretch.total_seconds()))
            day += ONE_DAY
        return total


def _first_inside(days: Iterator[tuple[date, tuple[Shift, ...]]], moment: datetime) -> datetime:
    return next(max(moment, at(day, shift.start)) for day, shifts in days for shift in shifts if moment < at(day, shift.end))
