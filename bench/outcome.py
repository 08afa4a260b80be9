"""What a measurement comes to, for people as a table, for programs as one object."""

import os
import platform
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


@dataclass(frozen=True, kw_only=True)
class Measured:
    """`floor` is the least ratio that is promised; `order_kept` was checked on everything that ours has done."""

    name: str
    floor: float
    ours: Rate
    peer: Rate
    order_kept: bool

    @property
    def ratio(self) -> float:
        return self.ours.per_second / self.peer.per_second

    @property
    def sound(self) -> bool:
        return self.order_kept

    def as_json(self) -> dict[str, Any]:
        machine = describe()
        return {
            "bench": self.name,
            "ratio": round(self.ratio, 1),
            "floor": self.floor,
            "order_kept": self.order_kept,
            "ours": _rate(self.ours),
            "peer": _rate(self.peer),
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
        for rate in (self.ours, self.peer):
            table.add_row(rate.what, f"{rate.count:,}", f"{rate.seconds:.1f}", f"{rate.per_second:,.0f}")
        kept = inline("đúng thứ tự", "order kept") if self.order_kept else inline("SAI THỨ TỰ", "OUT OF ORDER")
        table.caption = f"{kept} · {inline('tối thiểu', 'floor')} {self.floor:.0f} ×"
        return table


def _rate(rate: Rate) -> dict[str, Any]:
    return asdict(rate) | {"seconds": round(rate.seconds, 3), "per_second": round(rate.per_second, 1)}
