"""Load while servers fail: a bank that goes on depositing, and never forgets what it has not been rid of."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiokafka.errors import KafkaTimeoutError

from tests.support.eventually import eventually
from tests.support.tally_world import TallyWorld, names

PACE_SECONDS = 0.05
"""Between two rounds: two hundred deposits a second."""


@dataclass
class Load:
    """`sent` counts the rounds; in each, every account has one deposit. The producer keeps them while Kafka is away."""

    world: TallyWorld
    accounts: list[str] = field(default_factory=lambda: names("load", 10))
    sent: int = 0
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        while not self.ended.is_set():
            for account in self.accounts:
                await self._deposit(account, self.sent + 1)
            self.sent += 1
            try:
                await asyncio.wait_for(self.ended.wait(), PACE_SECONDS)
            except TimeoutError:
                continue

    async def _deposit(self, account: str, number: int) -> None:
        """A producer whose buffer is full for too long refuses: nothing was taken, so it is said again."""
        while True:
            try:
                await self.world.deposit(account, number)
            except KafkaTimeoutError:
                continue
            else:
                return

    async def more(self, rounds: int = 20) -> None:
        """Until so much more has been said."""
        goal = self.sent + rounds
        await eventually(lambda: self.sent >= goal)


@asynccontextmanager
async def under_load(world: TallyWorld) -> AsyncIterator[Load]:
    """At the end, nothing that was sent is lost, and nothing twice in effect."""
    load = Load(world)
    running = asyncio.create_task(load.run())
    try:
        yield load
    finally:
        load.ended.set()
        await running
    await world.producer.flush()
    await world.has(dict.fromkeys(load.accounts, (load.sent, load.sent)))
    await world.was_applied_effectively_once(dict.fromkeys(load.accounts, load.sent))
