"""CPU time by process, each with all its descendants, those that have ended too: a connection of PostgreSQL is a child."""

import contextlib
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

import psutil  # type: ignore[import-untyped]  # it ships no types


@dataclass(frozen=True, kw_only=True)
class Usage:
    """CPU seconds: `by_process` of what is measured, `own` of the one who measures, `others` of everybody else on the machine."""

    by_process: Mapping[str, float]
    own: float
    others: float
    seconds: float

    @property
    def total(self) -> float:
        return sum(self.by_process.values())


@dataclass(frozen=True, kw_only=True)
class Meter:
    """Begun at one moment, read at a later one. `pids` names the roots of the trees that are measured."""

    pids: Mapping[str, int]
    by_process: Mapping[str, float]
    own: float
    machine: float
    began: float

    @classmethod
    def begin(cls, pids: Mapping[str, int]) -> Self:
        return cls(
            pids=pids,
            by_process=_by_process(pids),
            own=time.process_time(),
            machine=_machine_seconds(),
            began=time.perf_counter(),
        )

    def read(self) -> Usage:
        spent = {name: seconds - self.by_process[name] for name, seconds in _by_process(self.pids).items()}
        own = time.process_time() - self.own
        others = max(0.0, _machine_seconds() - self.machine - sum(spent.values()) - own)
        return Usage(by_process=spent, own=own, others=others, seconds=time.perf_counter() - self.began)


def _by_process(pids: Mapping[str, int]) -> dict[str, float]:
    """A tree inside another (everything is the supervisor's child) counts by itself, not for the one around it."""
    children: dict[int, list[int]] = defaultdict(list)
    for process in psutil.process_iter(["ppid"]):
        children[process.info["ppid"]].append(process.pid)
    roots = frozenset(pids.values())
    return {name: sum(map(_seconds, _tree(pid, children, roots))) for name, pid in pids.items()}


def _tree(root: int, children: Mapping[int, list[int]], roots: frozenset[int]) -> Iterator[int]:
    yield root
    for child in children.get(root, ()):
        if child not in roots:
            yield from _tree(child, children, roots)


def _seconds(pid: int) -> float:
    """With those of its children whose end it has taken note of; 0 for one that has just ended, as its parent has them then."""
    with contextlib.suppress(psutil.NoSuchProcess):
        times = psutil.Process(pid).cpu_times()
        return float(times.user + times.system + times.children_user + times.children_system)
    return 0.0


def _machine_seconds() -> float:
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system)
