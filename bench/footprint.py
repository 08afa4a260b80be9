"""What an installation takes, processor, memory or time, part by part, and as a share of the most that is promised."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from bench.machine import describe
from cli.console import inline


@dataclass(frozen=True, kw_only=True)
class Footprint:
    """`by_part` adds up to the amount, in `unit`; `limit` is the most that it may be. The dearest part comes first."""

    name: str
    what: str
    unit: str
    by_part: Mapping[str, float]
    limit: float
    sound: bool = True

    @property
    def amount(self) -> float:
        return sum(self.by_part.values())

    @property
    def ratio(self) -> float:
        return self.amount / self.limit

    def as_json(self) -> dict[str, Any]:
        return {
            "bench": self.name,
            "ratio": round(self.ratio, 3),
            "ratio_of": f"{self.what}, to the limit",
            "amount": round(self.amount, 3),
            "limit": self.limit,
            "unit": self.unit,
            "by_part": {part: round(amount, 3) for part, amount in self._dearest()},
            "machine": describe(),
        }

    def table(self) -> Table:
        table = Table(title=f"{self.name}: {self.amount:.2f} {self.unit}", title_justify="left")
        table.add_column(inline("Phần", "Part"))
        table.add_column(self.unit, justify="right")
        for part, amount in self._dearest():
            table.add_row(part, f"{amount:.3f}")
        table.caption = f"{self.what} · {inline('tối đa', 'at most')} {self.limit}"
        return table

    def _dearest(self) -> list[tuple[str, float]]:
        return sorted(self.by_part.items(), key=lambda part: -part[1])
