"""From the commit of an acceptance until it is in the officer's list, its message recorded and its figure changed.

Each is one hop: relay, Kafka, consumer, commit. Its floor is a bare hop, one record produced and consumed, in the same run. First
quiet, one client living the four calls of `lifecycle`; then lives at half the rate that the usual closed loop reaches. All
rounds are one: a p99 takes many acceptances.
"""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rich.table import Table

from bench import marks
from bench.installation import Installation, agrees, installation
from bench.lifecycle import load
from bench.lifecycle.cast import sign_in
from bench.lifecycle.drain import Drain
from bench.lifecycle.figures import PERCENTILES, quantile
from bench.lifecycle.load import Load
from bench.lifecycle.target import WARM_UP_CLIENTS, usual
from bench.machine import describe
from bench.options import Options
from bench.round_trip import round_trips
from cli.console import inline, say
from deploy.local.kafka_users import ADMIN
from deploy.local.topology import Plan

HOPS: Final = (marks.LISTED, marks.RECORDED, marks.COUNTED)
TIMES_BARE: Final = 4.0
P99_MS: Final = 300.0
ROUND_TRIPS: Final = 1000
QUIET, HALF = "quiet", "half load"


@dataclass(frozen=True, kw_only=True)
class Latency:
    """`seconds`: by load, then by mark, of each acceptance. `missing`: marks that never came. `bare`: seconds of a bare hop."""

    seconds: Mapping[str, Mapping[str, Sequence[float]]]
    bare: Sequence[float]
    missing: int
    errors: int
    agrees: bool
    per_second: float
    name: str = "latency"

    @property
    def ratio(self) -> float:
        """The slowest of the marks: its p50 to that of a bare hop, nothing else going on."""
        slowest = max(quantile(seconds, 50) or 0.0 for seconds in self.seconds[QUIET].values())
        return slowest / (quantile(self.bare, 50) or 1.0)

    @property
    def p99_ms(self) -> float:
        """Of the slowest of the marks, at half load."""
        return max(quantile(seconds, 99) or 0.0 for seconds in self.seconds[HALF].values())

    @property
    def sound(self) -> bool:
        acceptances = [len(seconds) for by_mark in self.seconds.values() for seconds in by_mark.values()]
        return self.agrees and not self.errors and not self.missing and all(acceptances)

    def as_json(self) -> dict[str, Any]:
        return {
            "bench": self.name,
            "ratio": round(self.ratio, 2),
            "ratio_of": "p50 of the slowest hop, quiet, to p50 of a bare produce-consume round trip",
            "limit": TIMES_BARE,
            "p99_ms": self.p99_ms,
            "p99_limit_ms": P99_MS,
            "sound": self.sound,
            "missing": self.missing,
            "errors": self.errors,
            "half_load_per_second": round(self.per_second, 2),
            "bare_ms": _percentiles(self.bare),
            "hops_ms": {
                name: {mark: _percentiles(seconds) for mark, seconds in by_mark.items()} for name, by_mark in self.seconds.items()
            },
            "machine": describe(),
        }

    def table(self) -> Table:
        shown = self.as_json()
        table = Table(title=f"{self.name}: {self.ratio:.1f} ×", title_justify="left")
        table.add_column(inline("Từ khi tiếp nhận", "From the acceptance"))
        for percentile in PERCENTILES:
            table.add_column(f"p{percentile} ms", justify="right")
        for name, by_mark in shown["hops_ms"].items():
            for mark, percentiles in by_mark.items():
                table.add_row(f"{name}: {mark}", *map(str, percentiles.values()))
        table.add_row(inline("một chặng Kafka trần", "a bare hop"), *map(str, shown["bare_ms"].values()))
        table.caption = f"{inline('tối đa', 'at most')} {TIMES_BARE:.0f} × · p99 {P99_MS:.0f} ms"
        return table


def run(options: Options) -> Latency:
    """Raises Stopped when the installation does not start or does not come to its end."""
    with installation(options.data) as made:
        return asyncio.run(measure(made, options))


async def measure(made: Installation, options: Options) -> Latency:
    plan, cast, seconds = made.session.plan, sign_in(made.session), options.seconds
    async with Drain(made.session) as drain:
        loads: list[Load] = []

        async def live(lives: Awaitable[Load]) -> float:
            """How many a second, counted until nothing is under way."""
            loads.append(await lives)
            return loads[-1].record.lives / (loads[-1].seconds + await drain.wait())

        await live(load.closed(plan.state.port, cast, WARM_UP_CLIENTS, seconds))
        bare = await round_trips(plan.kafka.access(ADMIN), ROUND_TRIPS)
        with marks.placed(plan, marks.MARKS):
            await live(load.closed(plan.state.port, cast, 1, options.rounds * seconds))
            of_quiet = _moments(plan)
            rate = await live(load.closed(plan.state.port, cast, usual(options.clients), seconds)) / 2
            before = _moments(plan)[marks.ACCEPTED.name]
            say(f"  nửa tải: {rate:.1f}/s.", f"  half load: {rate:.1f}/s.")
            await live(load.fixed_rate(plan.state.port, cast, rate, options.rounds * seconds))
            of_half = _moments(plan)
    accepted = of_half[marks.ACCEPTED.name]
    of_half[marks.ACCEPTED.name] = {dossier: accepted[dossier] for dossier in accepted.keys() - before.keys()}
    by_load, missing = hops({QUIET: of_quiet, HALF: of_half})
    errors = sum(sum(done.record.errors.values()) for done in loads)
    return Latency(seconds=by_load, bare=bare, missing=missing, errors=errors, agrees=agrees(made), per_second=rate)


def _moments(plan: Plan) -> dict[str, dict[str, float]]:
    return {mark.name: marks.read(plan, mark) for mark in marks.MARKS}


def hops(moments: Mapping[str, Mapping[str, Mapping[str, float]]]) -> tuple[dict[str, dict[str, list[float]]], int]:
    """Of each load's marks the seconds since the acceptance, and how many marks are missing in all."""
    missing, by_load = 0, dict[str, dict[str, list[float]]]()
    for name, at in moments.items():
        by_load[name] = {}
        for mark in HOPS:
            by_load[name][mark.name], never = marks.delays(at[marks.ACCEPTED.name], at[mark.name])
            missing += never
    return by_load, missing


def _percentiles(seconds: Sequence[float]) -> dict[str, float | None]:
    return {f"p{percentile}": quantile(seconds, percentile) for percentile in PERCENTILES}
