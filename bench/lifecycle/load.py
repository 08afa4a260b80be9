"""Two ways to make load. Closed: so many clients, each beginning its next life when the last has ended. Open: lives begin at a
fixed rate, whatever the answers do, so that slowness shows as waiting and is not hidden by asking less.
"""

import asyncio
import random
import time
from collections import deque
from dataclasses import dataclass
from typing import Final

from bench.lifecycle.cast import Cast
from bench.lifecycle.connection import Connection
from bench.lifecycle.life import Client, Record

MOST_AT_ONCE: Final = 256


@dataclass(frozen=True, kw_only=True)
class Load:
    """`seconds` until the last life ended that was begun in time; `dropped` lives were due and never began."""

    record: Record
    seconds: float
    dropped: int = 0

    @property
    def per_second(self) -> float:
        return self.record.lives / self.seconds


async def closed(port: int, cast: Cast, clients: int, seconds: float) -> Load:
    """Every client lives at least once. No other life begins after `seconds`; what has begun is lived to its end."""
    record, began = Record(), time.perf_counter()
    crowd = make_clients(port, cast, record, clients)

    async def go_on(client: Client) -> None:
        await client.live(time.perf_counter())
        while (now := time.perf_counter()) < began + seconds:
            await client.live(now)

    await asyncio.gather(*(go_on(client) for client in crowd))
    lasted = time.perf_counter() - began
    leave(crowd)
    return Load(record=record, seconds=lasted)


async def fixed_rate(port: int, cast: Cast, per_second: float, seconds: float, clients: int = MOST_AT_ONCE) -> Load:
    """A life's latency runs from the moment it was due. What waits for a free client when time is up never begins."""
    record, began = Record(), time.perf_counter()
    crowd = make_clients(port, cast, record, clients)
    free, lives, due = deque(crowd), set[asyncio.Task[None]](), deque[float]()
    arrivals = deque(began + number / per_second for number in range(max(1, round(per_second * seconds))))

    async def live(client: Client, moment: float) -> None:
        await client.live(moment)
        free.append(client)

    while (now := time.perf_counter()) < began + seconds:
        while arrivals and arrivals[0] <= now:
            due.append(arrivals.popleft())
        while due and free:
            lives.add(asyncio.create_task(live(free.popleft(), due.popleft())))
        until_next = arrivals[0] - now if arrivals else began + seconds - now
        await asyncio.sleep(max(0.001, min(until_next, 0.01)))
    await asyncio.gather(*lives)
    lasted = time.perf_counter() - began
    leave(crowd)
    return Load(record=record, seconds=lasted, dropped=len(due) + len(arrivals))


def make_clients(port: int, cast: Cast, record: Record, number: int) -> list[Client]:
    """Each draws from the system's randomness: the same keys twice would be answered from what is kept of the first time."""
    return [
        Client(connection=Connection(port), cast=cast, record=record, chance=random.Random())  # noqa: S311 -- made-up people
        for _ in range(number)
    ]


def leave(crowd: list[Client]) -> None:
    for client in crowd:
        client.connection.close()
