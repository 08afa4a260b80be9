"""Which faults befall an installation, and when: drawn from a seed, so that a run can be told again and had again. Pure.

Faults come in bouts of one to three at once; between two bouts all is whole for a while: then recovery is measured.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class FaultKind(StrEnum):
    KILL = "kill"
    FREEZE = "freeze"
    CRASH_POSTGRES = "crash-postgres"
    FREEZE_POSTGRES = "freeze-postgres"
    KILL_BROKER = "kill-broker"
    FREEZE_BROKER = "freeze-broker"
    DELAY = "delay"
    CUT = "cut"
    CUT_AFTER = "cut-after"
    BLACK_HOLE = "black-hole"
    GARBAGE = "garbage"
    ABORTED = "aborted"
    SCALE = "scale"
    ROLL_BROKERS = "roll-brokers"
    LOSE_BROKER = "lose-broker"
    RECREATE_TOPIC = "recreate-topic"


BY_REQUEST: Final = frozenset({FaultKind.RECREATE_TOPIC})
"""Not drawn unless they are asked for by name."""
ON_SEVERAL_BROKERS: Final = frozenset({FaultKind.ROLL_BROKERS, FaultKind.LOSE_BROKER})
ON_A_LINK: Final = frozenset({FaultKind.DELAY, FaultKind.CUT, FaultKind.CUT_AFTER, FaultKind.BLACK_HOLE})
AT_ONCE: Final = frozenset(
    {FaultKind.KILL, FaultKind.CRASH_POSTGRES, FaultKind.KILL_BROKER, FaultKind.GARBAGE, FaultKind.ABORTED}
)
"""Done when they have begun."""
CALM_SECONDS: Final = (8.0, 15.0)
MOST_AT_ONCE: Final = 3


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What there is to break. `longest`: of a fault that lasts, in seconds."""

    processes: Sequence[str]
    brokers: Sequence[str]
    services: Sequence[str]
    topics: Sequence[str]
    kinds: Sequence[FaultKind]
    longest: float = 90.0

    def targets(self, kind: FaultKind) -> Sequence[str]:
        if kind in (FaultKind.KILL, FaultKind.FREEZE):
            return self.processes
        if kind in ON_A_LINK:
            return ("postgres", *self.brokers)
        if kind is FaultKind.SCALE:
            return self.services
        if kind in (FaultKind.GARBAGE, FaultKind.ABORTED, FaultKind.RECREATE_TOPIC):
            return self.topics
        if kind in (FaultKind.CRASH_POSTGRES, FaultKind.FREEZE_POSTGRES):
            return ("postgres",)
        return self.brokers


@dataclass(frozen=True, kw_only=True)
class PlannedFault:
    """`amount`: seconds of delay for each piece, bytes until the cut, how many foreign records."""

    at: float
    kind: FaultKind
    target: str
    seconds: float = 0.0
    amount: float = 0.0

    def __str__(self) -> str:
        lasts = f" for {self.seconds:.0f} s" if self.seconds else ""
        amount = f" ({self.amount:g})" if self.amount else ""
        return f"{self.at:6.1f} s  {self.kind} {self.target}{lasts}{amount}"


def draw(seed: int, seconds: float, scope: Scope) -> list[PlannedFault]:
    """The faults of a run of `seconds`, the same for the same seed; the last has ended before it is over."""
    chance, plan, at = random.Random(seed), list[PlannedFault](), CALM_SECONDS[0]
    turns = _turns(chance, scope.kinds)
    while at < seconds - CALM_SECONDS[0]:
        bout = _bout(chance, scope, turns, at, seconds - CALM_SECONDS[0])
        plan += bout
        at = max(fault.at + fault.seconds for fault in bout) + chance.uniform(*CALM_SECONDS)
    return plan


def _turns(chance: random.Random, kinds: Sequence[FaultKind]) -> list[FaultKind]:
    """All kinds before any comes again; those that befall one of many processes twice as often."""
    often = [kind for kind in kinds if kind in (FaultKind.KILL, FaultKind.FREEZE)]
    return chance.sample([*kinds, *often], len(kinds) + len(often))


def _bout(chance: random.Random, scope: Scope, turns: list[FaultKind], at: float, until: float) -> list[PlannedFault]:
    bout: dict[str, PlannedFault] = {}
    for _ in range(chance.randint(1, MOST_AT_ONCE)):
        kind = turns.pop()
        turns[:0] = [] if turns else _turns(chance, scope.kinds)
        fault = _fault(chance, scope, kind, at + chance.uniform(0, 3), until)
        bout.setdefault(fault.target, fault)
    return list(bout.values())


def _fault(chance: random.Random, scope: Scope, kind: FaultKind, at: float, until: float) -> PlannedFault:
    seconds = 0.0 if kind in AT_ONCE else min(chance.uniform(2, scope.longest) * chance.random() + 2, max(2.0, until - at))
    amounts = {
        FaultKind.DELAY: chance.uniform(0.05, 0.5),
        FaultKind.CUT_AFTER: float(chance.randint(200, 20_000)),
        FaultKind.GARBAGE: float(chance.randint(1, 12)),
        FaultKind.ABORTED: float(chance.randint(1, 3)),
    }
    return PlannedFault(
        at=round(at, 1),
        kind=kind,
        target=chance.choice(list(scope.targets(kind))),
        seconds=round(seconds, 1),
        amount=round(amounts.get(kind, 0.0), 3),
    )
