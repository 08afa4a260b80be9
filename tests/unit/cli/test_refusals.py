"""Commands that cannot do what is asked say why in both languages, with the exit code that is documented for it."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import COMMANDS, app
from cli.session import Session
from deploy.local.outcome import ExitCode, Stopped
from deploy.local.site import Site


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_named_before_anything_starts(tmp_path: Path, taken_port: int) -> None:
    refused = CliRunner().invoke(app, ["up", "--data", str(tmp_path / "data"), "--port", str(taken_port)])
    assert refused.exit_code == ExitCode.PORT_TAKEN
    assert f"Cổng {taken_port} đang có chương trình khác dùng" in refused.stderr
    assert f"Port {taken_port} is taken by another program" in refused.stderr
    assert not (tmp_path / "data" / "kafka").exists()
    assert Site(tmp_path / "data").load() is None


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused = CliRunner().invoke(app, ["up", "--data", str(tmp_path / "file" / "data")])
    assert refused.exit_code == ExitCode.MACHINE_UNFIT
    assert "--data" in refused.stderr


@pytest.mark.parametrize("command", [["down"], ["status"], ["stop", "routing"], ["start", "routing"], ["scale", "routing=2"]])
def test_where_nothing_was_started_the_way_to_start_is_told(tmp_path: Path, command: list[str]) -> None:
    refused = CliRunner().invoke(app, [*command, "--data", str(tmp_path)])
    assert refused.exit_code == ExitCode.NOT_RUNNING
    assert "motcua up" in refused.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wish", ["routing", "routing=", "=2", "routing=0", "routing=17", "routing=many", "routing=-1"])
def test_a_wish_that_cannot_be_read_is_a_usage_error(tmp_path: Path, wish: str) -> None:
    refused = CliRunner().invoke(app, ["scale", "--data", str(tmp_path), "--", wish])
    assert refused.exit_code == ExitCode.USAGE


def test_no_session_without_an_installation(tmp_path: Path) -> None:
    with pytest.raises(Stopped, match="not running") as refused:
        Session(tmp_path)
    assert refused.value.code is ExitCode.NOT_RUNNING


def test_a_session_whose_installation_is_away_says_so(tmp_path: Path) -> None:
    site = Site(tmp_path / "data")
    site.create()
    with site.change() as state:
        state.port = 9  # nothing is ever given this port, so nothing listens there
    with pytest.raises(Stopped, match="not running"):
        Session(site.data).token("clerk", "password")


def test_an_unknown_command_is_a_usage_error() -> None:
    assert CliRunner().invoke(app, ["no-such-command"]).exit_code == ExitCode.USAGE


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_of_the_table_explains_itself(command: str) -> None:
    explained = CliRunner().invoke(app, [command, "--help"])
    assert explained.exit_code == ExitCode.OK, explained.output
    assert "--data" in explained.output or command in {"dead-letters", "keys", "publisher"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["list", "--state", "lost"], "dead, early, waiting, newer"),
        (["retry", "routing", "--all"], "both or neither"),
        (["retry", "routing/1", "--reason", "unknown unit"], "both or neither"),
        (["retry", "routing/1", "--all", "--reason", "unknown unit"], "for example: routing"),
        (["skip-to", "routing", "--why", "lost"], "for example: intake/17"),
    ],
)
def test_letters_that_are_named_in_no_way_of_ours_are_refused_before_anything_is_asked(arguments: list[str], said: str) -> None:
    refused = CliRunner().invoke(app, ["dead-letters", *arguments], env={"COLUMNS": "200"})
    assert refused.exit_code == 2
    assert said in refused.stderr


@pytest.mark.parametrize(
    "wish",
    [["--since", "2026-11-26T08:00", "--why", "x"], ["--since", "2026-11-26T08:00+0700", "--why", "x", "--service", "post"]],
)
def test_publishing_again_wants_a_moment_with_its_zone_and_services_there_are(tmp_path: Path, wish: list[str]) -> None:
    refused = CliRunner().invoke(app, ["republish", "--data", str(tmp_path), *wish])
    assert refused.exit_code == ExitCode.USAGE


def test_the_numbers_of_a_service_that_there_is_not_are_raised_nowhere(tmp_path: Path) -> None:
    refused = CliRunner().invoke(app, ["publisher", "raise", "post", "--data", str(tmp_path)])
    assert refused.exit_code == ExitCode.USAGE
    unstarted = CliRunner().invoke(app, ["publisher", "raise", "intake", "--data", str(tmp_path)])
    assert unstarted.exit_code == ExitCode.NOT_RUNNING
