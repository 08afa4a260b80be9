"""The district's time runs from when a dossier was due until its case is open; every postal event is a dossier in the end."""

import pytest

from bench.lanes import Lanes, Phase, Taken, phase_of
from bench.lifecycle.cast import desks_by_post, desks_of_lane
from contracts.values import Lane


def phase(p95: float, **changed: int) -> Phase:
    return Phase(seconds=[0.01] * 94 + [p95 / 1000] * 6, **({"missing": 0, "dropped": 0, "errors": 0} | changed))


def lanes(**changed: object) -> Lanes:
    values = {"alone": phase(50), "flooded": phase(90), "events": 500, "dossiers": 500, "agrees": True}
    return Lanes(flood_seconds=12.34, **(values | changed))


def test_the_ratio_is_that_of_the_flood_to_before() -> None:
    shown = lanes(flooded=phase(90, dropped=3)).as_json()
    assert (shown["ratio"], shown["limit"], shown["flood_seconds"]) == (1.8, 2.0, 12.3)
    assert shown["flooded"]["open_ms"]["p95"] == 90
    assert (shown["flooded"]["dossiers"], shown["flooded"]["dropped"], shown["alone"]["dropped"]) == (100, 3, 0)
    assert "1.8 ×" in str(lanes().table().title)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"dossiers": 499},
        {"dossiers": 501},
        {"agrees": False},
        {"alone": phase(50, missing=1)},
        {"flooded": phase(50, errors=1)},
        {"flooded": Phase(seconds=[], missing=0, dropped=0, errors=0)},
    ],
)
def test_a_run_counts_only_when_all_of_it_arrived(spoilt: dict[str, object]) -> None:
    assert lanes().sound
    assert not lanes(**spoilt).sound


def test_without_a_dossier_there_is_no_ratio() -> None:
    assert lanes(alone=Phase(seconds=[], missing=0, dropped=0, errors=0)).as_json()["ratio"] is None


def test_a_dossier_without_a_case_is_missing() -> None:
    taken = Taken(due={"a": 10.0, "b": 20.0}, dropped=2)
    taken.record.errors["HTTP 500"] += 3
    assert phase_of(taken, {"b": 20.25, "c": 1.0}) == Phase(seconds=[0.25], missing=1, dropped=2, errors=3)


def test_the_district_s_counters_are_no_one_else_s() -> None:
    assert {desk.unit for desk in desks_of_lane(Lane.DISTRICT)} == {"000.00.21.H99", "H99.21.05.13"}
    assert {desk.unit for desk in desks_of_lane(Lane.POST)} == {"P99.21.01"}


def test_the_post_collects_only_for_what_is_offered_by_post() -> None:
    procedures = {desk.procedure for desk in desks_by_post()}
    assert "1.900011" in procedures
    assert "1.900032" not in procedures
