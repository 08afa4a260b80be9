"""A hop counts from the commit of its acceptance; the slowest of them is the figure, and one that never came spoils the run."""

import pytest

from bench.latency import HALF, HOPS, QUIET, Latency, hops
from bench.marks import ACCEPTED, delays


def moments(later: dict[str, float]) -> dict[str, dict[str, float]]:
    """Two acceptances, and each hop so many seconds later."""
    accepted = {"d-1": 10.0, "d-2": 20.0}
    return {ACCEPTED.name: accepted} | {
        hop.name: {dossier: at + later[hop.name] for dossier, at in accepted.items()} for hop in HOPS
    }


LATER = {hop.name: 0.01 * number for number, hop in enumerate(HOPS, 1)}


def test_a_delay_is_from_the_one_moment_to_the_other() -> None:
    assert delays({"a": 1.0, "b": 2.0, "c": 3.0}, {"b": 2.5, "a": 3.0, "x": 9.0}) == ([2.0, 0.5], 1)


def test_every_hop_is_counted_from_its_acceptance_in_every_load() -> None:
    by_load, missing = hops({QUIET: moments(LATER), HALF: moments({name: 2 * seconds for name, seconds in LATER.items()})})
    assert missing == 0
    for name, times in ((QUIET, 1), (HALF, 2)):
        assert by_load[name] == {hop: pytest.approx([times * seconds] * 2) for hop, seconds in LATER.items()}


def test_a_hop_that_never_came_is_missing() -> None:
    incomplete = moments(LATER)
    del incomplete[HOPS[1].name]["d-2"]
    by_load, missing = hops({QUIET: incomplete})
    assert (missing, len(by_load[QUIET][HOPS[1].name])) == (1, 1)


def latency(**changed: object) -> Latency:
    quiet = {"a": [0.008, 0.010, 0.010], "b": [0.004, 0.012, 0.020]}
    half = {"a": [0.030, 0.250], "b": [0.020, 0.100]}
    values = {"seconds": {QUIET: quiet, HALF: half}, "bare": [0.002, 0.004, 0.003], "missing": 0, "errors": 0, "agrees": True}
    return Latency(per_second=18.256, **(values | changed))


def test_the_figures_are_those_of_the_slowest_hop() -> None:
    shown = latency().as_json()
    assert (shown["ratio"], shown["limit"]) == (4.0, 4.0)  # 12 ms beside 3
    assert (shown["p99_ms"], shown["p99_limit_ms"], shown["half_load_per_second"]) == (250.0, 300.0, 18.26)
    assert shown["bare_ms"] == {"p50": 3.0, "p95": 4.0, "p99": 4.0}
    assert shown["hops_ms"][QUIET]["b"] == {"p50": 12.0, "p95": 20.0, "p99": 20.0}
    assert latency().table().row_count == 5


@pytest.mark.parametrize(
    "spoilt",
    [{"missing": 1}, {"errors": 1}, {"agrees": False}, {"seconds": {QUIET: {"a": [0.1]}, HALF: {"a": []}}}],
)
def test_a_run_counts_only_when_nothing_is_missing(spoilt: dict[str, object]) -> None:
    assert latency().sound
    assert not latency(**spoilt).sound
