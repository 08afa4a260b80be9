"""The relay: outbox -> Kafka, per service and lane, in order per aggregate, each row until Kafka has acknowledged it.

The transaction that claims the oldest rows holds an advisory lock, so one relay of a lane works at a time however many run.
A frozen one is cut off by PostgreSQL after 10 s and frees its lane. Rows may reach Kafka twice (a relay that died between the
acknowledgement and its delete): their numbers make readers drop them.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import structlog
from aiokafka import AIOKafkaProducer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contracts.envelope import Attributes
from messaging.backoff import Stopped, until_it_works
from messaging.listening import Bell
from messaging.metrics import RELAY_DOUBTS, RELAYED

PRODUCE_SECONDS = 5.0
ROWS_A_ROUND = 1000

log = structlog.get_logger(__name__)

_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(:lock)")
_IDLE_LIMIT = text("SET LOCAL idle_in_transaction_session_timeout = '10s'")
# By index outbox_lane_position.
_OLDEST = text("SELECT * FROM outbox WHERE lane = :lane ORDER BY position LIMIT :most")
_DELETE = text("DELETE FROM outbox WHERE position = ANY(:positions)")


@dataclass
class Relay:
    """Runs until `stopping`. Raises nothing: what goes wrong is tried again."""

    database: AsyncEngine
    kafka: str
    service: str
    lane: str
    bell: Bell
    stopping: asyncio.Event
    _producer: AIOKafkaProducer | None = field(default=None, init=False)

    async def run(self) -> None:
        try:
            while not self.stopping.is_set():
                moved = await until_it_works(self.round, self.stopping, f"relay {self.lane}", RELAY_DOUBTS.labels(self.lane).inc)
                if moved < ROWS_A_ROUND:
                    await self.bell.wait(self.lane)
        except Stopped:
            return
        finally:
            await self._discard_producer()

    async def round(self) -> int:
        """Move the oldest rows; how many. 0 as well when another relay has the lane."""
        async with self.database.begin() as connection:
            if not await connection.scalar(_TRY_LOCK, {"lock": crc32(f"relay {self.service} {self.lane}".encode())}):
                return 0
            await connection.execute(_IDLE_LIMIT)
            rows = (await connection.execute(_OLDEST, {"lane": self.lane, "most": ROWS_A_ROUND})).all()
            if rows:
                await self._produce(rows)
                await self._forget(connection, rows)
        RELAYED.labels(self.lane).inc(len(rows))
        return len(rows)

    async def _produce(self, rows: Sequence[Any]) -> None:
        """All rows acknowledged within 5 s, or the producer is thrown away: an idempotent one cannot be told to give up."""
        try:
            async with asyncio.timeout(PRODUCE_SECONDS):
                producer = await self._ready_producer()
                sent = [
                    await producer.send(row.aggregatetype, row.payload, row.aggregateid.encode(), headers=self._headers(row))
                    for row in rows
                ]
                await asyncio.gather(*sent)
        except BaseException:
            await self._discard_producer()
            raise

    async def _forget(self, connection: AsyncConnection, rows: Sequence[Any]) -> None:
        await connection.execute(_DELETE, {"positions": [row.position for row in rows]})

    def _headers(self, row: Any) -> list[tuple[str, bytes]]:
        return Attributes(
            row.id, self.service, row.type, row.aggregateid, row.time, row.sequence, row.correlation, row.causation
        ).headers()

    async def _ready_producer(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self.kafka,
                acks="all",
                enable_idempotence=True,
                linger_ms=0,
                request_timeout_ms=4000,
                retry_backoff_ms=50,
            )
            self._producer = producer
            await producer.start()
        return self._producer

    async def _discard_producer(self) -> None:
        """Without waiting for what it still has in hand: those rows go again, by the next producer."""
        producer, self._producer = self._producer, None
        if producer is None:
            return
        try:
            async with asyncio.timeout(1):
                await producer.stop()
        except Exception as error:  # noqa: BLE001 -- it is given up either way
            log.info("producer given up", lane=self.lane, error=repr(error))
