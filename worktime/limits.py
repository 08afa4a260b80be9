"""Time limits of procedures and steps.

As JSON: {"kind": "working_days", "amount": 5}, {"kind": "calendar_days", "amount": 30}, {"kind": "working_hours", "amount": 16},
{"kind": "same_day"} or {"kind": "same_day", "cutoff": "14:30"}.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from worktime.errors import LimitError
from worktime.rules import check_cutoff, read_cutoff

MOST_DAYS = 1_000
MOST_HOURS = 8_000
_WITH_AMOUNT = ("working_days", "calendar_days", "working_hours")


def _check_amount(amount: int, most: int) -> None:
    if not isinstance(amount, int) or isinstance(amount, bool) or not 1 <= amount <= most:
        raise LimitError(
            vi=f"Thời hạn {amount!r} không dùng được: hãy ghi số nguyên từ 1 đến {most}.",
            en=f"The time limit {amount!r} cannot be used: write a whole number from 1 to {most}.",
        )


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """1 to 1,000 working days. They end when the last of them closes."""

    amount: int

    def __post_init__(self) -> None:
        _check_amount(self.amount, MOST_DAYS)


@dataclass(frozen=True, slots=True)
class CalendarDays:
    """1 to 1,000 days, days off among them, from the day after reception. A last day without working time gives way to the next
    that has some (Civil Code 2015, articles 147 and 148): they end when that day closes.
    """

    amount: int

    def __post_init__(self) -> None:
        _check_amount(self.amount, MOST_DAYS)


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """1 to 8,000 hours, running inside shifts only."""

    amount: int

    def __post_init__(self) -> None:
        _check_amount(self.amount, MOST_HOURS)


@dataclass(frozen=True, slots=True)
class SameDay:
    """Ends when the day of reception closes; received after `cutoff` (None: that of Params), when the next working day does."""

    cutoff: time | None = None

    def __post_init__(self) -> None:
        if self.cutoff is not None:
            check_cutoff(self.cutoff)


Limit = WorkingDays | CalendarDays | WorkingHours | SameDay


def limit_from_data(data: Mapping[str, Any]) -> Limit:
    """Raises LimitError for anything that is not one of the shapes above."""
    match data:
        case {"kind": "working_days", "amount": amount, **rest} if not rest:
            return WorkingDays(amount)
        case {"kind": "calendar_days", "amount": amount, **rest} if not rest:
            return CalendarDays(amount)
        case {"kind": "working_hours", "amount": amount, **rest} if not rest:
            return WorkingHours(amount)
        case {"kind": "same_day", **rest} if not rest or set(rest) == {"cutoff"}:
            return SameDay(None if rest.get("cutoff") is None else read_cutoff(rest["cutoff"]))
    raise LimitError(
        vi=f"Thời hạn {data!r} không đọc được: kind phải là {', '.join(_WITH_AMOUNT)} (kèm amount) hoặc same_day.",
        en=f"The time limit {data!r} cannot be read: kind must be {', '.join(_WITH_AMOUNT)} (with amount) or same_day.",
    )


def limit_to_data(limit: Limit) -> dict[str, Any]:
    match limit:
        case WorkingDays(amount):
            return {"kind": "working_days", "amount": amount}
        case CalendarDays(amount):
            return {"kind": "calendar_days", "amount": amount}
        case WorkingHours(amount):
            return {"kind": "working_hours", "amount": amount}
        case SameDay(None):
            return {"kind": "same_day"}
        case SameDay(cutoff):
            return {"kind": "same_day", "cutoff": f"{cutoff:%H:%M}"}
