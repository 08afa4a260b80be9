"""What a measurement comes to, for people as a table, for programs as one object."""

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from rich.table import Table

from bench.machine import describe
from cli.console import inline


class Outcome(Protocol):
    """What every measurement gives back; `sound` says whether it counts."""

    @property
    def sound(self) -> bool: ...

    def as_json(self) -> dict[str, Any]: ...

    def table(self) -> Table: ...


@dataclass(frozen=True)
class Rate:
    """How much of the work was done, in how long, by what."""

    what: str
    count: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.count / self.seconds


def median_rate(rounds: Sequence[Rate]) -> Rate:
    """Of an even number the slower of the two in the middle."""
    return sorted(rounds, key=lambda rate: rate.per_second)[(len(rounds) - 1) // 2]


@dataclass(frozen=True, kw_only=True)
class Bare:
    """The same work with nothing around it. `least_share`: of its rate, ours is promised to be at least that share."""

    rate: Rate
    least_share: float


@dataclass(frozen=True, kw_only=True)
class Measured:
    """`floor` is the least ratio to the peer that is promised; `order_kept` was checked on everything that ours has done."""

    name: str
    floor: float
    ours: Rate
    peer: Rate
    order_kept: bool
    bare: Bare | None = None

    @property
    def ratio(self) -> float:
        return self.ours.per_second / self.peer.per_second

    @property
    def share(self) -> float | None:
        """Of the bare rate."""
        return None if self.bare is None else self.ours.per_second / self.bare.rate.per_second

    @property
    def sound(self) -> bool:
        return self.order_kept

    def as_json(self) -> dict[str, Any]:
        machine, share = describe(), self.share
        return {
            "bench": self.name,
            "ratio": round(self.ratio, 1),
            "floor": self.floor,
            "order_kept": self.order_kept,
            "ours": _rate(self.ours),
            "peer": _rate(self.peer),
            **({} if self.bare is None or share is None else _bare(self.bare, share)),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "versions": machine["versions"],
            "machine": machine,
        }

    def table(self) -> Table:
        table = Table(title=f"{self.name}: {self.ratio:.0f} ×", title_justify="left")
        table.add_column(inline("Phần", "Part"))
        for heading in (inline("Số lượng", "Count"), inline("Giây", "Seconds"), inline("Mỗi giây", "Per second")):
            table.add_column(heading, justify="right")
        for rate in (self.ours, self.peer, *([] if self.bare is None else [self.bare.rate])):
            table.add_row(rate.what, f"{rate.count:,}", f"{rate.seconds:.1f}", f"{rate.per_second:,.0f}")
        kept = inline("đúng thứ tự", "order kept") if self.order_kept else inline("SAI THỨ TỰ", "OUT OF ORDER")
        table.caption = f"{kept} · {inline('tối thiểu', 'floor')} {self.floor:.0f} ×{self._share_as_text()}"
        return table

    def _share_as_text(self) -> str:
        if self.bare is None:
            return ""
        limits = f"{inline('tối thiểu', 'at least')} {self.bare.least_share}"
        return f" · {inline('so với sàn', 'of the bare rate')} {self.share:.2f}, {limits}"


def _rate(rate: Rate) -> dict[str, Any]:
    return asdict(rate) | {"seconds": round(rate.seconds, 3), "per_second": round(rate.per_second, 1)}


def _bare(bare: Bare, share: float) -> dict[str, Any]:
    return {"share_of_bare": round(share, 3), "least_share": bare.least_share, "bare": _rate(bare.rate)}
