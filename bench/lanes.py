"""What a flood from the post does to a district's counter: each lane has processes of its own, and they share only the machine.

At each of four counters of the district's lane a dossier is due every second: first alone, then with so many postal events at
once. What counts is how long one takes from when it was due until its case is open. The flood is over when each of its events is
a dossier whose applicant was written to or is known to have no address.
"""

import asyncio
import math
import random
import time
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, LiteralString

import psycopg
from rich.table import Table

from bench import marks
from bench.bare import produce
from bench.installation import Installation, agrees, installation
from bench.lifecycle.cast import Cast, desks_by_post, desks_of_lane, sign_in
from bench.lifecycle.drain import Drain
from bench.lifecycle.figures import PERCENTILES, quantile
from bench.lifecycle.life import Client, Record
from bench.lifecycle.load import leave, make_clients
from bench.machine import describe
from bench.options import Options
from bench.postal import cipher_of, collections
from cli.console import inline, say
from contracts.values import Lane
from deploy.local.kafka_users import ADMIN
from deploy.local.outcome import ExitCode, Stopped
from deploy.local.topology import Plan
from messaging.producer import Outgoing

EVENTS: Final = 50_000
COUNTERS: Final = 4
TIMES: Final = 2.0
EVERY_SECONDS: Final = 1.0
LOOK_SECONDS: Final = 1.0
STALLED_SECONDS: Final = 300.0
_POSTAL: Final = "SELECT count(*) FROM dossier WHERE lane = 'post'"
_SETTLED: Final = "SELECT count(*) FROM message WHERE lane = 'post' AND settled_at IS NOT NULL"


@dataclass(kw_only=True)
class Taken:
    """What the counters took in: `due` when it was due, in seconds since 1970, by dossier; `lasted` so many seconds."""

    record: Record = field(default_factory=Record)
    due: dict[str, float] = field(default_factory=dict)
    dropped: int = 0
    lasted: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Phase:
    """`seconds` from handing in to an open case, of each dossier of the district; `missing` have no case. `dropped` were due
    and never handed in, because their counter was still busy when time was up.
    """

    seconds: Sequence[float]
    missing: int
    dropped: int
    errors: int

    @property
    def p95_ms(self) -> float | None:
        return quantile(self.seconds, 95)

    def as_json(self) -> dict[str, Any]:
        percentiles = {f"p{percentile}": quantile(self.seconds, percentile) for percentile in PERCENTILES}
        counts = {"missing": self.missing, "dropped": self.dropped, "errors": self.errors}
        return {"dossiers": len(self.seconds), **counts, "open_ms": percentiles}


@dataclass(frozen=True, kw_only=True)
class Lanes:
    """`flood_seconds`: how long the flood lasted; `dossiers` of the post there are in the end."""

    alone: Phase
    flooded: Phase
    events: int
    dossiers: int
    flood_seconds: float
    agrees: bool
    name: str = "lanes"

    @property
    def ratio(self) -> float | None:
        alone, flooded = self.alone.p95_ms, self.flooded.p95_ms
        return flooded / alone if alone and flooded else None

    @property
    def sound(self) -> bool:
        phases = (self.alone, self.flooded)
        whole = all(phase.seconds and not phase.missing and not phase.errors for phase in phases)
        return self.agrees and whole and self.dossiers == self.events

    def as_json(self) -> dict[str, Any]:
        return {
            "bench": self.name,
            "ratio": None if self.ratio is None else round(self.ratio, 2),
            "ratio_of": "p95 of the district from handing in to an open case, in the flood, to that before it",
            "limit": TIMES,
            "sound": self.sound,
            "agree": self.agrees,
            "events": self.events,
            "dossiers": self.dossiers,
            "flood_seconds": round(self.flood_seconds, 1),
            "counters": COUNTERS,
            "alone": self.alone.as_json(),
            "flooded": self.flooded.as_json(),
            "machine": describe(),
        }

    def table(self) -> Table:
        table = Table(title=f"{self.name}: {self.ratio or 0:.1f} ×", title_justify="left")
        table.add_column(inline("Huyện, nộp → mở việc", "District, handed in → case open"))
        for percentile in PERCENTILES:
            table.add_column(f"p{percentile} ms", justify="right")
        for name, phase in ((inline("một mình", "alone"), self.alone), (inline("giữa đợt dồn", "flooded"), self.flooded)):
            table.add_row(name, *map(str, phase.as_json()["open_ms"].values()))
        flood = f"{self.events:,} / {self.flood_seconds:.0f} s"
        table.caption = f"{inline('tối đa', 'at most')} {TIMES:.0f} × · {inline('bưu điện', 'post')} {flood}"
        return table


