"""What the database says about each partition that was read: from where to read on, and by what we would know it again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import TopicPartition
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.statements import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRecord:
    """The last one that was read: its offset, its time in Kafka in milliseconds since 1970 (-1: unknown), and its digest."""

    offset: int
    time_ms: int
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOffset:
    """`last` is None where nothing was read yet, or by a release that did not keep it, or where `next` was set by hand."""

    next: int
    topic_id: str | None = None
    last: LastRecord | None = None


_LOAD = Statement("""
    SELECT topic, partition, next, topic_id, last_offset, last_time, last_digest FROM read_offset WHERE topic = ANY(:topics)
""")
_KNOW = Statement("""
    INSERT INTO read_offset (topic, partition, next, topic_id)
    SELECT * FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS int[]), CAST(:nexts AS bigint[]), CAST(:ids AS text[]))
    ON CONFLICT (topic, partition) DO UPDATE SET topic_id = excluded.topic_id
""")
_BEGIN_ANEW = Statement("""
    INSERT INTO read_offset (topic, partition, next, topic_id)
    SELECT * FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS int[]), CAST(:nexts AS bigint[]), CAST(:ids AS text[]))
    ON CONFLICT (topic, partition) DO UPDATE
    SET next = excluded.next, topic_id = excluded.topic_id, last_offset = NULL, last_time = NULL, last_digest = NULL
""")
# Below all offsets that Kafka gives, and below those that were moved there before.
_MOVE_COORDINATES = """
    UPDATE {table} t SET "offset" = t."offset" - old.width
    FROM (
        SELECT topic, partition, max("offset") - least(min("offset"), 0) + 1 AS width
        FROM {table} JOIN unnest(CAST(:topics AS text[]), CAST(:partitions AS int[])) AS given (topic, partition)
        USING (topic, partition)
        GROUP BY topic, partition
    ) AS old
    WHERE t.topic = old.topic AND t.partition = old.partition
"""
_MOVE_PARKED = Statement(_MOVE_COORDINATES.format(table="parking_lot"))
_MOVE_SKIPPED = Statement(_MOVE_COORDINATES.format(table="skipped"))


async def load(connection: AsyncConnection, topics: Collection[str]) -> dict[TopicPartition, ReadOffset]:
    rows = await _LOAD.rows(connection, {"topics": list(topics)})
    return {TopicPartition(row.topic, row.partition): _read_offset(row) for row in rows}


def _read_offset(row: Any) -> ReadOffset:
    last = None
    if row.last_digest is not None and row.last_offset == row.next - 1:
        last = LastRecord(offset=row.last_offset, time_ms=row.last_time, digest=bytes(row.last_digest))
    return ReadOffset(next=row.next, topic_id=row.topic_id, last=last)


async def keep_topic_ids(connection: AsyncConnection, offsets: Mapping[TopicPartition, ReadOffset]) -> None:
    """From now on they are known by their topic's id. Where something was read before, from where to read on stays as it is."""
    if offsets:
        await _KNOW.send(connection, _columns(offsets))


async def begin_anew(connection: AsyncConnection, offsets: Mapping[TopicPartition, ReadOffset]) -> None:
    """Read from there. Kafka may give the offsets that we know to other records: ours move out of their way."""
    if offsets:
        columns = _columns(offsets)
        await _BEGIN_ANEW.send(connection, columns)
        partitions = {"topics": columns["topics"], "partitions": columns["partitions"]}
        await _MOVE_PARKED.send(connection, partitions)
        await _MOVE_SKIPPED.send(connection, partitions)


def _columns(offsets: Mapping[TopicPartition, ReadOffset]) -> dict[str, Sequence[object]]:
    partitions = sorted(offsets)
    return {
        "topics": [partition.topic for partition in partitions],
        "partitions": [partition.partition for partition in partitions],
        "nexts": [offsets[partition].next for partition in partitions],
        "ids": [offsets[partition].topic_id for partition in partitions],
    }
