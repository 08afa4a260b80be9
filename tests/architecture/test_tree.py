"""The tree keeps its shape: who knows one service knows five, rooms stay small, nothing is left half said."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.services import SERVICES
from tests.conftest import ONE_INSTALLATION, scope_of

ROOT = Path(__file__).parents[2]
PACKAGES = ("contracts", "messaging", "worktime", "web", "services", "cli", "deploy", "bench")
LONGEST = 250
FORBIDDEN_NAMES = {"utils", "util", "common", "helpers", "helper", "manager", "misc"}
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts)


def test_the_import_directions_hold() -> None:
    found = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_the_files_that_all_have(service: str) -> None:
    folder = ROOT / "services" / service
    for name in ("consumers.py", "tables.py", "main.py"):
        assert (folder / name).is_file(), name
    for name in ("domain", "handlers", "repository", "api", "pages"):
        assert (folder / name).is_dir() or (folder / f"{name}.py").is_file(), name
    assert list((folder / "migrations").glob("0001_*.py"))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_is_small_and_its_name_says_the_thing(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST, "split it by use case"
    assert not FORBIDDEN_NAMES & set(module.relative_to(ROOT).with_suffix("").parts)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_mark_of_unfinished_or_silenced_work(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError|# type: ignore(?!\[)|# noqa(?!:)", text)
    handlers = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ExceptHandler)]
    assert not [node.lineno for node in handlers if len(node.body) == 1 and isinstance(node.body[0], ast.Pass)]


def test_the_clock_is_injected() -> None:
    """Only messaging/clock.py, and what stands outside the services, may ask the system for the time."""
    asked = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|time\.time\(")
    inside = [
        path for path in MODULES if path.relative_to(ROOT).parts[0] in {"contracts", "messaging", "worktime", "web", "services"}
    ]
    found = [str(path.relative_to(ROOT)) for path in inside if asked.search(path.read_text(encoding="utf-8"))]
    assert found == ["messaging/clock.py"]


def test_sql_stands_in_repositories_only() -> None:
    """In a service: `repository.py` (or its folder) and the views in `reconcile.py`."""
    statement = re.compile(r"\b(SELECT .+ FROM|INSERT INTO|DELETE FROM|UPDATE \w+ SET)\b")
    inside = [
        path for path in MODULES if path.relative_to(ROOT).parts[0] == "services" and path.relative_to(ROOT).parts[1] in SERVICES
    ]
    found = [
        str(path.relative_to(ROOT))
        for path in inside
        if not (set(path.parts) & {"repository", "repository.py", "main.py", "views.py", "reconcile.py", "replay"})
        and statement.search(path.read_text("utf-8"))
    ]
    assert found == []


def test_tests_that_share_an_installation_run_together() -> None:
    for folder in ONE_INSTALLATION:
        assert (ROOT / folder / "conftest.py").is_file()
        inside = [str(path.relative_to(ROOT)) for path in (ROOT / folder).rglob("test_*.py")]
        assert len({scope_of(f"{path}::test_it[a::b]") for path in inside}) == 1
    assert scope_of("tests/unit/test_a.py::test_it") != scope_of("tests/unit/test_b.py::test_it")
