"""The last tenth of the time is compared with the first; a reading is the median of its kind."""

from collections import Counter

import pytest

from bench.soak import Soak, Tenth, middle


def tenth(p95: float, mib: float) -> Tenth:
    return Tenth(seconds=[0.01] * 94 + [p95 / 1000] * 6, memory={"kafka": mib / 4, "intake": 3 * mib / 4})


def soak(**changed: object) -> Soak:
    values = {"tenths": [tenth(100, 1000), tenth(900, 5000), tenth(110, 1040)], "received": 300, "dossiers": 300}
    values |= {"errors": Counter(), "agrees": True}
    return Soak(clients=8, minutes=60, shed=0, **(values | changed))


def test_the_ratios_are_of_the_last_tenth_to_the_first() -> None:
    shown = soak().as_json()
    assert (shown["ratio"], shown["limit"], shown["p95_ratio"], shown["p95_limit"]) == (1.04, 1.05, 1.1, 1.2)
    assert shown["p95_ms"] == [100, 900, 110]
    assert shown["memory_mib"] == [1000, 5000, 1040]
    assert shown["memory_mib_by_process"] == {"intake": [750, 780], "kafka": [250, 260]}
    assert soak().table().row_count == 3


def test_a_process_that_is_gone_takes_nothing() -> None:
    left = Tenth(seconds=[0.1], memory={"kafka": 100.0})
    shown = soak(tenths=[tenth(100, 1000), left]).as_json()
    assert shown["memory_mib_by_process"] == {"intake": [750, 0], "kafka": [250, 100]}


@pytest.mark.parametrize(
    "spoilt",
    [{"dossiers": 299}, {"dossiers": 301}, {"agrees": False}, {"errors": Counter(x=1)}],
)
def test_a_soak_counts_if_every_dossier_is_there_once(spoilt: dict[str, object]) -> None:
    assert soak().sound
    assert not soak(**spoilt).sound


def test_a_tenth_without_a_dossier_spoils_it() -> None:
    silent = Tenth(seconds=[], memory={"kafka": 100.0})
    shown = soak(tenths=[tenth(100, 1000), silent])
    assert not shown.sound
    assert shown.p95_ratio is None
    assert shown.as_json()["p95_ratio"] is None


def test_a_reading_is_the_median_by_process() -> None:
    readings = [{"a": 1.0, "b": 5.0}, {"a": 9.0, "b": 7.0}, {"a": 2.0}]
    assert middle(readings) == {"a": 2.0, "b": 5.0}
