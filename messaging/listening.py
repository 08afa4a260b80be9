"""One LISTEN connection per process: wakes relays and the waiting room at commit, so that nobody polls in a hurry."""

import asyncio
from collections import defaultdict

import psycopg

from messaging.backoff import until_it_works
from messaging.outbox import CHANNEL

POLL_SECONDS = 1.0
"""A notification can be lost with its connection: everybody looks at least this often."""


class Bell:
    """`ring(name)` wakes whoever waits for that name; a ring while nobody waits is kept for the next."""

    def __init__(self) -> None:
        self._rings: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def ring(self, name: str) -> None:
        self._rings[name].set()

    async def wait(self, name: str, seconds: float = POLL_SECONDS) -> None:
        ring = self._rings[name]
        try:
            await asyncio.wait_for(ring.wait(), seconds)
        except TimeoutError:
            return
        ring.clear()


async def listen(url: str, bell: Bell, stopping: asyncio.Event) -> None:
    """Ring for every notification, until stopped; a lost connection is made again."""

    async def attend() -> None:
        async with await psycopg.AsyncConnection.connect(
            url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True
        ) as connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            while not stopping.is_set():
                async for notification in connection.notifies(timeout=POLL_SECONDS):
                    bell.ring(notification.payload)

    await until_it_works(attend, stopping, "listen")
