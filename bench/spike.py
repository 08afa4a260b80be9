"""Ten times the clients for half a minute, then as many as before: nothing is lost or doubled, and soon all is as it was.

The usual clients go on all the while, and theirs are the latencies. Whoever is turned away gets 503 with Retry-After and comes
back under the same Idempotency-Key; any other refusal is an error, and then the run does not count.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from rich.table import Table

from bench.installation import Installation, agrees, count_dossiers, installation
from bench.lifecycle.cast import Cast, sign_in
from bench.lifecycle.drain import Drain
from bench.lifecycle.figures import quantile
from bench.lifecycle.life import Client, Record
from bench.lifecycle.load import leave, make_clients
from bench.machine import describe
from bench.options import CLIENTS, Options
from cli.console import inline

USUAL_CLIENTS, TIMES = 8, 10
SPIKE_SECONDS: Final = 30.0
AFTER_SECONDS: Final = 30.0
WITHIN_SECONDS: Final = 10.0
WINDOW: Final = 20
AS_BEFORE: Final = 1.5
PHASES: Final = ("before", "spike", "after")


@dataclass(frozen=True, kw_only=True)
class Course:
    """What the usual clients and the others recorded; when the spike began and ended, by perf_counter."""

    usual: Record
    others: Record
    began: float
    ended: float

    def received(self, phase: str) -> list[tuple[float, float]]:
        """When a dossier of the usual clients was taken in in that phase, and how many seconds that had taken."""
        since, until = {"before": (0.0, self.began), "spike": (self.began, self.ended), "after": (self.ended, float("inf"))}[
            phase
        ]
        pairs = zip(self.usual.received_at, self.usual.seconds["receive"], strict=True)
        return [(moment, seconds) for moment, seconds in pairs if since <= moment < until]

    def p95_ms(self, phase: str) -> float | None:
        return quantile([seconds for _, seconds in self.received(phase)], 95)

    def recovered_after(self) -> float | None:
        """Seconds from the end of the spike until the last twenty calls were as quick as before it; None if they never were."""
        before = self.p95_ms("before")
        return None if before is None else recovery(self.received("after"), self.ended, before * AS_BEFORE)


@dataclass(frozen=True, kw_only=True)
class Spike:
    """`dossiers`: how many there are in the end. `ratio` is p95 of taking in when it was over, to that before."""

    course: Course
    clients: int
    agrees: bool
    dossiers: int
    name: str = "spike"

    @property
    def received(self) -> int:
        return self.course.usual.received + self.course.others.received

    @property
    def errors(self) -> Counter[str]:
        return self.course.usual.errors + self.course.others.errors

    @property
    def sound(self) -> bool:
        return self.agrees and self.dossiers == self.received and not self.errors

    def as_json(self) -> dict[str, Any]:
        p95 = {phase: self.course.p95_ms(phase) for phase in PHASES}
        recovered = self.course.recovered_after()
        settled = quantile([seconds for _, seconds in self.course.received("after")[-WINDOW:]], 95)
        return {
            "bench": self.name,
            "ratio": round(settled / p95["before"], 2) if settled and p95["before"] else None,
            "ratio_of": f"p95 of the last {WINDOW} calls of taking in, {AFTER_SECONDS:.0f} s after the spike, to p95 before it",
            "sound": self.sound,
            "agree": self.agrees,
            "clients": {"usual": self.clients, "spike": self.clients * TIMES},
            "received": self.received,
            "dossiers": self.dossiers,
            "shed": self.course.usual.shed + self.course.others.shed,
            "errors": dict(self.errors),
            "p95_ms": p95,
            "recovered_after_seconds": None if recovered is None else round(recovered, 1),
            "within_seconds": WITHIN_SECONDS,
            "machine": describe(),
        }

    def table(self) -> Table:
        shown = self.as_json()
        table = Table(title=f"{self.name}: {self.clients} → {self.clients * TIMES}", title_justify="left", show_header=False)
        rows = (
            (inline("Hồ sơ tiếp nhận / trong kho", "Taken in / there"), f"{shown['received']} / {shown['dossiers']}"),
            (inline("Được mời thử lại (503)", "Asked to come back (503)"), str(shown["shed"])),
            (inline("Lỗi", "Errors"), str(sum(self.errors.values()))),
            *((f"p95 ms, {phase}", f"{value}") for phase, value in shown["p95_ms"].items()),
            (inline("Trở lại như trước sau (giây)", "As before after (seconds)"), f"{shown['recovered_after_seconds']}"),
        )
        for row in rows:
            table.add_row(*row)
        return table


def run(options: Options) -> Spike:
    """Raises Stopped when the installation does not start or does not come to its end."""
    clients = USUAL_CLIENTS if options.clients == CLIENTS else options.clients[0]
    with installation(options.data) as made:
        cast = sign_in(made.session)
        course = asyncio.run(_course(made, cast, clients, options.seconds))
        return Spike(course=course, clients=clients, agrees=agrees(made), dossiers=count_dossiers(made))


async def _course(made: Installation, cast: Cast, clients: int, seconds: float) -> Course:
    """The first lives, which find everything cold, count as taken in but not as what is usual."""
    usual, others, port = Record(), Record(), made.session.plan.state.port
    async with Drain(made.session) as drain:
        warm = make_clients(port, cast, others, clients)
        await asyncio.gather(*(go_on(client, 0, time.perf_counter() + seconds) for client in warm))
        await drain.wait()
        began = time.perf_counter() + seconds
        ended = began + SPIKE_SECONDS
        crowd, more = make_clients(port, cast, usual, clients), make_clients(port, cast, others, clients * (TIMES - 1))
        await asyncio.gather(
            *(go_on(client, 0, ended + AFTER_SECONDS) for client in crowd), *(go_on(client, began, ended) for client in more)
        )
        await drain.wait()
    leave([*warm, *crowd, *more])
    return Course(usual=usual, others=others, began=began, ended=ended)


async def go_on(client: Client, since: float, until: float) -> None:
    """Life after life between the two moments; the last one that began is lived to its end."""
    await asyncio.sleep(max(0.0, since - time.perf_counter()))
    while (now := time.perf_counter()) < until:
        await client.live(now)


def recovery(received: Sequence[tuple[float, float]], since: float, limit_ms: float) -> float | None:
    """Of moments and seconds in order: how long after `since` p95 of twenty in a row was first within the limit."""
    for last in range(WINDOW, len(received) + 1):
        window = received[last - WINDOW : last]
        p95 = quantile([seconds for _, seconds in window], 95)
        if p95 is not None and p95 <= limit_ms:
            return window[-1][0] - since
    return None
