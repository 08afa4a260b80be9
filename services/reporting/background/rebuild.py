"""One attempt at rebuilding: fill the shadow tables from Kafka while the old ones serve, then swap.

An attempt that dies anywhere leaves the serving tables as they were; the next one starts over with empty shadow tables.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from messaging import parking_lot
from messaging.backoff import Stopped
from messaging.clock import Clock
from messaging.drain import AGGREGATES_A_ROUND
from messaging.engine import Engine, Work
from messaging.handler_table import Effect, Table
from messaging.kafka_access import Brokers
from services.reporting.background.reader import Reader, open_reader
from services.reporting.domain.replay import Attempt
from services.reporting.repository import replay as replays
from services.reporting.repository import shadow
from services.reporting.tables import METADATA, PROJECTIONS

SWAP_BELOW: Final = 2000
"""With fewer offsets left than these the live consumers are asked to wait."""
LONGEST_SWAP_SECONDS: Final = 30.0
"""That they wait at most; then they go on, and the attempt has failed."""

log = structlog.get_logger(__name__)


@dataclass(kw_only=True)
class Rebuild:
    """`live_engine` sees the serving tables, `shadow_engine` the shadow tables under the same names."""

    attempt: Attempt
    live_engine: AsyncEngine
    shadow_engine: AsyncEngine
    table: Table
    kafka: Brokers
    clock: Clock
    batch_records: int
    stopping: asyncio.Event

    async def run(self) -> None:
        """Raises Superseded, Stopped, or what Kafka or the database raised."""
        async with self.live_engine.connect() as live:
            await shadow.create_tables(live, self.shadow_engine, METADATA)
        engine = Engine(database=self.shadow_engine, table=self.table, clock=self.clock, effects=frozenset({Effect.PROJECTION}))
        async with open_reader(self.kafka, self.table.reads) as reader:
            while await reader.refresh_ends() > SWAP_BELOW:
                await self._read(reader, engine)
            await self._apply_parked(engine)
            await shadow.analyze(self.shadow_engine, PROJECTIONS)
            async with asyncio.timeout(LONGEST_SWAP_SECONDS), self.live_engine.begin() as live:
                await self._swap(live, reader, engine)
        log.info("replay done", replay=self.attempt.replay)

    async def _swap(self, live: AsyncConnection, reader: Reader, engine: Engine) -> None:
        """While no live batch runs: read what the serving tables have and the shadow has not, and swap."""
        await shadow.exclusive_swap_lock(live)
        await shadow.block_writers(live, PROJECTIONS)
        stored = await shadow.stored_offsets(live)
        await reader.refresh_ends()
        await self._read(reader, engine, stored)
        await self._apply_parked(engine)
        await replays.record_progress(live, self.attempt, *reader.progress())
        await replays.finish(live, self.attempt, self.clock())
        await shadow.swap(live, PROJECTIONS)

    async def _read(self, reader: Reader, engine: Engine, until: Mapping[tuple[str, int], int] | None = None) -> None:
        """Up to the given offsets, or to where Kafka's ends were when last asked."""
        while reader.left(until):
            if self.stopping.is_set():
                raise Stopped
            if records := await reader.read(self.batch_records):
                await engine.process(Work(records))
            if until is None:
                async with self.live_engine.begin() as live:
                    await replays.record_progress(live, self.attempt, *reader.progress())

    async def _apply_parked(self, engine: Engine) -> None:
        """What was skipped is skipped again, and what that lets through is applied."""
        again = True
        while again:
            async with self.live_engine.connect() as live:
                skipped = await shadow.reapply_skips(live, self.shadow_engine)
            async with self.shadow_engine.begin() as connection:
                await parking_lot.release(connection)
                ready = await parking_lot.ready(connection, AGGREGATES_A_ROUND)
            if ready:
                await engine.process(Work((), ready))
            again = bool(skipped or ready)
