"""The machine is described so that two results can be compared, and figures alone make no commit another one."""

import json
import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench import machine


def test_what_a_figure_depends_on_is_described() -> None:
    shown = json.loads(json.dumps(machine.describe()))
    assert (shown["cores"], shown["python"]) == (os.cpu_count(), platform.python_version())
    assert shown["cpu"]
    assert shown["memory_mb"] > 100
    assert shown["versions"].keys() == {*machine.LIBRARIES}
    assert datetime.fromisoformat(shown["date"]) <= datetime.now(UTC)


def git(clone: Path, *arguments: str) -> None:
    command = ["git", "-C", str(clone), "-c", "user.name=t", "-c", "user.email=t@example.vn", "-c", "commit.gpgsign=false"]
    subprocess.run([*command, *arguments], check=True, capture_output=True)


def test_a_commit_is_marked_when_code_differs_from_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "ROOT", tmp_path)
    git(tmp_path, "init", "-q")
    (tmp_path / "bench" / "results").mkdir(parents=True)
    for name in ("code.py", "README.md", "bench/results/relay.json"):
        (tmp_path / name).write_text("before")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "first")
    clean = machine.describe()["commit"]
    assert re.fullmatch("[0-9a-f]{12}", clean)
    for name in ("README.md", "bench/results/relay.json"):
        (tmp_path / name).write_text("after")
    assert machine.describe()["commit"] == clean
    (tmp_path / "code.py").write_text("after")
    assert machine.describe()["commit"] == f"{clean}+"


def test_outside_a_clone_there_is_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "ROOT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert machine.describe()["commit"] == ""


def test_the_yardstick_is_time_of_the_processor() -> None:
    assert machine.loop_seconds() > 0