def run(options: Options) -> Lanes:
    """Raises Stopped when the installation does not start or does not come to its end."""
    with installation(options.data, "--lanes-apart") as made:
        return asyncio.run(measure(made, options))


async def measure(made: Installation, options: Options) -> Lanes:
    plan, events = made.session.plan, options.size or EVENTS
    cast = replace(sign_in(made.session), desks=desks_of_lane(Lane.DISTRICT))
    say(f"  chuẩn bị {events:,} sự kiện ...", f"  preparing {events:,} events ...")
    postal = collections(cipher_of(made.session.site), desks_by_post(), events, random.SystemRandom())
    async with Drain(made.session) as drain:

        async def during(meanwhile: Coroutine[Any, Any, None]) -> Taken:
            taken = await _counters(plan.state.port, cast, asyncio.create_task(meanwhile))
            await drain.wait()
            return taken

        await during(asyncio.sleep(options.seconds))
        before = await _count(plan, "intake", _POSTAL)
        with marks.placed(plan, [marks.LISTED]):
            alone = await during(asyncio.sleep(options.rounds * options.seconds))
            flooded = await during(_flood(plan, [record for _, record in postal.values()]))
            opened = marks.read(plan, marks.LISTED)
    return Lanes(
        alone=phase_of(alone, opened),
        flooded=phase_of(flooded, opened),
        events=events,
        dossiers=await _count(plan, "intake", _POSTAL) - before,
        flood_seconds=flooded.lasted,
        agrees=agrees(made),
    )


async def _counters(port: int, cast: Cast, meanwhile: "asyncio.Task[None]") -> Taken:
    """As long as that lasts."""
    taken, began = Taken(), time.perf_counter()
    crowd = make_clients(port, cast, taken.record, COUNTERS)

    async def go_on(client: Client, moment: float) -> None:
        while not meanwhile.done():
            await asyncio.sleep(max(0.0, moment - time.perf_counter()))
            since_1970 = time.time() - (time.perf_counter() - moment)
            if dossier := await client.take_in(moment):
                taken.due[dossier] = since_1970
            moment += EVERY_SECONDS
        taken.dropped += math.ceil(max(0.0, time.perf_counter() - moment) / EVERY_SECONDS)

    try:
        await asyncio.gather(*(go_on(client, began + EVERY_SECONDS * n / COUNTERS) for n, client in enumerate(crowd)))
    finally:
        leave(crowd)
    await meanwhile
    taken.lasted = time.perf_counter() - began
    return taken


async def _flood(plan: Plan, records: Sequence[Outgoing]) -> None:
    """Raises Stopped when nothing of it moves any more."""
    before = await _count(plan, "notify", _SETTLED)
    await produce(plan.kafka.access(ADMIN), records)
    settled, last = 0, time.monotonic()
    while settled < len(records):
        await asyncio.sleep(LOOK_SECONDS)
        now_settled = await _count(plan, "notify", _SETTLED) - before
        if now_settled > settled:
            settled, last = now_settled, time.monotonic()
        elif time.monotonic() > last + STALLED_SECONDS:
            raise Stopped(
                ExitCode.NOT_READY_IN_TIME,
                vi=f"Đợt dồn đứng lại ở {settled} trên {len(records)} hồ sơ; xem motcua dead-letters.",
                en=f"The flood stands still at {settled} of {len(records)} dossiers; look at motcua dead-letters.",
            )


async def _count(plan: Plan, service: str, query: LiteralString) -> int:
    async with await psycopg.AsyncConnection.connect(plan.database_url(service).replace("+psycopg", "")) as database:
        row = await (await database.execute(query)).fetchone()
    return row[0] if row else 0


def phase_of(taken: Taken, opened: Mapping[str, float]) -> Phase:
    seconds, missing = marks.delays(taken.due, opened)
    return Phase(seconds=seconds, missing=missing, dropped=taken.dropped, errors=sum(taken.record.errors.values()))
