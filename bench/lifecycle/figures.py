"""What one load came to: lives a second, latencies, CPU for a life. A round's clock runs until nothing is under way any more.

So a rate counts only what was finished, messages sent and figures changed, and work put off to the end is not a gain.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.lifecycle.life import ONLINE_CALLS
from bench.lifecycle.load import Load
from bench.processes import Usage

PERCENTILES = (50, 95, 99)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """`drain` is how many seconds it took after the last answer until nothing was under way."""

    load: Load
    drain: float
    usage: Usage

    @property
    def per_second(self) -> float:
        """Lives, from the first request until everything that they caused was done."""
        return self.load.record.lives / (self.load.seconds + self.drain)

    @property
    def cpu_ms(self) -> dict[str, float]:
        """For a life, by process, the dearest first."""
        dearest = sorted(self.usage.by_process.items(), key=lambda spent: -spent[1])
        return {name: self._per_life(1000 * seconds) for name, seconds in dearest}

    def latency_ms(self, call: str, percentile: int) -> float | None:
        return quantile(self.load.record.seconds[call], percentile)

    def as_json(self) -> dict[str, Any]:
        record = self.load.record
        return {
            "lives": record.lives,
            "seconds": round(self.load.seconds, 2),
            "drain_seconds": round(self.drain, 2),
            "per_second": round(self.per_second, 2),
            "latency_ms": {
                call: {f"p{percentile}": quantile(seconds, percentile) for percentile in PERCENTILES}
                for call, seconds in record.seconds.items()
                if seconds or call not in ONLINE_CALLS
            },
            "cpu_ms_per_life": {"all": self._per_life(1000 * self.usage.total), **self.cpu_ms},
            "generator_cpu_ms_per_life": self._per_life(1000 * self.usage.own),
            "cores_busy_with_other_work": round(self.usage.others / self.usage.seconds, 2),
            "polls_per_life": self._per_life(record.polls),
            "shed": record.shed,
            "dropped": self.load.dropped,
            "errors": dict(record.errors),
        }

    def _per_life(self, amount: float) -> float:
        return round(amount / max(1, self.load.record.lives), 2)


def quantile(seconds: Sequence[float], percentile: int) -> float | None:
    """By nearest rank, in milliseconds; None of nothing."""
    if not seconds:
        return None
    return round(1000 * sorted(seconds)[max(0, math.ceil(len(seconds) * percentile / 100) - 1)], 1)


def middle(rounds: Sequence[Figures]) -> Figures:
    """The round with the median rate; of an even number the slower of the two in the middle."""
    return sorted(rounds, key=lambda figures: figures.per_second)[(len(rounds) - 1) // 2]


def loads_as_json(loads: Mapping[str, Sequence[Figures]]) -> dict[str, Any]:
    """The median round of each load, and the rates of all its rounds."""
    return {
        name: middle(rounds).as_json() | {"rounds_per_second": [round(figures.per_second, 2) for figures in rounds]}
        for name, rounds in loads.items()
    }
