"""The relay: outbox -> Kafka, per service and lane, in order per aggregate, each row until Kafka has acknowledged it.

The transaction that claims the oldest rows holds an advisory lock, so one relay of a lane works at a time however many run.
A frozen one is cut off by PostgreSQL after 10 s and frees its lane. Rows may reach Kafka twice (a relay that died between the
acknowledgement and its delete): their numbers make readers drop them.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from zlib import crc32

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contracts.envelope import headers_of
from messaging.backoff import Stopped, retry_forever
from messaging.bell import LONGEST_SLEEP_SECONDS, Bell
from messaging.metrics import RELAY_DOUBTS, RELAYED
from messaging.producer import Outgoing, Producer
from messaging.statements import Statement

PRODUCE_SECONDS: Final = 5.0
ROWS_A_ROUND: Final = 1000

# Locked until the transaction ends, and cut off when it does nothing for too long.
_CLAIM = Statement("""
    SELECT pg_try_advisory_xact_lock(:lock) AS claimed FROM set_config('idle_in_transaction_session_timeout', :idle, true)
""")
# By index outbox_lane_position.
_OLDEST = Statement("""
    SELECT position, id, aggregatetype, aggregateid, type, payload, time, sequence, correlation, causation
    FROM outbox WHERE lane = :lane ORDER BY position LIMIT :most
""")
_DELETE = Statement("DELETE FROM outbox WHERE position = ANY(:positions)")


@dataclass(kw_only=True)
class Relay:
    """Runs until `stopping`. Raises nothing: what goes wrong is tried again. A round that Kafka has not acknowledged after
    `produce_seconds` is begun anew; `idle_seconds`, after which PostgreSQL frees the lane of a frozen relay, must be longer.
    """

    database: AsyncEngine
    kafka: str
    service: str
    lane: str
    bell: Bell
    stopping: asyncio.Event
    idle_seconds: float = 10.0
    produce_seconds: float = PRODUCE_SECONDS
    _producer: Producer | None = field(default=None, init=False)

    async def run(self) -> None:
        doubts = RELAY_DOUBTS.labels(self.lane)
        try:
            while not self.stopping.is_set():
                moved = await retry_forever(self.round, self.stopping, f"relay {self.lane}", lambda _: doubts.inc())
                if moved < ROWS_A_ROUND:
                    await self.bell.wait(self.lane, LONGEST_SLEEP_SECONDS)
        except Stopped:
            return
        finally:
            await self._discard_producer()

    async def round(self) -> int:
        """Move the oldest rows; how many. 0 as well when another relay has the lane."""
        async with self.database.begin() as connection:
            rows = await self._claim(connection)
            if rows:
                await self._produce(rows)
                await self._forget(connection, rows)
        RELAYED.labels(self.lane).inc(len(rows))
        return len(rows)

    async def _claim(self, connection: AsyncConnection) -> Sequence[Any]:
        """The lane's oldest rows; none when another relay has the lane. In no pipeline: see there."""
        lock = crc32(f"relay {self.service} {self.lane}".encode())
        (claim,) = await _CLAIM.rows(connection, {"lock": lock, "idle": f"{self.idle_seconds * 1000:.0f}"})
        return await _OLDEST.rows(connection, {"lane": self.lane, "most": ROWS_A_ROUND}) if claim.claimed else []

    async def _produce(self, rows: Sequence[Any]) -> None:
        """All rows acknowledged in time, or the producer is thrown away: an idempotent one cannot be told to give up."""
        try:
            async with asyncio.timeout(self.produce_seconds):
                producer = await self._ready_producer()
                await producer.deliver(self._outgoing(row) for row in rows)
        except BaseException:
            await self._discard_producer()
            raise

    async def _forget(self, connection: AsyncConnection, rows: Sequence[Any]) -> None:
        await _DELETE.send(connection, {"positions": [row.position for row in rows]})

    def _outgoing(self, row: Any) -> Outgoing:
        _, event, topic, subject, kind, payload, *rest = row
        return Outgoing(topic, subject.encode(), payload, headers_of(event, self.service, kind, subject, *rest))

    async def _ready_producer(self) -> Producer:
        if self._producer is None:
            self._producer = Producer(self.kafka)
            await self._producer.start()
        return self._producer

    async def _discard_producer(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await producer.give_up()
