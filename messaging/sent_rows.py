"""Facts that Kafka has acknowledged are kept for some days, so that what Kafka loses can be published again.

They are moved by the statement that takes them out of the outbox, into the partition of the day. A partition is emptied as a
whole before its turn comes again. State is not kept: its newest version stands in the service's own tables, and a contact must
be forgotten within seconds. Published again, a fact changes nothing where it is known: readers go by its number.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contracts.topics import Kind
from messaging.backoff import Stopped, retry_forever
from messaging.doorbell import ring_after_commit
from messaging.published_offsets import KEEP_SQL, Offsets, columns
from messaging.records import TOPIC_BY_NAME
from messaging.statements import Statement
from messaging.tables import SENT_SLOTS

EVERY_SECONDS: Final = 3600.0
MOST_DAYS: Final = SENT_SLOTS - 2
"""The day under way and the one that comes next have partitions too."""
_DAY: Final = "CAST(extract(epoch FROM now()) AS bigint) / 86400"
_COLUMNS: Final = "id, aggregatetype, aggregateid, type, payload, lane, sequence, time, correlation, causation"

log = structlog.get_logger(__name__)
# By primary key.
_DELETE = Statement(f"WITH acknowledged AS ({KEEP_SQL}) DELETE FROM outbox WHERE position = ANY(:positions)")  # noqa: S608
_MOVE = Statement(f"""
    WITH acknowledged AS ({KEEP_SQL}), gone AS (DELETE FROM outbox WHERE position = ANY(:positions) RETURNING *)
    INSERT INTO outbox_sent (slot, sent_at, position, {_COLUMNS})
    SELECT {_DAY} % {SENT_SLOTS}, now(), position, {_COLUMNS} FROM gone WHERE aggregatetype = ANY(CAST(:kept AS text[]))
""")  # noqa: S608 -- our own words
# What was published again stands there twice.
_REPUBLISH = Statement(f"""
    WITH again AS (
        SELECT DISTINCT ON (id) * FROM outbox_sent WHERE sent_at >= :since ORDER BY id, position
    ), written AS (
        INSERT INTO outbox ({_COLUMNS}) SELECT {_COLUMNS} FROM again ORDER BY position RETURNING lane
    )
    SELECT lane, count(*) AS number FROM written GROUP BY lane
""")  # noqa: S608 -- our own words
_OLDEST = Statement("SELECT min(sent_at) AS oldest FROM outbox_sent")
_TODAY = Statement(f"SELECT {_DAY} AS day")
_IS_USED = Statement("SELECT EXISTS (SELECT FROM outbox_sent WHERE slot = :slot) AS used")
_BRIEFLY = Statement("SET LOCAL lock_timeout = '1s'")
_EMPTY: Final = tuple(Statement(f"TRUNCATE outbox_sent_{slot}") for slot in range(SENT_SLOTS))


async def take_out(connection: AsyncConnection, rows: Sequence[Any], offsets: Offsets, *, keep: bool) -> None:
    """Of the outbox, what Kafka has acknowledged up to these offsets; facts are kept."""
    kept = [topic for topic in {row.aggregatetype for row in rows} if keep and _is_of_facts(topic)]
    values = columns(offsets) | {"positions": [row.position for row in rows]}
    if kept:
        await _MOVE.send(connection, values | {"kept": kept})
    else:
        await _DELETE.send(connection, values)


def _is_of_facts(name: str) -> bool:
    topic = TOPIC_BY_NAME.get(name)
    return topic is not None and topic.kind is Kind.FACTS


def is_of_state(name: str) -> bool:
    topic = TOPIC_BY_NAME.get(name)
    return topic is not None and topic.kind is Kind.STATE


async def republish(connection: AsyncConnection, since: datetime) -> int:
    """Put what was sent since then into the outbox again, in its order; how many rows."""
    lanes = {row.lane: row.number for row in await _REPUBLISH.rows(connection, {"since": since})}
    if lanes:
        await ring_after_commit(connection, lanes.keys())
    return sum(lanes.values())


async def kept_since(connection: AsyncConnection) -> datetime | None:
    """When the oldest of them was sent."""
    (row,) = await _OLDEST.rows(connection)
    oldest: datetime | None = row.oldest
    return oldest


def outdated_slots(day: int, days: int) -> Iterable[int]:
    """Whose rows are older than that, or come next; the day of each is counted from 1970 in UTC."""
    fresh = {(day - ago) % SENT_SLOTS for ago in range(days + 1)}
    return [slot for slot in range(SENT_SLOTS) if slot not in fresh]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPurge:
    """Runs until `stopping`, every hour. `days`: how long sent rows are kept, besides the day under way."""

    database: AsyncEngine
    days: int
    stopping: asyncio.Event

    async def run(self) -> None:
        try:
            while not self.stopping.is_set():
                await retry_forever(self.round, self.stopping, "old sent rows")
                await self._rest()
        except Stopped:
            log.debug("purge stopped")

    async def round(self) -> list[int]:
        """Which partitions were emptied. One that somebody reads, as a backup does for long, is left for the next time."""
        async with self.database.begin() as connection:
            (today,) = await _TODAY.rows(connection)
        return [slot for slot in outdated_slots(today.day, self.days) if await self._empty(slot)]

    async def _empty(self, slot: int) -> bool:
        try:
            async with self.database.begin() as connection:
                (answer,) = await _IS_USED.rows(connection, {"slot": slot})
                if answer.used:
                    await _BRIEFLY.send(connection)
                    await _EMPTY[slot].send(connection)
                return bool(answer.used)
        except psycopg.errors.LockNotAvailable:
            log.info("sent rows stay a little longer: somebody reads them", slot=slot)
            return False

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self.stopping.wait(), EVERY_SECONDS)
        except TimeoutError:
            return
