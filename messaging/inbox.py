"""How far a consumer has come: per publisher and aggregate the last number applied, per partition the next offset to read.

Both are written in the batch's transaction. The row lock on an inbox row is what makes two consumers of one aggregate take turns.
"""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.records import Record
from messaging.statements import Answers, Statement

AggregateKey = tuple[str, str]
"""(publisher, aggregate id)"""

# By primary key, in key order, so that two batches that share aggregates never deadlock.
_CREATE = Statement("""
    INSERT INTO inbox (source, subject, last)
    SELECT source, subject, 0 FROM unnest(CAST(:sources AS text[]), CAST(:subjects AS text[])) AS given (source, subject)
    ORDER BY source, subject
    ON CONFLICT DO NOTHING
""")
_LOCK = Statement("""
    SELECT p.source, p.subject, p.last
    FROM inbox p
    JOIN unnest(CAST(:sources AS text[]), CAST(:subjects AS text[])) AS given (source, subject) USING (source, subject)
    ORDER BY p.source, p.subject
    FOR UPDATE OF p
""")
_SAVE = Statement("""
    UPDATE inbox p SET last = given.last
    FROM unnest(CAST(:sources AS text[]), CAST(:subjects AS text[]), CAST(:lasts AS bigint[])) AS given (source, subject, last)
    WHERE p.source = given.source AND p.subject = given.subject
""")
_SAVE_OFFSETS = Statement("""
    INSERT INTO read_offset (topic, partition, next, last_offset, last_time, last_digest)
    SELECT topic, partition, last + 1, last, time, digest
    FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS int[]), CAST(:lasts AS bigint[]), CAST(:times AS bigint[]),
                CAST(:digests AS bytea[])) AS given (topic, partition, last, time, digest)
    ON CONFLICT (topic, partition) DO UPDATE
    SET next = excluded.next, last_offset = excluded.last_offset, last_time = excluded.last_time,
        last_digest = excluded.last_digest
""")
_OFFSETS = Statement("""
    SELECT topic, partition, next
    FROM read_offset JOIN unnest(CAST(:topics AS text[]), CAST(:partitions AS int[])) AS given (topic, partition)
    USING (topic, partition)
""")


async def lock(connection: AsyncConnection, aggregates: Sequence[AggregateKey]) -> dict[AggregateKey, int]:
    """Lock the aggregates' inbox rows, new ones at 0, and return them."""
    return await locked(await send_lock(connection, aggregates)) if aggregates else {}


async def send_lock(connection: AsyncConnection, aggregates: Sequence[AggregateKey]) -> Answers:
    """As `lock`, to be read by `locked`."""
    keys = {"sources": [source for source, _ in aggregates], "subjects": [subject for _, subject in aggregates]}
    await _CREATE.send(connection, keys)
    return await _LOCK.send(connection, keys)


async def locked(answers: Answers) -> dict[AggregateKey, int]:
    return {(row.source, row.subject): row.last for row in await answers.rows()}


async def save(connection: AsyncConnection, lasts: Mapping[AggregateKey, int]) -> None:
    if lasts:
        await _SAVE.send(
            connection,
            {
                "sources": [source for source, _ in lasts],
                "subjects": [subject for _, subject in lasts],
                "lasts": list(lasts.values()),
            },
        )


async def save_offsets(connection: AsyncConnection, records: Sequence[Record]) -> None:
    """Remember to read on behind these records, and by what the last of each partition is known."""
    lasts = last_of(records)
    if lasts:
        partitions = sorted(lasts)
        await _SAVE_OFFSETS.send(
            connection,
            {
                "topics": [topic for topic, _ in partitions],
                "partitions": [number for _, number in partitions],
                "lasts": [lasts[partition].offset for partition in partitions],
                "times": [lasts[partition].time_ms for partition in partitions],
                "digests": [lasts[partition].digest for partition in partitions],
            },
        )


def last_of(records: Sequence[Record]) -> dict[tuple[str, int], Record]:
    """(topic, partition) -> the record with the highest offset."""
    lasts: dict[tuple[str, int], Record] = {}
    for record in records:
        partition = (record.topic, record.partition)
        if partition not in lasts or lasts[partition].offset < record.offset:
            lasts[partition] = record
    return lasts


def next_of(records: Sequence[Record]) -> dict[tuple[str, int], int]:
    """(topic, partition) -> the offset behind these records."""
    return {partition: record.offset + 1 for partition, record in last_of(records).items()}


async def next_offsets(connection: AsyncConnection, partitions: Collection[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """(topic, partition) -> from where to read on, for those of these that were ever read."""
    return await offsets(await send_next_offsets(connection, partitions))


async def send_next_offsets(connection: AsyncConnection, partitions: Collection[tuple[str, int]]) -> Answers:
    """As `next_offsets`, to be read by `offsets`."""
    keys = {"topics": [topic for topic, _ in partitions], "partitions": [number for _, number in partitions]}
    return await _OFFSETS.send(connection, keys)


async def offsets(answers: Answers) -> dict[tuple[str, int], int]:
    return {(row.topic, row.partition): row.next for row in await answers.rows()}
