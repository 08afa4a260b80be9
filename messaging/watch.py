"""Stops a consumer that would bury a whole topic: then something is wrong with us or with them, and a person must look."""

import time
from dataclasses import dataclass, field

from messaging.work import Tally

WINDOW_SECONDS = 60.0


class TooManyDead(Exception):  # noqa: N818 -- a decision, not an accident
    """More than the set share of events died within a minute."""


@dataclass
class DeathWatch:
    """Over `share` of at least `least` events dead within a minute. Only what was committed is remembered."""

    share: float = 0.5
    least: int = 200
    _seen: list[tuple[float, int, int]] = field(default_factory=list)

    def check(self, tally: Tally) -> None:
        """Raises TooManyDead if this much more would be too much."""
        oldest = time.monotonic() - WINDOW_SECONDS
        self._seen = [entry for entry in self._seen if entry[0] > oldest]
        dead = tally.parked.get("dead", 0) + sum(entry[2] for entry in self._seen)
        total = dead + tally.applied + sum(entry[1] for entry in self._seen)
        if total >= self.least and dead > self.share * total:
            raise TooManyDead(f"{dead} of {total} events died within a minute")

    def remember(self, tally: Tally) -> None:
        self._seen.append((time.monotonic(), tally.applied, tally.parked.get("dead", 0)))
