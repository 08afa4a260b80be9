"""The rooms of every service are alike: a role has one name in all five, rooms and functions are small, modules are nouns."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Final

import pytest

from contracts.services import SERVICES
from tests.support.source import MODULES, PACKAGES, ROOT, nodes_of, text_of

ROLES: Final = {
    "main": "the composition root",
    "settings": "what may be set",
    "provision": "what must be there before the first request",
    "domain": "pure: state, transitions, rules",
    "handlers": "pure: state and command or event in, decision out",
    "consumers": "the table event -> handler",
    "commands": "the table command -> handler, and what each must load",
    "queries": "what API and pages read",
    "schemas": "what the API takes and answers",
    "access": "who may do and see what",
    "repository": "all SQL",
    "adapters": "what speaks to the world besides database and HTTP",
    "api": "JSON in and out, nothing decided",
    "pages": "HTML in and out, nothing decided",
    "background": "work by the clock",
    "reconcile": "what other services must agree with",
    "metrics": "what it counts",
    "tables": "its tables",
    "migrations": "how they came about",
    "templates": "its pages",
    "texts": "its words in both languages",
    "static": "its own style sheets",
}
IN_EVERY_SERVICE: Final = {"main", "domain", "handlers", "consumers", "repository", "api", "pages", "tables", "migrations"}
OF_ONE_SERVICE: Final = {"directory": {"importer"}}
LONGEST_MODULE, LONGEST_TEST_MODULE, LONGEST_FUNCTION, MEDIAN_FUNCTION = 250, 400, 40, 8
GERUNDS_ALLOWED: Final = 0.05
FIELDS_BY_POSITION: Final = 4

TESTS: Final = sorted((ROOT / "tests").rglob("*.py"))


def rooms(service: str) -> dict[str, str]:
    """Role -> the file or folder that has it."""
    folder = ROOT / "services" / service
    entries = [
        path
        for path in folder.iterdir()
        if path.name not in {"__init__.py", "__pycache__"} and (path.is_file() or any(path.glob("*.*")))
    ]
    return {path.stem: path.name + ("/" if path.is_dir() else "") for path in entries}


def test_a_role_has_the_same_name_in_every_service(capsys: pytest.CaptureFixture[str]) -> None:
    table = {service: rooms(service) for service in SERVICES}
    lines = [f"{'':12}" + "".join(f"{service:15}" for service in SERVICES)]
    lines += [f"{role:12}" + "".join(f"{table[service].get(role, ''):15}" for service in SERVICES) for role in ROLES]
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(lines) + "\n")
    for service, names in table.items():
        assert names.keys() - ROLES.keys() == OF_ONE_SERVICE.get(service, set()), service
        assert names.keys() >= IN_EVERY_SERVICE, service


def test_tests_mirror_the_rooms() -> None:
    """What is tested without a server or with one stands in a folder named for the room that it tests."""
    for level in ("unit", "integration"):
        folders = {path.name for path in (ROOT / "tests" / level).iterdir() if path.is_dir() and path.name != "__pycache__"}
        assert folders <= {*PACKAGES, *SERVICES, "sandbox", "support"}, level
        assert not list((ROOT / "tests" / level).glob("test_*.py")), level


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in nodes_of(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_a_room_is_small() -> None:
    lines = {str(path.relative_to(ROOT)): text_of(path).count("\n") for path in MODULES}
    assert {path: number for path, number in lines.items() if number > LONGEST_MODULE} == {}, "split it by use case"
    sizes = {(str(path.relative_to(ROOT)), name): number for path in MODULES for name, number in functions(path)}
    assert {where: number for where, number in sizes.items() if number > LONGEST_FUNCTION} == {}


def test_a_test_module_is_not_too_long_to_read() -> None:
    long = [str(path.relative_to(ROOT)) for path in TESTS if text_of(path).count("\n") > LONGEST_TEST_MODULE]
    assert long == []


def test_half_of_all_functions_have_few_lines() -> None:
    assert median(lines for path in MODULES for _, lines in functions(path)) <= MEDIAN_FUNCTION


def test_modules_are_nouns() -> None:
    """Routing and reporting are names of services, folding is what a fold does: a few gerunds are the field's own words."""
    names = {path.relative_to(ROOT): path.stem if path.stem != "__init__" else path.parent.name for path in MODULES}
    gerunds = {str(path): name for path, name in names.items() if re.search(r"(^|_)(?!routing|reporting)[a-z]{2,}ing($|_)", name)}
    assert len(gerunds) < GERUNDS_ALLOWED * len(names), gerunds


def test_a_dataclass_with_many_fields_takes_them_by_name() -> None:
    assert [f"{path.relative_to(ROOT)}: {fault}" for path in MODULES for fault in positional_dataclasses(path)] == []


def positional_dataclasses(path: Path) -> Iterator[str]:
    for node in nodes_of(path):
        if isinstance(node, ast.ClassDef) and (options := _dataclass_options(node)) is not None:
            fields = [line for line in node.body if isinstance(line, ast.AnnAssign) and _by_position(line)]
            if len(fields) > FIELDS_BY_POSITION and "kw_only" not in options:
                yield f"{node.name} has {len(fields)} fields"


def _by_position(field: ast.AnnAssign) -> bool:
    return not re.search(r"\b(init=False|kw_only=True)", ast.unparse(field))


def _dataclass_options(node: ast.ClassDef) -> set[str | None] | None:
    """The options of a dataclass; None for another class."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Name) and decorator.id == "dataclass":
            return set()
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name) and decorator.func.id == "dataclass":
            return {keyword.arg for keyword in decorator.keywords}
    return None
