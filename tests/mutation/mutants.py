"""Runs mutmut over a copy of the tree and reads what became of each mutant.

The copy is made anew each time, so that neither an old result nor a file that was removed since can decide anything.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.plan import PYPROJECT, ROOT, Package

CAUGHT = {"killed", "timeout", "segfault"}
WORKERS = "2"
# What `mutmut show` prints, for many mutants by one process.
_SHOW = """
import sys
from mutmut.mutation.diff_apply import get_diff_for_mutant
print(*map(get_diff_for_mutant, sys.argv[1:]), sep=chr(0))
"""
_RESULT = re.compile(r"^\s*(?P<name>\S+__mutmut_\d+): (?P<status>.+)$")
_FUNCTION = re.compile(r"^(?P<module>.+)\.x(?:_(?P<function>.+)|ǁ(?P<cls>.+)ǁ(?P<method>.+))__mutmut_\d+$")


@dataclass(frozen=True)
class Mutant:
    """`where` is module and function; `was` and `becomes` are the lines that differ, without indentation."""

    name: str
    status: str
    where: str
    was: str
    becomes: str


def run(package: Package) -> dict[str, str]:
    """Mutate and test; the status of every mutant by its name. Raises CalledProcessError when mutmut cannot run the tests."""
    _copy_tree(package)
    _mutmut(package, "run", "--max-children", WORKERS, show=sys.stdout.isatty())
    printed = _mutmut(package, "results", "--all", "true")
    return {match["name"]: match["status"] for line in printed.splitlines() if (match := _RESULT.match(line))}


def survivors(package: Package, statuses: dict[str, str]) -> list[Mutant]:
    """The mutants that no test noticed, those that no test even ran included."""
    alive = [name for name, status in statuses.items() if status not in CAUGHT]
    differences = _run(package, [sys.executable, "-c", _SHOW, *alive]).split("\0") if alive else []
    return [
        Mutant(name, statuses[name], where(name), _changed(difference, "-"), _changed(difference, "+"))
        for name, difference in zip(alive, differences, strict=True)
    ]


def _changed(difference: str, sign: str) -> str:
    marked = [line for line in difference.splitlines() if line.startswith(sign) and not line.startswith(sign * 3)]
    return "\n".join(line[1:].strip() for line in marked)


def where(name: str) -> str:
    match = _FUNCTION.match(name)
    if match is None:
        raise ValueError(name)
    function = match["function"] or f"{match['cls']}.{match['method']}"
    return f"{match['module']}:{function}"


def _copy_tree(package: Package) -> None:
    shutil.rmtree(package.folder, ignore_errors=True)
    trees = sorted(path.parent.name for path in ROOT.glob("*/__init__.py"))
    for tree in trees:
        shutil.copytree(ROOT / tree, package.folder / tree, ignore=shutil.ignore_patterns("__pycache__"))
    # JSON's strings and lists of strings are TOML's too.
    settings = "\n".join(f"{key} = {json.dumps(value)}" for key, value in package.settings(trees).items())
    text = PYPROJECT.read_text(encoding="utf-8")
    (package.folder / "pyproject.toml").write_text(f"{text}\n[tool.mutmut]\n{settings}\n", encoding="utf-8")


def _mutmut(package: Package, *arguments: str, show: bool = False) -> str:
    return _run(package, [str(Path(sys.executable).parent / "mutmut"), *arguments], show=show)


def _run(package: Package, command: list[str], *, show: bool = False) -> str:
    """What it prints; to a person at a terminal (`show`) it shows its progress instead."""
    completed = subprocess.run(
        command,
        cwd=package.folder,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
        text=True,
        stdout=None if show else subprocess.PIPE,
        stderr=None if show else subprocess.STDOUT,
    )
    return completed.stdout or ""
