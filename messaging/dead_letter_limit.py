"""Stops a consumer that would bury a whole topic: then something is wrong with us or with them, and a person must look."""

import time
from dataclasses import dataclass, field

from messaging.work import BatchResult

WINDOW_SECONDS = 60.0


class DeadLetterLimitExceeded(Exception):  # noqa: N818 -- a decision, not an accident
    """More than the set share of events died within a minute."""


@dataclass
class DeadLetterLimit:
    """Over `share` of at least `least` events dead within a minute. Only what was committed is remembered."""

    share: float = 0.5
    least: int = 200
    _seen: list[tuple[float, int, int]] = field(default_factory=list)

    def check(self, result: BatchResult) -> None:
        """Raises DeadLetterLimitExceeded if this much more would be too much."""
        oldest = time.monotonic() - WINDOW_SECONDS
        self._seen = [entry for entry in self._seen if entry[0] > oldest]
        dead = result.parked.get("dead", 0) + sum(entry[2] for entry in self._seen)
        total = dead + result.applied + sum(entry[1] for entry in self._seen)
        if total >= self.least and dead > self.share * total:
            raise DeadLetterLimitExceeded(f"{dead} of {total} events died within a minute")

    def remember(self, result: BatchResult) -> None:
        self._seen.append((time.monotonic(), result.applied, result.parked.get("dead", 0)))
