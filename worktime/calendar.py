"""A unit's working calendar: the week, the dates that differ from it, and the questions that counting asks of it.

A calendar never changes once built, and every search in it ends: one without working time for two years, or with so little
that a limit would take forty, is refused instead of searched for ever.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Any, Self

from worktime.calendar_data import WEEKDAYS, naming, read_exceptions, read_weekly, required, write_exception, write_shifts
from worktime.civil import ONE_DAY, at
from worktime.days import WORKING_DAY, DayException, Reason, Shift, check_order, weekly_rest
from worktime.errors import CalendarError

IDLE_DAYS = 2 * 366
FARTHEST_DAYS = 40 * 366


@dataclass(frozen=True)
class Calendar:
    """`weekly` maps weekdays (0 = Monday) to shifts, an absent one is a day of rest; `exceptions` go before it.

    Raises CalendarError for shifts that overlap or are out of order and for a weekday outside 0 to 6.
    """

    id: str
    version: int
    weekly: Mapping[int, tuple[Shift, ...]]
    exceptions: Mapping[date, DayException] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not set(self.weekly) <= set(range(len(WEEKDAYS))):
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
            )

    def to_data(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "version": self.version,
            "weekly": {name: write_shifts(self.weekly[number]) for number, name in enumerate(WEEKDAYS)},
            "exceptions": [write_exception(day, self.exceptions[day]) for day in sorted(self.exceptions)],
        }

    def shifts_on(self, day: date) -> tuple[Shift, ...]:
        exception = self.exceptions.get(day)
        return self.weekly[day.weekday()] if exception is None else exception.shifts

    def reason(self, day: date) -> Reason:
        """Why this is a working day, or a day off."""
        exception = self.exceptions.get(day)
        if exception is not None:
            return exception.reason
        return WORKING_DAY if self.weekly[day.weekday()] else weekly_rest(day)

    def walk(self, first: date) -> Iterator[tuple[date, tuple[Shift, ...]]]:
        """Every date from `first` on with its shifts; raises CalendarError where going on makes no sense."""
        idle, day = 0, first
        for _ in range(FARTHEST_DAYS):
            shifts = self.shifts_on(day)
            idle = 0 if shifts else idle + 1
            if idle > IDLE_DAYS:
                break
            yield day, shifts
            day += ONE_DAY
        raise CalendarError(
            vi=f"Lịch “{self.id}” không có đủ giờ làm việc kể từ ngày {first:%d/%m/%Y}: hãy ghi ca làm việc cho các ngày.",
            en=f"Calendar “{self.id}” has not enough working time from {first:%d/%m/%Y} on: give its days shifts.",
        )

    def next_working(self, moment: datetime) -> datetime:
        """`moment` itself inside a shift, otherwise the beginning of the next one. The end of a shift is outside it."""
        return next(
            max(moment, at(day, shift.start))
            for day, shifts in self.walk(moment.date())
            for shift in shifts
            if moment < at(day, shift.end)
        )

    def next_opening(self, after: date) -> datetime:
        """When the first working day later than `after` begins."""
        return self.next_working(at(after + ONE_DAY, time.min))

    def closing(self, working_day: date) -> datetime:
        return at(working_day, self.shifts_on(working_day)[-1].end)

    def seconds_worked(self, since: datetime, until: datetime) -> int:
        """Working time between two local moments, in seconds; 0 when there is none."""
        total, day = 0, since.date()
        while day <= until.date():
            for shift in self.shifts_on(day):
                stretch = min(until, at(day, shift.end)) - max(since, at(day, shift.start))
                total += max(0, int(stretch.total_seconds()))
            day += ONE_DAY
        return total
