"""What is put under load: the installation or the bare server, in the same way for both."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from bench.lifecycle import load
from bench.lifecycle.cast import Cast
from bench.lifecycle.figures import Figures, middle
from bench.lifecycle.load import Load
from bench.options import Options
from bench.processes import Meter
from cli.console import say

WARM_UP_CLIENTS = 8
OPEN = "open"


def closed_name(clients: int) -> str:
    return f"closed {clients}"


@dataclass(frozen=True, kw_only=True)
class Target:
    """`drained` waits until nothing is under way; `pids` are the roots of all processes that are measured."""

    name: str
    port: int
    cast: Cast
    pids: Callable[[], dict[str, int]]
    drained: Callable[[], Awaitable[float]]

    async def measure(self, options: Options) -> tuple[dict[str, list[Figures]], int]:
        """By load: the rounds of each closed loop, and of an open one at half the usual rate. And how many dossiers came in."""
        warm_up = await load.closed(self.port, self.cast, WARM_UP_CLIENTS, options.seconds)
        await self.drained()
        loads: dict[str, list[Figures]] = {}
        for clients in options.clients:
            make = partial(load.closed, self.port, self.cast, clients, options.seconds)
            loads[closed_name(clients)] = await self._rounds(closed_name(clients), make, options.rounds)
        rate = middle(loads[closed_name(usual(options.clients))]).per_second / 2
        if rate > 0:
            make = partial(load.fixed_rate, self.port, self.cast, rate, options.seconds)
            loads[OPEN] = await self._rounds(OPEN, make, options.rounds)
        rounds = [figures.load for several in loads.values() for figures in several]
        return loads, sum(done.record.received for done in (warm_up, *rounds))

    async def _rounds(self, name: str, make: Callable[[], Awaitable[Load]], number: int) -> list[Figures]:
        rounds = [await self._round(make) for _ in range(number)]
        figures = middle(rounds)
        rate, cpu = f"{figures.per_second:.1f}/s", f"{figures.as_json()['cpu_ms_per_life']['all']:.0f} ms CPU"
        say(f"  {self.name}, {name}: {rate}, {cpu}/vòng đời.", f"  {self.name}, {name}: {rate}, {cpu}/life.")
        return rounds

    async def _round(self, make: Callable[[], Awaitable[Load]]) -> Figures:
        meter = Meter.begin(self.pids())
        done = await make()
        drain = await self.drained()
        return Figures(load=done, drain=drain, usage=meter.read())


def usual(clients: tuple[int, ...]) -> int:
    """32, at which the ratio is taken; the largest if that was not asked for."""
    return 32 if 32 in clients else max(clients)  # noqa: PLR2004 -- said above
