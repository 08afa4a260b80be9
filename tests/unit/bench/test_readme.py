"""README shows what was measured, and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench.readme import BEGIN, END, NAMES, README, inserted, tables
from bench.result_file import FOLDER, save, saved
from cli.bench import MINUTES

MACHINE = {
    "cores": 2,
    "cpu": "Abacus",
    "memory_mb": 4100,
    "python": "3.11.9",
    "date": "2026-11-26T01:02:03+00:00",
    "commit": "abc",
}


def load(rate: float, p50: float | None, cpu: float) -> dict[str, Any]:
    return {
        "per_second": rate,
        "latency_ms": {"receive": {"p50": p50, "p95": 2000.4}},
        "cpu_ms_per_life": {"all": cpu},
        "cores_busy_with_other_work": 0.01 * rate,
    }


RELAY = {
    "bench": "relay",
    "ratio": 87.4,
    "floor": 40,
    "ours": {"per_second": 26304.2},
    "peer": {"per_second": 30.14, "what": "other"},
}
LIFECYCLE = {
    "bench": "lifecycle", "ratio": 0.354, "floor": 0.35, "ours": {"per_second": 20.0},
    "peer": {"per_second": 56.5, "what": "bare"},
    "loop_seconds": [0.5, 0.234, 0.1], "ratio_at": "closed 1",
    "loads": {
        "ours": {"closed 1": load(5, 12.6, 99.5), "open": load(3, None, 70)},
        "peer": {"closed 1": load(30, 4, 20), "open": load(15, 5, 25)},
    },
}  # fmt: skip


def test_readme_holds_what_the_result_files_hold() -> None:
    assert README.read_text(encoding="utf-8") == inserted(README.read_text(encoding="utf-8"), tables(saved())), "make bench"


def test_every_measurement_that_is_kept_stands_in_the_table() -> None:
    assert saved().keys() <= {*NAMES}
    assert {*NAMES} == MINUTES.keys()
    assert all(path.suffix == ".json" for path in FOLDER.iterdir())


def test_a_row_has_both_rates_the_ratio_and_its_floor() -> None:
    text = tables({"relay": RELAY | {"machine": MACHINE}})
    assert "order per aggregate checked | 26,304 rows/s | other: 30.1 rows/s | **87 ×** | 40 × |" in text
    assert "- `relay`: 2026-11-26, commit abc, 2 cores (Abacus), 4 GiB, Python 3.11.9." in text


def test_lives_have_a_table_of_their_loads() -> None:
    text = tables({"lifecycle": LIFECYCLE | {"machine": MACHINE}})
    assert "| 20.0 lives/s | bare: 56.5 lives/s | **0.35 ×** | 0.35 × |" in text
    assert "| 1 client | 5.0 | 30.0 | 13 / 2,000 ms | 4 / 2,000 ms | 100 ms | 20 ms |" in text
    assert "| at half that rate, whatever the answers | 3.0 | 15.0 | - / 2,000 ms | 5 / 2,000 ms | 70 ms | 25 ms |" in text
    assert "additions in Python took 0.23 s; other work kept 0.1 cores busy beside ours and 0.3 beside the bare server." in text


def test_a_share_of_the_bare_rate_is_a_row_of_its_own() -> None:
    bare = {"bare": {"per_second": 50608.1, "what": "bare rows"}, "share_of_bare": 0.52, "least_share": 0.5}
    text = tables({"relay": RELAY | bare | {"machine": MACHINE}})
    assert "| the same | 26,304 rows/s | bare rows: 50,608 rows/s | **0.52 ×** | 0.50 × |" in text
    assert "the same" not in tables({"relay": RELAY | {"machine": MACHINE}})


LATENCY = {
    "bench": "latency", "ratio": 3.4, "limit": 4.0, "p99_ms": 123.4, "p99_limit_ms": 300.0, "half_load_per_second": 18.25,
    "bare_ms": {"p50": 2.5, "p95": 4.0, "p99": 6.5},
    "hops_ms": {
        "quiet": {"listed": {"p50": 8.5, "p95": 9.0, "p99": 11.0}, "counted": {"p50": 7.5, "p95": 8.0, "p99": 10.0}},
        "half load": {"listed": {"p50": 20.0, "p95": 60.0, "p99": 123.4}, "counted": {"p50": 19.0, "p95": 50.0, "p99": 99.0}},
    },
}  # fmt: skip


def test_a_latency_names_each_hop_and_both_limits() -> None:
    text = tables({"latency": LATENCY | {"machine": MACHINE}})
    assert "listed 8.5 / 11.0 ms, at half load 20.0 / 123.4 ms; counted 7.5 / 10.0 ms, at half load 19.0 / 99.0 ms." in text
    assert "A bare record produced and consumed: 2.5 / 6.5 ms. That is **3.4 times** the bare hop" in text
    assert "(limit 4), and p99 123 ms at half load, 18.25 lives a second (limit 300)." in text
    assert "- `latency`: 2026-11-26" in text


LANES = {
    "bench": "lanes", "ratio": 1.8, "limit": 2.0, "events": 50000, "flood_seconds": 123.4,
    "alone": {"dossiers": 40, "dropped": 0, "open_ms": {"p50": 20.0, "p95": 50.4, "p99": 60.0}},
    "flooded": {"dossiers": 1490, "dropped": 10, "open_ms": {"p50": 30.0, "p95": 90.6, "p99": 99.0}},
}  # fmt: skip


def test_lanes_are_a_sentence_that_hides_no_dossier_which_never_began() -> None:
    text = tables({"lanes": LANES | {"machine": MACHINE}})
    assert "50,000 dossiers from the post at once, all there and written about after 123 s." in text
    assert "was 91 ms instead of 50 ms: **1.8 times** (limit 2), 10 of 1,500 never began." in text


SOAK = {
    "bench": "soak", "ratio": 1.012, "limit": 1.05, "p95_ratio": None, "p95_limit": 1.2, "minutes": 60.0, "received": 28800,
    "errors": {"x": 2}, "memory_mib": [900.4, 905.0, 911.2], "p95_ms": [80.2, 81.0, None],
}  # fmt: skip


def test_a_soak_compares_its_first_tenth_with_its_last() -> None:
    text = tables({"soak": SOAK | {"machine": MACHINE}})
    assert "28,800 lives in 60 minutes, 2 went wrong." in text
    assert "went from 900 to 911 MiB (**1.012**, limit 1.05), p95 of taking in from 80 ms to - (**None**, limit 1.2)." in text


def test_the_door_of_the_lives_is_named() -> None:
    text = tables({"lifecycle": LIFECYCLE | {"machine": MACHINE, "online": 0.9}})
    assert "32 clients, 90% of them begun online | 20.0 lives/s" in text
    assert "begun online" not in tables({"lifecycle": LIFECYCLE | {"machine": MACHINE, "online": 0.0}})


SPIKE = {
    "bench": "spike", "clients": {"usual": 8, "spike": 80}, "received": 1234, "dossiers": 1234, "shed": 5, "errors": {},
    "p95_ms": {"before": 10.4, "spike": 99.6, "after": 10}, "recovered_after_seconds": 2.5, "within_seconds": 10.0,
}  # fmt: skip


def test_a_spike_is_a_sentence() -> None:
    text = tables({"spike": SPIKE | {"machine": MACHINE}})
    assert "80 clients for half a minute instead of 8. Of 1,234 dossiers taken in, 1,234 are there, 5 requests" in text
    assert "10 ms before, 100 ms meanwhile; 2.5 s after its end it was as before (10 s are promised)." in text
    assert "- `spike`: 2026-11-26, commit abc" in text
    assert "it was not as before" in tables({"spike": SPIKE | {"machine": MACHINE, "recovered_after_seconds": None}})


def test_what_holds_a_loop_is_a_sentence_with_its_request() -> None:
    longest = {"intake": {"seconds": 0.0312, "request": "POST /x (a stranger), y"}, "notify": {"seconds": 0.02, "request": "-"}}
    text = tables({"loop": {"bench": "loop", "asked": 7314, "limit": 0.05, "longest": longest, "machine": MACHINE}})
    assert "`motcua bench loop`: 7,314 hostile bodies and queries" in text
    assert "**31 ms**, after POST /x (a stranger), y (limit 50)." in text


@pytest.mark.parametrize(
    ("name", "unit", "amount", "limit", "expected"),
    [
        ("start", "s", 9.4, 15.0, "**9 s**, from the command to serving, on data that are there (limit 15)."),
        ("memory", "MiB", 917.6, 1024.0, "**918 MiB**, all processes after a load, shared pages counted once (limit 1,024"),
        ("idle", "cores", 0.0721, 0.08, "**7.2% of one core**, all processes together while nobody asks anything (limit 8%"),
    ],
)
def test_a_footprint_is_a_line(name: str, unit: str, amount: float, limit: float, expected: str) -> None:
    result = {"bench": name, "unit": unit, "amount": amount, "limit": limit, "machine": MACHINE}
    text = tables({name: result})
    assert f"- `motcua bench {name}`: {expected}" in text
    assert f"- `{name}`: 2026-11-26" in text


def test_only_what_is_between_the_marks_changes() -> None:
    assert inserted(f"a {BEGIN} old {END} b {END}", "new") == f"a {BEGIN}\n\nnew\n\n{END} b {END}"
    with pytest.raises(ValueError, match="unpack"):
        inserted("no marks", "new")


def test_a_result_is_kept_under_its_name(tmp_path: Path) -> None:
    path = save({"bench": "relay", "ratio": 1, "what": "Một"}, tmp_path / "results")
    assert json.loads(path.read_text(encoding="utf-8")) == {"bench": "relay", "ratio": 1, "what": "Một"}
    assert saved(path.parent) == {"relay": {"bench": "relay", "ratio": 1, "what": "Một"}}
