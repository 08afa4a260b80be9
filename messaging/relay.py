"""The relay: outbox -> Kafka, per service and lane, in order per aggregate, each row until Kafka has acknowledged it.

The transaction that claims the oldest rows holds an advisory lock, so one relay of a lane works at a time however many run.
A frozen one is cut off by PostgreSQL after 10 s and frees its lane. What Kafka has acknowledged is deleted, also when it does not
take the rest: that stays, and the others go on. Rows may reach Kafka twice (a relay that died between the acknowledgement and its
delete): their numbers make readers drop them. Its producer is fenced: see there.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID
from zlib import crc32

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contracts.envelope import headers_of
from messaging.backoff import Stopped, retry_forever
from messaging.bell import LONGEST_SLEEP_SECONDS, Bell
from messaging.doorbell import Doorbell
from messaging.fenced_producer import FencedProducer
from messaging.kafka_access import Brokers
from messaging.metrics import RELAY_DOUBTS, RELAYED
from messaging.outbox_floor import HORIZON, OutboxFloor
from messaging.producer import Outcome, Outgoing
from messaging.published_offsets import Offsets
from messaging.publisher_guard import may_publish
from messaging.relay_failures import Failures, Held
from messaging.sent_rows import take_out
from messaging.statements import Statement

PRODUCE_SECONDS: Final = 5.0
ROWS_A_ROUND: Final = 1000
BYTES_A_ROUND: Final = 4_000_000
"""Of payload, and one row more: what a slow network (1 MB a second) carries in PRODUCE_SECONDS, and memory bears per lane."""
LARGEST_SHARE: Final = 1.0
SMALLEST_SHARE: Final = 1 / ROWS_A_ROUND
HORIZON_SECONDS: Final = 1.0
NOTHING_ASIDE: Final = frozenset[Held]()

# Locked until the transaction ends, and cut off when it does nothing for too long.
_CLAIM = Statement("""
    SELECT pg_try_advisory_xact_lock(:lock) AS claimed, pg_postmaster_start_time() AS server,
        (SELECT holder FROM relay_holder WHERE lane = :lane) AS holder
    FROM set_config('idle_in_transaction_session_timeout', :idle, true)
""")
OLDEST_SQL: Final = """
    SELECT position, id, aggregatetype, aggregateid, type, payload, time, sequence, correlation, causation, bytes
    FROM (
        SELECT *, sum(coalesce(octet_length(payload), 0)) OVER (ORDER BY position) AS bytes
        FROM (
            SELECT * FROM outbox
            WHERE lane = :lane AND position > :floor AND aggregatetype <> ALL(CAST(:topics AS text[]))
              AND aggregatetype || ' ' || aggregateid <> ALL(CAST(:keys AS text[]))
            ORDER BY position LIMIT :most
        ) AS oldest
    ) AS measured
    WHERE bytes - coalesce(octet_length(payload), 0) < :bytes ORDER BY position
