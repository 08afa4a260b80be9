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
from services.reporting.replay import requests, shadow
from services.reporting.replay.reader import Reader, reading
from services.reporting.replay.requests import Attempt
from services.reporting.tables import METADATA, PROJECTIONS

NEARLY: Final = 2000
"""Offsets that may be left when the live consumers are asked to wait."""
LIVE_WAITS: Final = 30.0
"""Seconds that they wait at most; then they go on, and the attempt has failed."""

log = structlog.get_logger(__name__)


@dataclass
class Rebuild:
    """`live` sees the serving tables and commits each statement's work itself; `beside` sees the shadow tables."""

    attempt: Attempt
    own: AsyncEngine
    beside: AsyncEngine
    table: Table
    kafka: str
    clock: Clock
    batch_records: int
    stopping: asyncio.Event

    async def run(self) -> None:
        """Raises Overtaken, Stopped, or what Kafka or the database raised."""
        async with self.own.connect() as live:
            await shadow.create(live, self.beside, METADATA)
        engine = Engine(self.beside, self.table, self.clock, frozenset({Effect.PROJECTION}))
        async with reading(self.kafka, self.table.reads) as reader:
            while await reader.look_ahead() > NEARLY:
                await self._read(reader, engine)
            await self._settle(engine)
            await shadow.analyze(self.beside, PROJECTIONS)
            async with asyncio.timeout(LIVE_WAITS), self.own.begin() as live:
                await self._replace(live, reader, engine)
        log.info("replay done", replay=self.attempt.replay)

    async def _replace(self, live: AsyncConnection, reader: Reader, engine: Engine) -> None:
        """While no live batch runs: read what the serving tables have and the shadow has not, and swap."""
        await shadow.no_batch_meanwhile(live)
        await shadow.stop_other_writers(live, PROJECTIONS)
        stored = await shadow.stored_offsets(live)
        await reader.look_ahead()
        await self._read(reader, engine, stored)
        await self._settle(engine)
        has_read, to_read = reader.progress()
        await requests.advance(live, self.attempt, has_read, to_read)
        await requests.end(live, self.attempt, self.clock())
        await shadow.swap(live, PROJECTIONS)

    async def _read(self, reader: Reader, engine: Engine, until: Mapping[tuple[str, int], int] | None = None) -> None:
        """Up to the given offsets, or to where Kafka's ends were when last asked."""
        while reader.left(until):
            if self.stopping.is_set():
                raise Stopped
            if records := await reader.some(self.batch_records):
                await engine.process(Work(records))
            if until is None:
                async with self.own.begin() as live:
                    await requests.advance(live, self.attempt, *reader.progress())

    async def _settle(self, engine: Engine) -> None:
        """What was skipped is skipped again, and what that lets through is applied."""
        again = True
        while again:
            async with self.own.connect() as live:
                skipped = await shadow.pardon(live, self.beside)
            async with self.beside.begin() as connection:
                await parking_lot.release(connection)
                ready = await parking_lot.ready(connection, AGGREGATES_A_ROUND)
            if ready:
                await engine.process(Work((), ready))
            again = bool(skipped or ready)
