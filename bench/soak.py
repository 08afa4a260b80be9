"""An hour of the same load, or as many minutes as asked: memory and latency at its end are as they were at its beginning.

Eight clients live the four calls of `lifecycle`, each a life every second, so that the load is the same however fast the answers
are. What is compared are the first and the last tenth of the time; each tenth is printed when it is over. Memory is PSS: pages
that processes share are counted once. It is read up to ten times in a tenth, and the median counts.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from rich.table import Table

from bench.installation import Installation, agrees, count_dossiers, installation
from bench.lifecycle.cast import Cast, sign_in
from bench.lifecycle.drain import Drain
from bench.lifecycle.figures import quantile
from bench.lifecycle.life import Client, Record
from bench.lifecycle.load import leave, make_clients
from bench.machine import describe
from bench.memory import taken_by_process
from bench.options import CLIENTS, Options
from cli.console import inline, say

USUAL_CLIENTS: Final = 8
EVERY_SECONDS: Final = 1.0
TENTHS: Final = 10
READINGS: Final = 10
MEMORY_GROWTH, P95_GROWTH = 1.05, 1.20
Memory = Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Tenth:
    """`seconds` of taking in, of each dossier in that time; `memory`: MiB by process, the median of its readings."""

    seconds: Sequence[float]
    memory: Memory

    @property
    def p95_ms(self) -> float | None:
        return quantile(self.seconds, 95)

    @property
    def mib(self) -> float:
        return sum(self.memory.values())


@dataclass(frozen=True, kw_only=True)
class Soak:
    """`received` of both the warm-up and the load; `dossiers`: how many there are in the end."""

    tenths: Sequence[Tenth]
    clients: int
    minutes: float
    received: int
    dossiers: int
    errors: Mapping[str, int]
    shed: int
    agrees: bool
    name: str = "soak"

    @property
    def memory_ratio(self) -> float:
        return self.tenths[-1].mib / self.tenths[0].mib

    @property
    def p95_ratio(self) -> float | None:
        first, last = self.tenths[0].p95_ms, self.tenths[-1].p95_ms
        return last / first if first and last else None

    @property
    def sound(self) -> bool:
        return self.agrees and self.dossiers == self.received and not self.errors and all(tenth.seconds for tenth in self.tenths)

    def as_json(self) -> dict[str, Any]:
        first, last = self.tenths[0].memory, self.tenths[-1].memory
        return {
            "bench": self.name,
            "ratio": round(self.memory_ratio, 3),
            "ratio_of": "memory of all processes in the last tenth of the time to that in the first",
            "limit": MEMORY_GROWTH,
            "p95_ratio": None if self.p95_ratio is None else round(self.p95_ratio, 3),
            "p95_limit": P95_GROWTH,
            "sound": self.sound,
            "agree": self.agrees,
            "minutes": self.minutes,
            "clients": self.clients,
            "received": self.received,
            "dossiers": self.dossiers,
            "shed": self.shed,
            "errors": dict(self.errors),
            "p95_ms": [tenth.p95_ms for tenth in self.tenths],
            "memory_mib": [round(tenth.mib, 1) for tenth in self.tenths],
            "memory_mib_by_process": {name: [first[name], last.get(name, 0.0)] for name in sorted(first)},
            "machine": describe(),
        }

    def table(self) -> Table:
        table = Table(title=f"{self.name}: {self.memory_ratio:.3f}", title_justify="left")
        for heading in (inline("Phần mười", "Tenth"), inline("Tiếp nhận p95 ms", "Taking in p95 ms"), "MiB"):
            table.add_column(heading, justify="right")
        for number, tenth in enumerate(self.tenths, 1):
            table.add_row(str(number), f"{tenth.p95_ms}", f"{tenth.mib:.0f}")
        limits = f"{inline('bộ nhớ tối đa', 'memory at most')} {MEMORY_GROWTH}, p95 {P95_GROWTH}"
        table.caption = f"{limits} · {sum(self.errors.values())} {inline('lỗi', 'errors')}"
        return table


def run(options: Options) -> Soak:
    """Raises Stopped when the installation does not start or does not come to its end."""
    with installation(options.data) as made:
        return asyncio.run(measure(made, options))


async def measure(made: Installation, options: Options) -> Soak:
    clients = USUAL_CLIENTS if options.clients == CLIENTS else options.clients[0]
    before, cast, record, warm = count_dossiers(made), sign_in(made.session), Record(), Record()
    async with Drain(made.session) as drain:
        await _lives(made, cast, warm, clients, options.seconds)
        await drain.wait()
        began = time.perf_counter()
        load = asyncio.create_task(_lives(made, cast, record, clients, 60 * options.minutes))
        try:
            tenths = [await _tenth(made, record, number, options.minutes, began) for number in range(1, TENTHS + 1)]
            await load
        finally:
            load.cancel()
        await drain.wait()
    return Soak(
        tenths=tenths,
        clients=clients,
        minutes=options.minutes,
        received=warm.received + record.received,
        dossiers=count_dossiers(made) - before,
        errors=warm.errors + record.errors,
        shed=warm.shed + record.shed,
        agrees=agrees(made),
    )


async def _lives(made: Installation, cast: Cast, record: Record, clients: int, seconds: float) -> None:
    """A life a second at each client, spread evenly; a latency runs from the moment when its life was due."""
    crowd = make_clients(made.session.plan.state.port, cast, record, clients)
    began = time.perf_counter()

    async def go_on(client: Client, moment: float) -> None:
        while moment < began + seconds:
            await asyncio.sleep(max(0.0, moment - time.perf_counter()))
            await client.live(moment)
            moment += EVERY_SECONDS

    try:
        await asyncio.gather(*(go_on(client, began + EVERY_SECONDS * n / clients) for n, client in enumerate(crowd)))
    finally:
        leave(crowd)


async def _tenth(made: Installation, record: Record, number: int, minutes: float, began: float) -> Tenth:
    """Up to its end by the clock, however long reading takes; memory is read once at least."""
    first, readings = record.received, list[Memory]()
    seconds = 60 * minutes / TENTHS
    until = began + number * seconds
    while not readings or time.perf_counter() < until:
        following = min(until, time.perf_counter() + seconds / READINGS)
        readings.append(await asyncio.to_thread(taken_by_process, made))
        await asyncio.sleep(max(0.0, following - time.perf_counter()))
    tenth = Tenth(seconds=record.seconds["receive"][first:], memory=middle(readings))
    errors = sum(record.errors.values())
    shown = f"  {number}/{TENTHS}: {len(tenth.seconds)} × p95 {tenth.p95_ms} ms, {tenth.mib:.0f} MiB"
    say(f"{shown}, {errors} lỗi.", f"{shown}, {errors} errors.")
    return tenth


def middle(readings: Sequence[Memory]) -> dict[str, float]:
    """By process the median of its readings; one that was not there took nothing."""
    names = {name for reading in readings for name in reading}
    return {name: round(median(reading.get(name, 0.0) for reading in readings), 1) for name in sorted(names)}
