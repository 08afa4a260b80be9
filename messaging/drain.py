"""Takes up what the parking lot has ready, and watches how long the early ones wait."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging import metrics, parking_lot
from messaging.backoff import Stopped, retry_forever
from messaging.bell import LONGEST_SLEEP_SECONDS, Bell
from messaging.consumer import count
from messaging.engine import Engine
from messaging.outbox import PARKING_LOT
from messaging.parking_tables import PARKED_STATES
from messaging.work import Work

EARLY_ALARM: Final = timedelta(minutes=1)
AGGREGATES_A_ROUND: Final = 500

log = structlog.get_logger(__name__)

# By indexes parking_lot_early and the small table itself.
_OVERDUE = text("SELECT count(*) FROM parking_lot WHERE state = 'early' AND since < :before")
_STATES = text("SELECT state, count(*) AS number, min(since) AS oldest FROM parking_lot GROUP BY state")


@dataclass
class Drain:
    """Runs until `stopping`, woken by a retry or skip, by a batch that parked something or brought state that may be waited for,
    and every second while something waits: another process may have brought what it waits for.
    """

    engine: Engine
    bell: Bell
    stopping: asyncio.Event
    overdue: int = 0

    async def run(self) -> None:
        try:
            while not self.stopping.is_set():
                taken = await retry_forever(self.round, self.stopping, "parking lot")
                if not taken:
                    await self.bell.wait(PARKING_LOT, LONGEST_SLEEP_SECONDS)
        except Stopped:
            return

    async def round(self) -> int:
        """Apply what is ready; how many aggregates were taken up."""
        async with self.engine.database.begin() as connection:
            await parking_lot.release(connection)
            ready = await parking_lot.ready(connection, AGGREGATES_A_ROUND)
            await self._measure(connection)
        if ready:
            count("parking-lot", await self.engine.process(Work((), ready)))
        return len(ready)

    async def _measure(self, connection: AsyncConnection) -> None:
        rows = {row.state: row for row in await connection.execute(_STATES)}
        self.bell.awaits_state = "waiting" in rows
        now = self.engine.clock()
        for state in PARKED_STATES:
            row = rows.get(state)
            metrics.PARKED.labels(state).set(row.number if row else 0)
            metrics.PARKED_OLDEST.labels(state).set(max(0.0, (now - row.oldest).total_seconds()) if row else 0)
        overdue = int(await connection.scalar(_OVERDUE, {"before": now - EARLY_ALARM}) or 0) if "early" in rows else 0
        metrics.EARLY_OVERDUE.set(overdue)
        if overdue > self.overdue:
            log.error("early events have waited over a minute for their predecessor", count=overdue)
        self.overdue = overdue
