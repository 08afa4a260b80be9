"""What is mutated and by which tests it is judged: the table `tool.mutation` of pyproject.toml, and nothing else.

Every package is judged by its own unit tests alone: a fault of `worktime` that only a test of intake notices counts as survived.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYPROJECT = ROOT / "pyproject.toml"
# A test of a second or two that takes half a minute hangs, and fails.
PYTEST_OPTIONS = [
    "-n0",
    "--timeout",
    "30",
    "-p",
    "no:cacheprovider",
    "-p",
    "tests.mutation.profile",
    "--hypothesis-profile",
    "mutation",
]


@dataclass(frozen=True)
class Package:
    """`mutate`: patterns of files; `tests`: files and folders of tests; `leave_out`: the slow ones among them, by name."""

    name: str
    mutate: tuple[str, ...]
    tests: tuple[str, ...]
    leave_out: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Where its run leaves everything: ignored by Git, removed by `make clean`."""
        return ROOT / "build" / "mutation" / self.name.replace("/", "-")

    def settings(self, trees: list[str]) -> dict[str, object]:
        """What mutmut is told. A worker may use five times the time of all its tests, should one hang beyond pytest's reach."""
        sources = sorted({pattern.partition("/")[0] for pattern in self.mutate})
        return {
            "source_paths": sources,
            "only_mutate": list(self.mutate),
            "also_copy": [tree for tree in trees if tree not in sources],
            "pytest_add_cli_args": PYTEST_OPTIONS,
            "pytest_add_cli_args_test_selection": [*self.tests, *(f"--deselect={test}" for test in self.leave_out)],
            "timeout_multiplier": 5.0,
            "timeout_constant": 2.0,
            "use_git_change_detection": False,
        }


@dataclass(frozen=True)
class Plan:
    """`floor`: the least score, in per cent, that every package must reach."""

    floor: int
    packages: dict[str, Package]


def read_plan() -> Plan:
    table = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["tool"]["mutation"]
    packages = {
        name: Package(name, tuple(package["mutate"]), tuple(package["tests"]), tuple(package.get("leave_out", ())))
        for name, package in table["packages"].items()
    }
    return Plan(table["floor"], packages)
