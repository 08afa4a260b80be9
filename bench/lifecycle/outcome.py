"""What the lifecycle comes to: the product beside its floor, load by load."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from rich.table import Table

from bench.lifecycle.figures import Figures, loads_as_json, middle
from bench.lifecycle.life import LIFE
from bench.machine import describe
from cli.console import inline

FLOOR: Final = 0.35
Loads = Mapping[str, Sequence[Figures]]


@dataclass(frozen=True, kw_only=True)
class Lifecycle:
    """`at`: the load at which the ratio is taken. `agrees`: the services do, and as many dossiers are there as were taken in.
    `online`: the share of lives that began online.
    """

    ours: Loads
    peer: Loads
    at: str
    agrees: bool
    loop_seconds: tuple[float, ...]
    online: float = 0.0
    dossiers: int = 0
    name: str = "lifecycle"

    @property
    def ratio(self) -> float:
        return middle(self.ours[self.at]).per_second / middle(self.peer[self.at]).per_second

    @property
    def cpu_ratio(self) -> float:
        """CPU of all processes for a life, the floor's as a share of ours: it holds on a busy machine too."""
        return sum(middle(self.peer[self.at]).cpu_ms.values()) / sum(middle(self.ours[self.at]).cpu_ms.values())

    @property
    def cpu_in_loops(self) -> float:
        """CPU of all processes for a life, in plain Python loops of five million additions: machines differ, this less."""
        return sum(middle(self.ours[self.at]).cpu_ms.values()) / (1000 * median(self.loop_seconds))

    @property
    def sound(self) -> bool:
        """Whether the run counts: the services agree, and no call was answered wrongly, in any round of either."""
        rounds = [figures for loads in (self.ours, self.peer) for load in loads.values() for figures in load]
        return self.agrees and not any(figures.load.record.errors for figures in rounds)

    def as_json(self) -> dict[str, Any]:
        return {
            "bench": self.name,
            "ratio": round(self.ratio, 3),
            "floor": FLOOR,
            "sound": self.sound,
            "agree": self.agrees,
            "dossiers": self.dossiers,
            "ratio_at": self.at,
            "online": self.online,
            "cpu_ratio": round(self.cpu_ratio, 3),
            "ours": _rate("Một Cửa", self.ours[self.at]),
            "peer": _rate("a bare server, the same calls, rows and messages", self.peer[self.at]),
            "loop_seconds": list(self.loop_seconds),
            "cpu_per_life_in_loops": round(self.cpu_in_loops, 3),
            "loads": {"ours": loads_as_json(self.ours), "peer": loads_as_json(self.peer)},
            "machine": describe(),
        }

    def table(self) -> Table:
        table = Table(title=f"{self.name}: {self.ratio:.2f}", title_justify="left")
        table.add_column(inline("Tải", "Load"))
        names = (
            inline("Mỗi giây", "Lives/s"),
            inline("Sàn", "Floor"),
            "p50 ms",
            "p95 ms",
            inline("Sàn p95", "Floor p95"),
            inline("CPU ms/vòng đời", "CPU ms/life"),
        )
        for name in names:
            table.add_column(name, justify="right")
        for load, rounds in self.ours.items():
            table.add_row(load, *_cells(middle(rounds), middle(self.peer[load])))
        kept = inline("khớp", "in agreement") if self.sound else inline("KHÔNG KHỚP", "NOT IN AGREEMENT")
        table.caption = f"{kept} · {inline('tối thiểu', 'floor')} {FLOOR}"
        return table


def _rate(what: str, rounds: Sequence[Figures]) -> dict[str, Any]:
    figures = middle(rounds).as_json()
    seconds = figures["seconds"] + figures["drain_seconds"]
    return {"what": what, "count": figures["lives"], "seconds": round(seconds, 3), "per_second": figures["per_second"]}


def _cells(ours: Figures, peer: Figures) -> tuple[str, ...]:
    return (
        f"{ours.per_second:.1f}",
        f"{peer.per_second:.1f}",
        _ms(ours.latency_ms(LIFE, 50)),
        _ms(ours.latency_ms(LIFE, 95)),
        _ms(peer.latency_ms(LIFE, 95)),
        f"{sum(ours.cpu_ms.values()):.0f}",
    )


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"
