"""A plan of faults is the same for the same seed, leaves nothing out, stays in its time, and comes in bouts with calm between."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.chaos.fault_plan import AT_ONCE, CALM_SECONDS, MOST_AT_ONCE, FaultKind, PlannedFault, Scope, draw
from tests.support.chaos.nemesis import Suffered
from tests.support.chaos.replicas import whole
from tests.support.chaos.trial import recovery

SCOPE = Scope(
    processes=("intake", "intake-2", "routing", "caddy"),
    brokers=("kafka", "kafka-2", "kafka-3"),
    services=("intake", "routing"),
    topics=("notify.messages",),
    kinds=tuple(FaultKind),
    longest=30.0,
)
SEEDS = st.integers(min_value=0, max_value=10_000)


@given(SEEDS)
def test_the_same_seed_is_the_same_plan(seed: int) -> None:
    plan = draw(seed, 600, SCOPE)
    assert plan == draw(seed, 600, SCOPE)
    assert plan != draw(seed + 1, 600, SCOPE)


@given(SEEDS)
def test_in_a_long_run_every_kind_comes(seed: int) -> None:
    assert {fault.kind for fault in draw(seed, 3600, SCOPE)} == set(FaultKind)


@given(SEEDS, st.floats(min_value=30, max_value=900))
def test_each_fault_is_of_something_that_is_there_and_ends_in_time(seed: int, seconds: float) -> None:
    for fault in draw(seed, seconds, SCOPE):
        assert fault.target in SCOPE.targets(fault.kind)
        assert fault.at + fault.seconds <= seconds
        assert fault.seconds == 0 if fault.kind in AT_ONCE else 2 <= fault.seconds <= SCOPE.longest + 2


@given(SEEDS)
def test_between_two_bouts_all_is_whole_for_a_while(seed: int) -> None:
    bouts: list[list[PlannedFault]] = []
    for fault in sorted(draw(seed, 900, SCOPE), key=lambda fault: fault.at):
        over = max((earlier.at + earlier.seconds for earlier in bouts[-1]), default=0.0) if bouts else 0.0
        if bouts and fault.at <= max(over, bouts[-1][0].at + 3.1):
            bouts[-1].append(fault)
        else:
            assert not bouts or fault.at >= over + CALM_SECONDS[0] - 0.2
            bouts.append([fault])
    assert all(1 <= len(bout) <= MOST_AT_ONCE for bout in bouts)
    assert all(len({fault.target for fault in bout}) == len(bout) for bout in bouts)


def suffered(began: float, ended: float) -> Suffered:
    fault = PlannedFault(at=began, kind=FaultKind.FREEZE, target="intake", seconds=ended - began)
    return Suffered(fault=fault, began=began, ended=ended)


@pytest.mark.parametrize(
    ("lives", "seconds"),
    [
        pytest.param([(21.0, 26.0), (22.0, 24.0), (23.0, 23.5)], [3.5], id="the first to end of those that began later"),
        pytest.param([(19.0, 20.5), (25.0, 30.0)], [10.0], id="one that began before says nothing"),
        pytest.param([(1.0, 2.0)], [], id="none came after"),
    ],
)
def test_recovery_is_counted_from_the_end_of_a_bout(lives: list[tuple[float, float]], seconds: list[float]) -> None:
    assert recovery([suffered(12.0, 20.0), suffered(10.0, 15.0)], lives) == seconds


def test_each_bout_has_its_own_recovery() -> None:
    assert recovery([suffered(10.0, 12.0), suffered(30.0, 31.0)], [(13.0, 15.0), (33.0, 38.0)]) == [3.0, 7.0]


@pytest.mark.parametrize(
    ("isr", "is_whole"),
    [([[1, 2, 3], [2, 3, 1]], True), ([[1, 2, 3], [2, 3]], False), ([], False)],
    ids=["all", "one lags", "none"],
)
def test_a_broker_is_lost_only_when_every_copy_is_up_to_date(isr: list[list[int]], is_whole: bool) -> None:
    assert whole([{"partitions": [{"isr": copies} for copies in isr]}], brokers=3) is is_whole
