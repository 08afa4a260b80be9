"""The tree keeps its shape: who knows one service knows five, rooms stay small, nothing is left half said."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.conftest import TOGETHER, scope_of
from tests.support.source import MODULES, ROOT, nodes_of, text_of


def test_the_import_directions_hold() -> None:
    finished = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stdout


def test_no_mark_of_unfinished_or_silenced_work() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError|# type: ignore(?!\[)|# noqa(?!:)")
    assert [str(path.relative_to(ROOT)) for path in MODULES if marks.search(text_of(path))] == []
    assert [f"{path.relative_to(ROOT)}:{line}" for path in MODULES for line in silent_handlers(path)] == []


def silent_handlers(path: Path) -> Iterator[int]:
    for node in nodes_of(path):
        if isinstance(node, ast.ExceptHandler) and len(node.body) == 1 and isinstance(node.body[0], ast.Pass):
            yield node.lineno


def test_the_clock_is_injected() -> None:
    """Only messaging/clock.py, and what stands outside the services, may ask the system for the time."""
    asked = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|time\.time\(")
    inside = [
        path
        for path in MODULES
        if path.relative_to(ROOT).parts[0] in {"contracts", "messaging", "worktime", "web", "chassis", "services"}
    ]
    offending = [str(path.relative_to(ROOT)) for path in inside if asked.search(text_of(path))]
    assert offending == ["messaging/clock.py"]


STATEMENT = re.compile(r"\bSELECT\b.+?\bFROM\b|\bINSERT\s+INTO\b|\bDELETE\s+FROM\b|\bUPDATE\s+\S+\s+(\w+\s+)?SET\b", re.DOTALL)


def sql_in(nodes: Sequence[ast.AST]) -> list[str]:
    """The texts of a module, without its docstrings, that are SQL: however many lines they take, and formatted ones too."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    bodies = [node.body for node in nodes if isinstance(node, documented)]
    prose = {id(line.value) for body in bodies for line in body if isinstance(line, ast.Expr)}
    texts = (node for node in nodes if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in prose)
    return [text for text in map(_text_of, texts) if STATEMENT.search(text)]


def _text_of(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    return "".join(_text_of(part) if isinstance(part, ast.Constant) else "x" for part in node.values)


@pytest.mark.parametrize(
    "code",
    [
        'Q = "SELECT a FROM b"',
        'Q = """\n    SELECT a,\n           b\n    FROM c\n"""',
        'Q = f"SELECT {names}\\n FROM {table}"',
        'Q = "INSERT  INTO a (b)"',
        'Q = "DELETE FROM a"',
        'Q = "UPDATE a\\n SET b = 1"',
        'Q = "UPDATE a x SET b = 1"',
    ],
)
def test_sql_is_seen_however_it_is_written(code: str) -> None:
    assert sql_in([*ast.walk(ast.parse(code))])
    assert not sql_in([*ast.walk(ast.parse('"""Select a few words from this."""'))])


def test_sql_stands_in_repositories_only() -> None:
    """In a service: `repository`, and the views for reconcile, which are queries and nothing else."""
    homes = {"repository", "repository.py", "reconcile.py"}
    elsewhere = [path for path in MODULES if path.relative_to(ROOT).parts[0] == "services" and not homes & set(path.parts)]
    assert len(elsewhere) > 100
    assert [str(path.relative_to(ROOT)) for path in elsewhere if sql_in(nodes_of(path))] == []


def test_tests_that_share_what_is_made_once_run_together() -> None:
    for folder in TOGETHER:
        inside = [str(path.relative_to(ROOT)) for path in (ROOT / folder).rglob("test_*.py")]
        assert len({scope_of(f"{path}::test_it[a::b]") for path in inside}) == 1
    assert scope_of("tests/unit/test_a.py::test_it") != scope_of("tests/unit/test_b.py::test_it")
