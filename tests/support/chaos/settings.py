"""What may be set for a run."""

from dataclasses import dataclass
from pathlib import Path

from tests.support.chaos.fault_plan import BY_REQUEST, ON_SEVERAL_BROKERS, FaultKind


@dataclass(frozen=True, kw_only=True)
class Settings:
    """`longest`: seconds that a fault may last. `kept`: where history, evidence and logs stay.

    `apart`: how many seconds a process's clock may differ from the machine's. A sign-in is taken by a process whose clock is at
    most 30 s behind that of the one which signed it.
    """

    seed: int
    seconds: float
    kept: Path
    brokers: int = 3
    processes: int = 2
    clients: int = 4
    longest: float = 90.0
    apart: int = 15
    kinds: tuple[FaultKind, ...] = ()

    def kinds_drawn(self) -> tuple[FaultKind, ...]:
        left_out = BY_REQUEST | (ON_SEVERAL_BROKERS if self.brokers == 1 else frozenset())
        return self.kinds or tuple(kind for kind in FaultKind if kind not in left_out)
