"""How near a promised date is. Lateness goes by calendar date in civil time, as form II.06a counts it: on the promised day
itself nothing is late yet.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Self

from contracts.civil import civil_day
from contracts.values import CIVIL_TIME


class Due(StrEnum):
    LATE = "late"
    TODAY = "today"


def days_left(promised_at: datetime, at: datetime) -> int:
    """Calendar days (not working days) from `at` to the promised date: 0 on the day itself, negative when late."""
    return (civil_day(promised_at) - civil_day(at)).days


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
