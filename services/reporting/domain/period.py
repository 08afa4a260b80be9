"""Periods: from a first day to the day after the last, in civil dates; and the boundaries that reports are made in, as data.

One province's months run from the 15th to the 14th and its year from 15 December (domain.md); another's report of 2021 ran
from 16/12 to 15/6. So boundaries are dated data, and any two dates make a period.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from contracts.refusal import Invalid

EARLIEST: Final = date(2000, 1, 1)
LATEST: Final = date(2100, 1, 1)
_DAY: Final = timedelta(days=1)


class PeriodReversed(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "period-reversed",
            vi="Kỳ báo cáo phải có ít nhất một ngày: ngày cuối không được trước ngày đầu.",
            en="A period has at least one day: its last day cannot be before its first.",
            field="to",
        )


class PeriodOutOfRange(Invalid):
    def __init__(self, field: str) -> None:
        super().__init__(
            "period-out-of-range",
            vi=f"Ngày phải từ {EARLIEST:%d/%m/%Y} đến trước {LATEST:%d/%m/%Y}.",
            en=f"Dates run from {EARLIEST} to before {LATEST}.",
            field=field,
        )


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `start` on and before `end`. Raises PeriodReversed or PeriodOutOfRange."""

    start: date
    end: date

    def __post_init__(self) -> None:
        for name, day in (("from", self.start), ("to", self.end)):
            if not EARLIEST <= day <= LATEST:
                raise PeriodOutOfRange(name)
        if self.end <= self.start:
            raise PeriodReversed

    @property
    def last(self) -> date:
        return self.end - _DAY

    @classmethod
    def through(cls, first: date, last: date) -> "Period":
        """As people say it, the last day included."""
        if last >= LATEST:
            raise PeriodOutOfRange("to")
        return cls(first, last + _DAY)


class Preset(StrEnum):
    TODAY = "today"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Report months begin on `day` of the month before; the report year begins with the month that begins in `month`."""

    valid_from: date
    day: int
    month: int

    def months(self, containing: date, length: int) -> Period:
        """The period of `length` months, counted from the report year's beginning, that holds a day."""
        begun = _months(containing) - (containing.day < self.day)
        start = begun - (begun - self.month + 1) % length
        return Period(self._begin(start), self._begin(start + length))

    def _begin(self, months: int) -> date:
        return date(months // 12, months % 12 + 1, self.day)


def _months(day: date) -> int:
    """Calendar months counted through, January being 0 modulo 12."""
    return day.year * 12 + day.month - 1


BOUNDARIES: Final = (Boundaries(date(2000, 1, 1), day=15, month=12),)
"""Oldest first."""

_MONTHS: Final = {Preset.MONTH: 1, Preset.QUARTER: 3, Preset.YEAR: 12}


def preset(name: Preset, today: date, boundaries: tuple[Boundaries, ...] = BOUNDARIES) -> Period:
    """The period of that name that holds today."""
    if name is Preset.TODAY:
        return Period(today, today + _DAY)
    if name is Preset.WEEK:
        monday = today - timedelta(days=today.weekday())
        return Period(monday, monday + timedelta(days=7))
    in_force = next(b for b in reversed(boundaries) if b.valid_from <= today)
    return in_force.months(today, _MONTHS[name])
