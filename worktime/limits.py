"""Time limits of procedures and steps, and the parameters that the rules leave open.

As JSON: {"kind": "working_days", "amount": 5}, {"kind": "working_hours", "amount": 16},
{"kind": "same_day"} or {"kind": "same_day", "cutoff": "14:30"}.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from worktime.civil import read_clock
from worktime.errors import LimitError

MOST_DAYS = 1_000
MOST_HOURS = 8_000


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
            _check_cutoff(self.cutoff)


Limit = WorkingDays | WorkingHours | SameDay


@dataclass(frozen=True, slots=True)
class Params:
    """Where rules differ from place to place.

    `cutoff`: what is received later than this (15:00 by decree) is forwarded on the next working day.
    `late_moves_start`: whether that moves a limit in working days too. A limit in hours it never moves.
    """

    cutoff: time = time(15, 0)
    late_moves_start: bool = False

    def __post_init__(self) -> None:
        _check_cutoff(self.cutoff)


def _check_cutoff(cutoff: time) -> None:
    if cutoff.tzinfo or cutoff.second or cutoff.microsecond:
        raise LimitError(
            vi=f"Giờ chốt {cutoff} phải ghi bằng giờ và phút, không kèm múi giờ.",
            en=f"The cut-off {cutoff} must be given in hours and minutes, without a time zone.",
        )


def limit_from_data(data: Mapping[str, Any]) -> Limit:
    """Raises LimitError for anything that is not one of the shapes above."""
    match data:
        case {"kind": "working_days", "amount": amount, **rest} if not rest:
            return WorkingDays(amount)
        case {"kind": "working_hours", "amount": amount, **rest} if not rest:
            return WorkingHours(amount)
        case {"kind": "same_day", **rest} if not rest or set(rest) == {"cutoff"}:
            return SameDay(_read_cutoff(rest.get("cutoff")))
    raise LimitError(
        vi=f"Thời hạn {data!r} không đọc được: kind phải là working_days hoặc working_hours (kèm amount), hoặc same_day.",
        en=f"The time limit {data!r} cannot be read: kind must be working_days or working_hours (with amount), or same_day.",
    )


def _read_cutoff(text: str | None) -> time | None:
    try:
        return None if text is None else read_clock(text)
    except (TypeError, ValueError) as bad:
        raise LimitError(
            vi=f"Giờ chốt {text!r} không đọc được: hãy ghi như 15:00.",
            en=f"The cut-off {text!r} cannot be read: write it like 15:00.",
        ) from bad


def limit_to_data(limit: Limit) -> dict[str, Any]:
    match limit:
        case WorkingDays(amount):
            return {"kind": "working_days", "amount": amount}
        case WorkingHours(amount):
            return {"kind": "working_hours", "amount": amount}
        case SameDay(None):
            return {"kind": "same_day"}
        case SameDay(cutoff):
            return {"kind": "same_day", "cutoff": f"{cutoff:%H:%M}"}
