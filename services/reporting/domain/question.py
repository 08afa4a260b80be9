"""What is asked for: a period, perhaps as of a past instant, perhaps of one unit, field, channel or deciding unit."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from contracts.refusal import Invalid
from contracts.values import Channel
from services.reporting.domain.period import EARLIEST, LATEST, Period, PeriodOutOfRange

NOT_FORWARDED: Final = "none"
"""As a deciding unit: forwarded to none yet."""


class AsOfTheFuture(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "as-of-future",
            vi="Thời điểm tính lại phải ở quá khứ: chưa ai biết sau này sẽ có gì.",
            en="As of when must lie in the past: nobody knows yet what will come.",
            field="as_of",
        )


class NotOfTurns(Invalid):
    """A guidance turn came by no channel and has no deciding unit: to answer as if it had would count the wrong ones."""

    def __init__(self, field: str) -> None:
        super().__init__(
            "not-of-guidance-turns",
            vi="Lượt hướng dẫn không ghi cách nộp và cơ quan giải quyết. Hãy bỏ điều kiện này.",
            en="Guidance turns have neither a channel nor a deciding unit. Leave this condition out.",
            field=field,
        )


class GroupBy(StrEnum):
    """What a table of figures has a row for. A dossier counts once, at the unit that received it; `competent` is who decides."""

    UNIT = "unit"
    FIELD = "field"
    CHANNEL = "channel"
    COMPETENT = "competent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Raises PeriodOutOfRange for an instant beyond the years that are counted."""

    period: Period
    as_of: datetime | None = None
    unit: str | None = None
    field: str | None = None
    channel: Channel | None = None
    competent: str | None = None

    def __post_init__(self) -> None:
        # Moments of the calendar's first and last years overflow in another zone.
        if self.as_of is not None and not EARLIEST.year <= self.as_of.year <= LATEST.year:
            raise PeriodOutOfRange("as_of")

    def require_of_turns(self) -> None:
        """Raises NotOfTurns."""
        for name in ("channel", "competent"):
            if getattr(self, name) is not None:
                raise NotOfTurns(name)

    def of_turns(self) -> Self:
        """The same question as far as it can be asked about guidance turns."""
        return replace(self, channel=None, competent=None)

    def require_past(self, now: datetime) -> None:
        """Raises AsOfTheFuture."""
        if self.as_of is not None and self.as_of > now:
            raise AsOfTheFuture
