"""What growth comes to: every question at the small size and at the large one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rich.table import Table

from bench.growth.sweep import Timing
from bench.machine import describe
from cli.console import inline

MOST_TIMES: Final = 1.3
FREE_MS: Final = 20.0
"""What is answered so quickly may grow."""
STAFF_PAGE_MS: Final = 60.0


@dataclass(frozen=True, kw_only=True)
class Growth:
    """`small` and `large`: by question. `dossiers` of the two installations."""

    dossiers: tuple[int, int]
    small: Mapping[str, Timing]
    large: Mapping[str, Timing]
    name: str = "growth"

    def times(self, question: str) -> float:
        return self.large[question].p50 / self.small[question].p50

    @property
    def grown(self) -> list[str]:
        """Questions that take too much longer, the slowest first."""
        beyond = [
            question for question, timing in self.large.items() if timing.p50 > FREE_MS and self.times(question) > MOST_TIMES
        ]
        return sorted(beyond, key=lambda question: -self.large[question].p50)

    @property
    def slow_pages(self) -> list[str]:
        """Pages (not the API's answers) whose p95 is above what staff should wait, the slowest first."""
        slow = [question for question, timing in self.large.items() if "/api/" not in question and timing.p95 > STAFF_PAGE_MS]
        return sorted(slow, key=lambda question: -self.large[question].p95)

    @property
    def ratio(self) -> float:
        """The share of questions that grow no more than they may."""
        return 1 - len(self.grown) / len(self.large)

    @property
    def sound(self) -> bool:
        """Every question was answered at both sizes, or the sweep would have stopped."""
        return self.small.keys() == self.large.keys()

    def as_json(self) -> dict[str, Any]:
        return {
            "bench": self.name,
            "ratio": round(self.ratio, 3),
            "ratio_of": f"questions that take at most {MOST_TIMES} times as long, or under {FREE_MS:.0f} ms, of all",
            "sound": self.sound,
            "dossiers": list(self.dossiers),
            "grown": self.grown,
            "slow_pages": self.slow_pages,
            "questions": {
                question: {"small_ms": self.small[question].p50, "large_ms": timing.p50, "large_p95_ms": timing.p95}
                for question, timing in sorted(self.large.items(), key=lambda asked: -asked[1].p50)
            },
            "machine": describe(),
        }

    def table(self) -> Table:
        small, large = self.dossiers
        table = Table(title=f"{self.name}: {len(self.large) - len(self.grown)} / {len(self.large)}", title_justify="left")
        table.add_column(inline("Câu hỏi", "Question"))
        for heading in (f"{small:,} p50 ms", f"{large:,} p50 ms", "p95 ms", inline("Gấp", "Times")):
            table.add_column(heading, justify="right")
        for question, timing in sorted(self.large.items(), key=lambda asked: -asked[1].p50):
            values = (self.small[question].p50, timing.p50, timing.p95, self.times(question))
            table.add_row(question, *(f"{value:,.1f}" for value in values))
        table.caption = f"{inline('tối đa', 'at most')} {MOST_TIMES} ×, {inline('hoặc dưới', 'or under')} {FREE_MS:.0f} ms"
        return table
