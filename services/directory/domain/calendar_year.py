"""A calendar's days as twelve months, and the calendar with one day otherwise. Pure."""

from calendar import Calendar as Months
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from contracts.directory import CalendarV1
from services.directory.domain.calendar_end import working_calendar

_MONTHS: Final = Months()


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfYear:
    """`open`: whether anybody is there; `kind` and `reason`: where it is no day like the others of its weekday."""

    date: date
    open: bool
    kind: str | None
    reason: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Month:
    """`weeks` begin on Monday; None: a day of another month."""

    number: int
    weeks: Sequence[Sequence[DayOfYear | None]]

    @property
    def exceptional(self) -> list[DayOfYear]:
        return [day for week in self.weeks for day in week if day is not None and day.kind is not None]


def year_of(calendar: CalendarV1, year: int) -> list[Month]:
    kept = working_calendar(calendar)

    def day_of(day: date) -> DayOfYear:
        exception = kept.exceptions.get(day)
        reason = {} if exception is None else {"vi": exception.vi, "en": exception.en}
        kind = None if exception is None else exception.kind.value
        return DayOfYear(date=day, open=bool(kept.open_on(day)), kind=kind, reason=reason)

    return [
        Month(
            month,
            [[day_of(day) if day.month == month else None for day in week] for week in _MONTHS.monthdatescalendar(year, month)],
        )
        for month in range(1, 13)
    ]


def with_day(calendar: CalendarV1, day: date, exception: Mapping[str, object] | None) -> CalendarV1:
    """None: a day like the others of its weekday, or as the base has it. What it then is, is not checked here."""
    others = [stands for stands in calendar.exceptions if stands["date"] != day.isoformat()]
    days = others if exception is None else sorted([*others, dict(exception)], key=lambda stands: str(stands["date"]))
    own = sorted({*calendar.own_dates} - {day} | (set() if exception is None else {day}))
    return calendar.model_copy(update={"exceptions": days, "own_dates": own if calendar.base is not None else calendar.own_dates})
