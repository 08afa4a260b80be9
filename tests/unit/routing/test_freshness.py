"""The note on how fresh the lists are says what is: up to date, behind by so much, out of touch since then, never in touch."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from messaging.clock import system_clock
from services.routing.domain.freshness import SILENT_AFTER, Freshness
from services.routing.queries.freshness import freshness
from tests.support.routing_world import NOW

MACHINE_NOW = datetime(2030, 1, 1, tzinfo=UTC)


def ago(seconds: float) -> datetime:
    return MACHINE_NOW - timedelta(seconds=seconds)


def test_it_counts_from_the_partition_that_has_been_silent_longest() -> None:
    fresh = Freshness.of([ago(1), ago(4), ago(2)], 7, MACHINE_NOW, NOW)
    assert fresh == Freshness(NOW - timedelta(seconds=4), 7, silent=False)


@pytest.mark.parametrize(("silence", "silent"), [(SILENT_AFTER, False), (SILENT_AFTER + timedelta(milliseconds=1), True)])
def test_out_of_touch(silence: timedelta, silent: bool) -> None:
    fresh = Freshness.of([MACHINE_NOW, MACHINE_NOW - silence], 0, MACHINE_NOW, NOW)
    assert fresh == Freshness(NOW - silence, 0, silent=silent)


def test_an_answer_is_never_of_tomorrow() -> None:
    """The machine's clock was set back meanwhile."""
    assert Freshness.of([ago(-60)], 0, MACHINE_NOW, NOW).last_poll_at == NOW


@pytest.mark.parametrize("polls", [[], [None], [ago(1), None]])
def test_never_in_touch(polls: list[datetime | None]) -> None:
    assert Freshness.of(polls, 7, MACHINE_NOW, NOW) == Freshness(None, 0, silent=True)


# --- what is asked of the consumers -----------------------------------------------------------------------


@dataclass
class Consumer:
    """What freshness asks of a consumer: when each partition last answered, None: not yet."""

    group: str = "routing.district"
    polls: list[datetime | None] = field(default_factory=lambda: [system_clock()])
    waiting: int | None = 0

    @property
    def client(self) -> Any:
        return self

    def assignment(self) -> list[int]:
        return list(range(len(self.polls)))

    def last_poll_timestamp(self, partition: int) -> float | None:
        poll = self.polls[partition]
        return None if poll is None else poll.timestamp() * 1000

    def lag(self) -> int | None:
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


def test_all_lanes_count_and_reference_data_does_not() -> None:
    long_ago = system_clock() - timedelta(days=1)
    fresh = judged(Consumer(waiting=3), Consumer("routing.post", waiting=4), Consumer("routing.common", [long_ago], waiting=9))
    assert fresh.lag == 7
    assert fresh.last_poll_at is not None
    assert NOW - timedelta(hours=1) < fresh.last_poll_at <= NOW


def test_the_moment_of_an_answer_is_shown_in_the_installation_s_time() -> None:
    fresh = judged(Consumer(), Consumer("routing.post", [system_clock(), system_clock() - timedelta(days=1)]))
    assert fresh.silent
    assert fresh.last_poll_at is not None
    assert NOW - timedelta(days=1, hours=1) < fresh.last_poll_at <= NOW - timedelta(days=1)


@pytest.mark.parametrize(
    "consumers", [[], [Consumer(polls=[])], [Consumer(polls=[None], waiting=None)], [Consumer("routing.common")]]
)
def test_no_answer_yet(consumers: list[Consumer]) -> None:
    assert judged(*consumers) == Freshness(None, 0, silent=True)
