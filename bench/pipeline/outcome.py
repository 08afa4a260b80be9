"""What the pipeline comes to: lives a second beside those of a floor that only writes what they leave."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Final

from rich.table import Table

from bench.machine import describe
from bench.outcome import Rate
from bench.pipeline.written import Written
from cli.console import inline

FLOOR: Final = 0.2
LIFE: Final = "collected, submitted, accepted, case opened and assigned, taken up, decided; three messages; all of it counted"


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """`ours` counts until nothing is under way, `decided` only until all cases are. `agrees`: the services do. A run in which
    a dossier is not decided does not end, so there is none here.
    """

    ours: Rate
    decided: Rate
    bare: Rate
    wrote: Written
    lives: int
    agrees: bool
    name: str = "pipeline"

    @property
    def ratio(self) -> float:
        return self.ours.per_second / self.bare.per_second

    @property
    def sound(self) -> bool:
        return self.agrees

    def as_json(self) -> dict[str, Any]:
        topics = Counter(record.topic for record in self.wrote.records)
        return {
            "bench": self.name,
            "ratio": round(self.ratio, 3),
            "floor": FLOOR,
            "sound": self.sound,
            "agree": self.agrees,
            "life": LIFE,
            "lives": self.lives,
            "rows_per_life": round(self.wrote.rows / self.lives, 2),
            "records_per_life": round(len(self.wrote.records) / self.lives, 2),
            "records": dict(sorted(topics.items())),
            "ours": _rate(self.ours),
            "decided": _rate(self.decided),
            "peer": _rate(self.bare),
            "machine": describe(),
        }

    def table(self) -> Table:
        table = Table(title=f"{self.name}: {self.ratio:.2f}", title_justify="left")
        table.add_column(inline("Phần", "Part"))
        for heading in (inline("Vòng đời", "Lives"), inline("Giây", "Seconds"), inline("Mỗi giây", "Per second")):
            table.add_column(heading, justify="right")
        for rate in (self.ours, self.decided, self.bare):
            table.add_row(rate.what, f"{rate.count:,}", f"{rate.seconds:.2f}", f"{rate.per_second:,.1f}")
        kept = inline("khớp", "in agreement") if self.sound else inline("KHÔNG KHỚP", "NOT IN AGREEMENT")
        table.caption = f"{kept} · {inline('tối thiểu', 'floor')} {FLOOR}"
        return table


def _rate(rate: Rate) -> dict[str, Any]:
    return asdict(rate) | {"seconds": round(rate.seconds, 3), "per_second": round(rate.per_second, 1)}
