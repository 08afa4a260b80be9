"""`motcua bench` refuses what it cannot do before anything starts, prints one object, and keeps what counts."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench import relay, result_file
from bench.options import Options
from bench.outcome import Measured, Rate
from cli.main import app
from deploy.local.outcome import ExitCode


@pytest.mark.parametrize("clients", ["", "0", "1,x", "1,,2", "-1"])
def test_clients_that_are_no_numbers_are_refused(clients: str) -> None:
    refused = CliRunner().invoke(app, ["bench", "lifecycle", f"--clients={clients}"])
    assert refused.exit_code == ExitCode.USAGE
    assert "ví dụ 1,32" in refused.stderr
    assert "for example 1,32" in refused.stderr


def test_a_measurement_that_there_is_not_is_refused() -> None:
    refused = CliRunner().invoke(app, ["bench", "speed"])
    assert refused.exit_code == ExitCode.USAGE
    assert (
        "there are relay, consume, pipeline, latency, lifecycle, spike, lanes, soak, growth, loop, idle, memory, start"
        in refused.stderr
    )


def measured(*, order_kept: bool) -> Measured:
    ours, peer = Rate("ours", 100, 2), Rate("peer", 10, 2)
    return Measured(name="relay", floor=5, ours=ours, peer=peer, order_kept=order_kept)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Options]:
    """The options of each run; what is kept goes to `tmp_path`."""
    options: list[Options] = []

    def run(given: Options) -> Measured:
        options.append(given)
        return measured(order_kept=given.rounds != 2)

    monkeypatch.setattr(relay, "run", run)
    monkeypatch.setattr(result_file.save, "__defaults__", (tmp_path,))
    return options


def test_what_counts_is_printed_and_kept(asked: list[Options], tmp_path: Path) -> None:
    done = CliRunner().invoke(
        app,
        [
            "bench",
            "relay",
            "--json",
            "--save",
            "--clients",
            "2, 3",
            "--seconds",
            "4",
            "--minutes",
            "5",
            "--size",
            "6",
            "--online",
            "0.9",
        ],
    )
    assert done.exit_code == ExitCode.OK
    printed = json.loads(done.stdout)
    assert (printed["bench"], printed["ratio"], printed["ours"]["per_second"], printed["order_kept"]) == ("relay", 10, 50, True)
    assert json.loads((tmp_path / "relay.json").read_text(encoding="utf-8"))["ratio"] == 10
    assert asked == [Options(seconds=4, clients=(2, 3), minutes=5, size=6, online=0.9)]


def test_people_get_a_table(asked: list[Options], tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["bench", "relay"])
    assert "relay: 10 ×" in done.stdout
    assert not list(tmp_path.iterdir())
    assert len(asked) == 1


def test_what_does_not_count_is_not_kept(asked: list[Options], tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["bench", "relay", "--save", "--rounds", "2"])
    assert done.exit_code == ExitCode.DIFFERENCE
    assert not list(tmp_path.iterdir())
    assert asked[0].rounds == 2
