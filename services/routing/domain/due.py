"""How near a promised date is. Lateness goes by calendar date in civil time, as form II.06a counts it: on the promised day
itself nothing is late yet. What is left is counted as the limit counts it: in working days, or in working hours.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final, Self

from contracts.civil import civil_day
from contracts.values import CIVIL_TIME
from worktime import Calendar

CALENDAR_DAYS: Final = "calendar_days"


class Due(StrEnum):
    LATE = "late"
    TODAY = "today"


def days_left(promised_at: datetime, at: datetime) -> int:
    """Calendar days (not working days) from `at` to the promised date: 0 on the day itself, negative when late."""
    return (civil_day(promised_at) - civil_day(at)).days


class Measure(StrEnum):
    """In what is counted; each has its words, `due.left_<measure>` and `due.early_<measure>`."""

    DAYS = "days"
    WORKING_DAYS = "working_days"
    WORKING_HOURS = "working_hours"


@dataclass(frozen=True, slots=True)
class Left:
    """`late`: how many calendar days, as reports count them, 0 when it is not. `today`: promised for this civil day."""

    count: int
    measure: Measure
    late: int = 0
    today: bool = False


def left(promised_at: datetime, at: datetime, limit_kind: str | None, calendar: Calendar | None) -> Left:
    """What lies between `at` and the promised date. Calendar days where the limit counts them, and where it is not known what it
    counts, or by which calendar: for cases of an older release, or until the calendar has come.
    """
    days = days_left(promised_at, at)
    if days < 0:
        return Left(0, Measure.DAYS, late=-days)
    if calendar is None or limit_kind is None or limit_kind == CALENDAR_DAYS:
        return Left(days, Measure.DAYS, today=days == 0)
    if limit_kind == Measure.WORKING_HOURS:
        seconds = calendar.seconds_worked(at.astimezone(CIVIL_TIME), promised_at.astimezone(CIVIL_TIME))
        return Left(seconds // 3600, Measure.WORKING_HOURS, today=days == 0)
    return Left(calendar.days_worked(civil_day(at), civil_day(promised_at)), Measure.WORKING_DAYS, today=days == 0)


@dataclass(frozen=True, slots=True)
class Today:
    """The civil day: its first moment and the next day's."""

    start: datetime
    end: datetime

    @classmethod
    def of(cls, now: datetime) -> Self:
        day = civil_day(now)
        return cls(datetime.combine(day, time(), CIVIL_TIME), datetime.combine(day + timedelta(days=1), time(), CIVIL_TIME))

    def bounds(self, due: Due | None) -> tuple[datetime | None, datetime | None]:
        """Promised from, and before, for the cases meant; None where there is no bound."""
        return {None: (None, None), Due.LATE: (None, self.start), Due.TODAY: (self.start, self.end)}[due]