"""
"""By index outbox_lane_position. A payload is not read to know its length."""
_OLDEST = Statement(OLDEST_SQL)


@dataclass(kw_only=True)
class Relay:
    """Runs until `stopping`. Raises nothing: what goes wrong is tried again. What Kafka has not acknowledged after
    `produce_seconds` goes again; `idle_seconds`, after which PostgreSQL frees the lane of a frozen relay, must be longer.
    `keep`: facts stay for some days, see `sent_rows`.
    """

    database: AsyncEngine
    kafka: Brokers
    service: str
    lane: str
    bell: Bell
    stopping: asyncio.Event
    keep: bool = True
    idle_seconds: float = 10.0
    produce_seconds: float = PRODUCE_SECONDS
    claimed_elsewhere: bool = field(default=False, init=False)
    failures: Failures = field(init=False)
    _holder: UUID | None = field(default=None, init=False)
    _floor: OutboxFloor = field(default_factory=OutboxFloor, init=False)
    _horizon_at: float = field(default=0.0, init=False)
    _share: float = field(default=LARGEST_SHARE, init=False)
    _more: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.failures = Failures(lane=self.lane)
        self._doorbell = Doorbell(self.database)
        self._producer = FencedProducer(kafka=self.kafka, service=self.service, lane=self.lane)

    async def run(self) -> None:
        doubts, rung_here = RELAY_DOUBTS.labels(self.lane), False
        try:
            while not self.stopping.is_set():
                await retry_forever(self.round, self.stopping, f"relay {self.lane}", lambda _: doubts.inc())
                if self.claimed_elsewhere and rung_here:
                    # The relay that has the lane may have looked before our rows were there: it must look again.
                    self._doorbell.notify([self.lane])
                rung_here = False
                if not self._more:
                    rung_here = await self.bell.wait(self.lane, self._longest_wait())
        except Stopped:
            return
        finally:
            if rung_here or self.bell.rung_here(self.lane):
                # Committed by this process, and not taken up any more.
                self._doorbell.notify([self.lane])
            await self.end()

    def _longest_wait(self) -> float:
        due = None if self.claimed_elsewhere else self.failures.due_in(time.monotonic())
        return LONGEST_SLEEP_SECONDS if due is None else min(due, LONGEST_SLEEP_SECONDS)

    def problems(self) -> list[str]:
        """Which topics do not take what they should: a sentence each."""
        return self.failures.problems()

    async def round(self) -> int:
        """Move the oldest rows, as far as Kafka takes them; how many. 0 as well when another relay has the lane."""
        began = time.monotonic()
        aside = self.failures.aside(began)
        async with self.database.begin() as connection:
            rows = await self._claim(connection, aside)
            outcome = await self._produce(connection, rows) if rows else Outcome()
            if outcome.acknowledged:
                await self._forget(connection, [rows[index] for index in outcome.acknowledged], outcome.offsets)
        now = time.monotonic()
        if not self.claimed_elsewhere:
            full = self._is_full(rows)
            self.failures.note(rows, outcome, aside, now=now, took=now - began, full=full)
            self._more = full or bool(outcome.failures)
            self._resize(outcome, full=full)
        RELAYED.labels(self.lane).inc(len(outcome.acknowledged))
        return len(outcome.acknowledged)

    async def _claim(self, connection: AsyncConnection, aside: frozenset[Held]) -> Sequence[Any]:
        """The lane's oldest rows; none when another relay has the lane, or nobody may publish. In no pipeline: see there."""
        lock = crc32(f"relay {self.service} {self.lane}".encode())
        (claim,) = await _CLAIM.rows(connection, {"lock": lock, "idle": f"{self.idle_seconds * 1000:.0f}", "lane": self.lane})
        self.claimed_elsewhere = self._more = False
        if not claim.claimed or not may_publish(connection):
            self.claimed_elsewhere = True
            return []
        self._holder = claim.holder
        self._floor.at_server(claim.server)
        if time.monotonic() - self._horizon_at > HORIZON_SECONDS:
            (horizon,) = await HORIZON.rows(connection)
            self._floor.note(horizon.drawn, horizon.writers)
            self._horizon_at = time.monotonic()
        return await self._oldest(connection, aside)

    async def _oldest(self, connection: AsyncConnection, aside: frozenset[Held]) -> Sequence[Any]:
        rows = await _OLDEST.rows(
            connection,
            {
                "lane": self.lane,
                "floor": max(self._floor.below(aside), self._floor.below(NOTHING_ASIDE)),
                "topics": [held.topic for held in aside if held.key is None],
                "keys": [f"{held.topic} {held.key}" for held in aside if held.key is not None],
                "most": self._most_rows,
                "bytes": self._most_bytes,
            },
        )
        self._floor.keep((aside, NOTHING_ASIDE))
        self._floor.rise(aside, rows[0].position if rows else None)
        return rows

    @property
    def _most_rows(self) -> int:
        return max(1, round(ROWS_A_ROUND * self._share))

    @property
    def _most_bytes(self) -> int:
        return max(1, round(BYTES_A_ROUND * self._share))

    def _is_full(self, rows: Sequence[Any]) -> bool:
        """There may be more than these."""
        return len(rows) == self._most_rows or (bool(rows) and rows[-1].bytes >= self._most_bytes)

    def _resize(self, outcome: Outcome, *, full: bool) -> None:
        """What could not be sent in time is halved, down to a single row; what could grows again."""
        if any(isinstance(failure.error, TimeoutError) for failure in outcome.failures):
            RELAY_DOUBTS.labels(self.lane).inc()
            self._share = max(SMALLEST_SHARE, self._share / 2)
        elif full:
            self._share = min(LARGEST_SHARE, self._share * 2)

    async def _produce(self, connection: AsyncConnection, rows: Sequence[Any]) -> Outcome:
        outgoing = [self._outgoing(row) for row in rows]
        return await self._producer.attempt(connection, self._holder, outgoing, self.produce_seconds, self.failures.singly)

    async def _forget(self, connection: AsyncConnection, rows: Sequence[Any], offsets: Offsets) -> None:
        await take_out(connection, rows, offsets, keep=self.keep)

    def _outgoing(self, row: Any) -> Outgoing:
        _, event, topic, subject, kind, payload, *rest, _ = row
        return Outgoing(topic, subject.encode(), payload, headers_of(event, self.service, kind, subject, *rest))

    async def end(self) -> None:
        """Its producer, with whatever it has in hand."""
        await self._producer.end()
