"""Takes up what the waiting room has ready, and watches how long the early ones wait."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging import metrics, waiting_room
from messaging.backoff import Stopped, until_it_works
from messaging.consumer import count
from messaging.engine import Engine
from messaging.listening import LONGEST_SLEEP_SECONDS, Bell
from messaging.outbox import WAITING_ROOM
from messaging.tables import WAITING_STATES
from messaging.watch import TooManyDead
from messaging.work import Work

EARLY_ALARM: Final = timedelta(minutes=1)
AGGREGATES_A_ROUND: Final = 500

log = structlog.get_logger(__name__)

# By indexes waiting_room_early and the small room itself.
_OVERDUE = text("SELECT count(*) FROM waiting_room WHERE state = 'early' AND since < :before")
_STATES = text("SELECT state, count(*) AS number FROM waiting_room GROUP BY state")


@dataclass
class Drain:
    """Runs until `stopping`, woken by a retry or skip, by state that has come, and every second while something waits."""

    engine: Engine
    bell: Bell
    stopping: asyncio.Event
    overdue: int = 0

    async def run(self) -> None:
        try:
            while not self.stopping.is_set():
                taken = await until_it_works(self.round, self.stopping, "waiting room")
                if not taken:
                    await self.bell.wait(WAITING_ROOM, LONGEST_SLEEP_SECONDS)
        except Stopped:
            return

    async def round(self) -> int:
        """Apply what is ready; how many aggregates were taken up."""
        async with self.engine.database.begin() as connection:
            await waiting_room.release(connection)
            ready = await waiting_room.ready(connection, AGGREGATES_A_ROUND)
            await self._measure(connection)
        if ready:
            try:
                count("waiting-room", await self.engine.process(Work((), ready)))
            except TooManyDead as reason:
                log.warning("waiting room left alone", reason=str(reason))
                return 0
        return len(ready)

    async def _measure(self, connection: AsyncConnection) -> None:
        found = {row.state: row.number for row in await connection.execute(_STATES)}
        for state in WAITING_STATES:
            metrics.WAITING.labels(state).set(found.get(state, 0))
        before = self.engine.clock() - EARLY_ALARM
        overdue = int(await connection.scalar(_OVERDUE, {"before": before}) or 0) if found.get("early") else 0
        metrics.EARLY_OVERDUE.set(overdue)
        if overdue > self.overdue:
            log.error("early events have waited over a minute for their predecessor", count=overdue)
        self.overdue = overdue
