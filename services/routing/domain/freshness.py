"""How fresh the lists are: what intake has published and this process has not applied yet, of the lanes that it serves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

SILENT_AFTER: Final = timedelta(seconds=10)
"""A consumer asks its broker at least once a second, also when nothing is new; silent for so long, it does not reach it."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """`last_poll_at` None: no answer of the broker since the start. `lag`: events in Kafka that are still to be applied."""

    last_poll_at: datetime | None
    lag: int
    silent: bool

    @classmethod
    def of(cls, polls: Sequence[datetime | None], lag: int, machine_now: datetime, now: datetime) -> Self:
        """By when each partition last answered, in the machine's time as `machine_now` is; `now` is the installation's."""
        answered = [poll for poll in polls if poll is not None]
        if not answered or len(answered) < len(polls):
            return cls(None, 0, silent=True)
        silence = max(timedelta(), machine_now - min(answered))
        return cls(now - silence, lag, silent=silence > SILENT_AFTER)
