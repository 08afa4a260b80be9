"""The note on how fresh the lists are says what is: up to date, behind by so much, out of touch since then, never in touch."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from messaging.clock import system_clock
from services.routing.freshness import Freshness, freshness
from tests.support.routing_world import NOW


@dataclass
class Consumer:
    """What freshness asks of a consumer: `polled` is how many seconds ago each partition last answered, None: not yet."""

    group: str = "routing.district"
    polled: list[float | None] = field(default_factory=lambda: [0.1, 0.2])
    waiting: int = 0

    @property
    def subscriber(self) -> Any:
        return self

    @property
    def consumer(self) -> Any:
        return self

    def assignment(self) -> list[int]:
        return list(range(len(self.polled)))

    def last_poll_timestamp(self, partition: int) -> float | None:
        ago = self.polled[partition]
        return None if ago is None else (system_clock() - timedelta(seconds=ago)).timestamp() * 1000

    def lag(self) -> int:
        return self.waiting


@dataclass
class Process:
    consumers: list[Consumer]

    @property
    def messaging(self) -> Any:
        return self

    def clock(self) -> Any:
        return NOW


def judged(*consumers: Consumer) -> Freshness:
    process: Any = Process(list(consumers))
    return freshness(process)


def test_up_to_date() -> None:
    found = judged(Consumer(), Consumer("routing.post"))
    assert (found.waiting, found.silent) == (0, False)
    assert found.heard_at is not None
    assert timedelta() <= NOW - found.heard_at < timedelta(seconds=5)


def test_behind_by_what_all_lanes_still_have_to_apply() -> None:
    found = judged(Consumer(waiting=3), Consumer("routing.post", waiting=4))
    assert (found.waiting, found.silent) == (7, False)


def test_out_of_touch_since_the_partition_that_has_been_silent_longest() -> None:
    found = judged(Consumer(), Consumer("routing.post", polled=[0.1, 60]))
    assert found.silent
    assert found.heard_at is not None
    assert timedelta(seconds=60) <= NOW - found.heard_at < timedelta(seconds=65)


@pytest.mark.parametrize("consumers", [[], [Consumer(polled=[])], [Consumer(polled=[0.1, None])], [Consumer("routing.common")]])
def test_never_in_touch(consumers: list[Consumer]) -> None:
    assert judged(*consumers) == Freshness(None, 0, silent=True)
