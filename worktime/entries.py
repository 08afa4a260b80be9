"""The pieces of an explanation: what became of each day, and each pause.

Days are kept one by one, so that each can be checked, and told and stored as runs, so that Tết is one line.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby

from worktime.civil import ONE_DAY
from worktime.days import Reason

RECEIVED = Reason("received", "ngày tiếp nhận", "day of reception")
COUNTS_AS_RECEIVED = Reason("received", "tính là ngày tiếp nhận", "counts as the day of reception")
AFTER_HOURS = Reason("after_hours", "tiếp nhận sau giờ làm việc", "received after working hours")
FORWARDED = Reason("forwarded", "đang chuyển đến cơ quan có thẩm quyền giải quyết", "on its way to the authority that decides")
ROLLED_OVER = Reason(
    "rolled_over",
    "ngày cuối rơi vào ngày nghỉ nên hạn chuyển sang ngày này",
    "the last day was a day off, so the limit ends on this one",
)
PAUSED = Reason("paused", "tạm dừng", "the clock stands still")
RESUMED = Reason("resumed", "tiếp tục tính", "the clock goes on")
LAST_DAY = Reason("last_day", "phần còn lại của ngày cuối", "the rest of the last day")
TOO_LITTLE_LEFT = Reason(
    "too_little_left",
    "tiếp tục khi giờ làm việc còn ít hơn lúc tạm dừng",
    "less working time is left than when the clock stopped",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One date. `number` counts the days of the limit 1, 2, 3 ...; None is a day that is skipped.

    `seconds` is the working time of that day that went into a limit in hours; 0 for the other limits.
    """

    day: date
    reason: Reason
    number: int | None = None
    seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Consecutive days that share reason and `seconds`; `number` is that of the first, None for skipped ones."""

    first: date
    last: date
    reason: Reason
    number: int | None
    seconds: int

    def entries(self) -> list[Entry]:
        return [
            Entry(self.first + ONE_DAY * offset, self.reason, self.number and self.number + offset, self.seconds)
            for offset in range((self.last - self.first).days + 1)
        ]


def runs(entries: Iterable[Entry]) -> list[Run]:
    """Entries in the order of their dates, merged where neighbours are alike."""
    merged = []
    for _, group in groupby(entries, key=lambda entry: (entry.reason, entry.number is None, entry.seconds)):
        alike = list(group)
        merged.append(
            Run(first=alike[0].day, last=alike[-1].day, reason=alike[0].reason, number=alike[0].number, seconds=alike[0].seconds)
        )
    return merged


class Owed(StrEnum):
    """What the clock waits for: portal status 5 or 6."""

    PAPERS = "papers"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Pause:
    """`remaining` at `paused_at`: whole days of the limit after that day, or for a limit in hours working seconds.

    `left`: where no whole day remained, how many working seconds of the last one did; None otherwise.
    """

    paused_at: datetime
    resumed_at: datetime
    owed: Owed
    remaining: int
    left: int | None = field(default=None, kw_only=True)
