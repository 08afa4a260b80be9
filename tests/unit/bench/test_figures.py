"""What is made of the numbers: nearest ranks, medians, and rates that count the end of the work, not of the answers."""

import pytest

from bench.lifecycle.figures import Figures, loads_as_json, middle, quantile
from bench.lifecycle.life import LIFE, Record
from bench.lifecycle.load import Load
from bench.lifecycle.outcome import Lifecycle
from bench.processes import Usage


@pytest.mark.parametrize(
    ("numbers", "percentile", "expected"),
    [([1], 50, 1), ([3, 1, 2], 50, 2), ([1, 2], 50, 1), (range(1, 101), 95, 95), (range(1, 101), 99, 99), ([1, 2, 3], 99, 3)],
)
def test_a_percentile_is_one_of_the_values(numbers: list[int], percentile: int, expected: int) -> None:
    assert quantile([number / 1000 for number in numbers], percentile) == expected


def test_nothing_has_no_percentile() -> None:
    assert quantile([], 95) is None


def figures(lives: int, seconds: float = 1.0, drain: float = 0.0, cpu: float = 1.0) -> Figures:
    record = Record()
    record.seconds[LIFE] = [0.1] * lives
    usage = Usage(by_process={"cheap": cpu / 4, "dear": 3 * cpu / 4}, own=0.5, others=1.0, seconds=2.0)
    return Figures(load=Load(record=record, seconds=seconds), drain=drain, usage=usage)


def test_the_rate_counts_until_nothing_is_under_way() -> None:
    assert figures(10, seconds=4, drain=1).per_second == 2


def test_cpu_is_told_for_a_life_and_by_process() -> None:
    shown = figures(10).as_json()
    assert shown["cpu_ms_per_life"] == {"all": 100, "dear": 75, "cheap": 25}
    assert list(shown["cpu_ms_per_life"]) == ["all", "dear", "cheap"]
    assert shown["generator_cpu_ms_per_life"] == 50
    assert shown["cores_busy_with_other_work"] == 0.5


def test_no_life_at_all_is_still_told() -> None:
    assert figures(0).as_json()["per_second"] == 0


@pytest.mark.parametrize(("lives", "expected"), [([5], 5), ([9, 1, 5], 5), ([9, 1, 5, 7], 5)])
def test_the_round_in_the_middle_counts(lives: list[int], expected: int) -> None:
    rounds = [figures(number) for number in lives]
    assert middle(rounds).load.record.lives == expected
    shown = loads_as_json({"closed 1": rounds})["closed 1"]
    assert (shown["lives"], shown["rounds_per_second"]) == (expected, [float(number) for number in lives])


def test_the_calls_of_the_other_door_are_shown_where_somebody_came_by_it() -> None:
    at_the_counter, online = figures(1), figures(1)
    online.load.record.seconds["submit"].append(0.05)
    assert "submit" not in at_the_counter.as_json()["latency_ms"]
    assert at_the_counter.as_json()["latency_ms"]["receive"]["p50"] is None
    assert online.as_json()["latency_ms"]["submit"]["p50"] == 50
    assert "accept" not in online.as_json()["latency_ms"]


def outcome(ours: Figures, peer: Figures, *, agrees: bool = True) -> Lifecycle:
    return Lifecycle(ours={"closed 32": [ours]}, peer={"closed 32": [peer]}, at="closed 32", agrees=agrees, loop_seconds=(0.2,))


def test_the_ratios_are_ours_to_the_floors() -> None:
    shown = outcome(figures(10, cpu=4), figures(40, cpu=2)).as_json()
    assert (shown["ratio"], shown["cpu_ratio"]) == (0.25, 0.125)
    assert shown["cpu_per_life_in_loops"] == 2  # 400 ms beside 200 ms
    assert (shown["ours"]["per_second"], shown["peer"]["per_second"]) == (10, 40)


def test_a_run_counts_only_in_agreement_and_without_errors() -> None:
    assert outcome(figures(1), figures(1)).sound
    assert not outcome(figures(1), figures(1), agrees=False).sound
    for wrong in range(2):
        pair = [figures(1), figures(1)]
        pair[wrong].load.record.errors["case"] += 1
        assert not outcome(*pair).sound
