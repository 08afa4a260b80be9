"""One short run of the whole lifecycle, on servers of its own: it counts only if everything of it is right."""

import json

from bench.lifecycle import run
from bench.lifecycle.life import CALLS
from bench.options import Options


def test_a_short_run_counts() -> None:
    outcome = run(Options(seconds=1, rounds=1, clients=(2,)))
    assert outcome.agrees
    assert outcome.sound, outcome.as_json()["loads"]
    shown = json.loads(json.dumps(outcome.as_json()))
    assert shown["ratio"] > 0
    for side, processes in (
        ("ours", {"intake", "routing", "notify", "caddy", "postgres"}),
        ("peer", {"floor", "caddy", "kafka"}),
    ):
        loads = shown["loads"][side]
        assert loads.keys() == {"closed 2", "open"}
        assert loads["closed 2"]["lives"] >= 2
        assert all(loads["closed 2"]["latency_ms"][call]["p50"] > 0 for call in CALLS)
        assert loads["closed 2"]["cpu_ms_per_life"].keys() >= processes
