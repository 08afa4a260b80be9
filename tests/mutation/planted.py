"""Mutants chosen by hand, judged by tests with real servers: half a minute each, so they are few and say why they are there.

The table is `planted.toml`. Each is planted in a copy of the tree, and its tests must fail there; without it they must not.
"""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.plan import PYPROJECT, ROOT

NAME = "messaging/planted"
TABLE = Path(__file__).with_name("planted.toml")
FOLDER = ROOT / "build" / "mutation" / "planted"
LONGEST_TEST_SECONDS = 180
"""A mutant may make its test wait in vain for what never comes: that is a failure too."""
TESTS_FAILED = 1


@dataclass(frozen=True, kw_only=True)
class Planted:
    file: str
    was: str
    becomes: str
    tests: tuple[str, ...]
    why: str

    def plant(self, folder: Path) -> None:
        """Raises ValueError when the line does not stand there exactly once."""
        path = folder / self.file
        code = path.read_text(encoding="utf-8")
        if code.count(self.was) != 1:
            raise ValueError(f"{TABLE.name}: {self.was.strip()!r} stands {code.count(self.was)} times in {self.file}")
        path.write_text(code.replace(self.was, self.becomes), encoding="utf-8")


def read_table() -> list[Planted]:
    entries = tomllib.loads(TABLE.read_text(encoding="utf-8"))["mutant"]
    return [Planted(**{**entry, "tests": tuple(entry["tests"])}) for entry in entries]


def survivors(table: Sequence[Planted]) -> list[Planted]:
    """Those that no test of theirs fails for. Raises SystemExit when a test fails without any mutant."""
    tests = sorted({test for planted in table for test in planted.tests})
    _copy_tree()
    if not _all_pass(tests):
        raise SystemExit(f"these fail without any mutant: {', '.join(tests)}")
    return [planted for planted in table if _survives(planted)]


def _survives(planted: Planted) -> bool:
    _copy_tree()
    planted.plant(FOLDER)
    return _all_pass(planted.tests)


def _all_pass(tests: Sequence[str]) -> bool:
    command = [sys.executable, "-m", "pytest", "-n0", "-x", "--timeout", str(LONGEST_TEST_SECONDS), "-p", "no:cacheprovider"]
    finished = subprocess.run([*command, *tests], cwd=FOLDER, env=os.environ, capture_output=True, text=True, check=False)
    if finished.returncode not in (0, TESTS_FAILED):
        raise SystemExit(f"pytest could not run {', '.join(tests)}:\n{finished.stdout}{finished.stderr}")
    return finished.returncode == 0


def _copy_tree() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    for tree in sorted(path.parent.name for path in ROOT.glob("*/__init__.py")):
        shutil.copytree(ROOT / tree, FOLDER / tree, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PYPROJECT, FOLDER)
