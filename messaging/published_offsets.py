"""How far the database knows its service's own topics: per partition, the offset behind the last record that Kafka acknowledged.

It is written by the statement that takes the acknowledged rows out of the outbox, so a database that was restored says what it
has forgotten. A record behind that offset is known all the same if its row is in the outbox still, as after a crash between
Kafka's acknowledgement and the commit, or among the sent ones.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiokafka import TopicPartition
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.topics import Kind
from messaging.own_records import OwnRecord
from messaging.partition_logs import PartitionLog
from messaging.publication import Numbered, Publication
from messaging.statements import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedOffset:
    next: int
    topic_id: str | None

    def start_in(self, log: PartitionLog) -> int:
        """From where on there may be records that are not known. Of a topic that was made anew nothing is."""
        made_anew = self.topic_id is not None and log.topic_id not in {None, self.topic_id}
        return log.begin if made_anew else max(log.begin, self.next)


Offsets = Mapping[TopicPartition, PublishedOffset]

_GIVEN: Final = """
    SELECT * FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS int[]), CAST(:ids AS text[]), CAST(:nexts AS bigint[]))
"""
KEEP_SQL: Final = f"""
    INSERT INTO published_offset (topic, partition, topic_id, next) {_GIVEN}
    ON CONFLICT (topic, partition) DO UPDATE SET
        topic_id = coalesce(excluded.topic_id, published_offset.topic_id),
        next = CASE WHEN excluded.topic_id <> published_offset.topic_id THEN excluded.next
                    ELSE greatest(published_offset.next, excluded.next) END
"""
"""With the parameters of `columns`. Another topic under the same name begins anew; else two relays may share a partition."""
_KEEP = Statement(KEEP_SQL)
_BEGIN = Statement(f"INSERT INTO published_offset (topic, partition, topic_id, next) {_GIVEN} ON CONFLICT DO NOTHING")
_LOAD = Statement("SELECT topic, partition, topic_id, next FROM published_offset WHERE topic = ANY(:topics)")
# A row that is taken out meanwhile is not in the outbox any more, and its offset is behind `next` then: one statement sees both.
_NOT_ON_ITS_WAY = Statement("""
    SELECT given.id FROM unnest(CAST(:ids AS text[]), CAST(:topics AS text[]), CAST(:partitions AS int[]),
        CAST(:offsets AS bigint[])) AS given (id, topic, partition, "offset")
    LEFT JOIN published_offset p ON p.topic = given.topic AND p.partition = given.partition AND p.topic_id = :topic_id
    WHERE coalesce(p.next, 0) <= given."offset" AND NOT EXISTS (SELECT FROM outbox o WHERE o.id = given.id)
""")
_NOT_SENT = Statement("""
    SELECT given.id FROM unnest(CAST(:ids AS text[])) AS given (id)
    WHERE NOT EXISTS (SELECT FROM outbox_sent s WHERE s.id = given.id)
""")
_COMPARED = Statement("SELECT identity FROM compared_database")
_KEEP_COMPARED = Statement("""
    INSERT INTO compared_database (id, identity) VALUES (1, :identity)
    ON CONFLICT (id) DO UPDATE SET identity = excluded.identity WHERE compared_database.identity <> excluded.identity
""")


def columns(offsets: Offsets) -> dict[str, Any]:
    """In the order of the partitions, so that two who share some never deadlock."""
    partitions = sorted(offsets)
    return {
        "topics": [partition.topic for partition in partitions],
        "partitions": [partition.partition for partition in partitions],
        "ids": [offsets[partition].topic_id for partition in partitions],
        "nexts": [offsets[partition].next for partition in partitions],
    }


def starts(known: Offsets, there: Mapping[TopicPartition, PartitionLog]) -> dict[TopicPartition, int]:
    """From where on each partition may have what is not known: one that this database never wrote to, from its beginning."""
    return {partition: known[partition].start_in(log) if partition in known else log.begin for partition, log in there.items()}


async def load(connection: AsyncConnection, topics: Collection[str]) -> dict[TopicPartition, PublishedOffset]:
    rows = await _LOAD.rows(connection, {"topics": list(topics)})
    return {TopicPartition(row.topic, row.partition): PublishedOffset(next=row.next, topic_id=row.topic_id) for row in rows}


async def keep(connection: AsyncConnection, offsets: Offsets) -> None:
    if offsets:
        await _KEEP.send(connection, columns(offsets))


async def begin(connection: AsyncConnection, offsets: Offsets) -> None:
    """Of partitions of which nothing is known; others stay as they are."""
    if offsets:
        await _BEGIN.send(connection, columns(offsets))


async def compared_identity(connection: AsyncConnection) -> str | None:
    """Of the database that was last compared with its topics. A restored one says which it was."""
    return next((row.identity for row in await _COMPARED.rows(connection)), None)


async def keep_compared(connection: AsyncConnection, identity: str) -> None:
    await _KEEP_COMPARED.send(connection, {"identity": identity})


async def unknown(
    connection: AsyncConnection, publication: Publication, records: Sequence[OwnRecord], topic_id: str | None
) -> list[OwnRecord]:
    """Those of one topic that the database has never published. A state is known as well by its version: nobody keeps its row."""
    if not records:
        return []
    sought = {
        "ids": [own.attributes.id for own in records],
        "topics": [own.record.topic for own in records],
        "partitions": [own.record.partition for own in records],
        "offsets": [own.record.offset for own in records],
        "topic_id": topic_id,
    }
    ids = {row.id for row in await _NOT_ON_ITS_WAY.rows(connection, sought)}
    if ids:
        ids = {row.id for row in await _NOT_SENT.rows(connection, {"ids": list(ids)})}
    left = [own for own in records if own.attributes.id in ids]
    numbered = publication.of(records[0].record.topic)
    if not left or numbered.topic.kind is Kind.FACTS:
        return left
    versions = await numbers(connection, numbered, [own.attributes.subject for own in left])
    return [own for own in left if own.attributes.sequence > versions.get(own.attributes.subject, 0)]


async def numbers(connection: AsyncConnection, numbered: Numbered, subjects: Collection[str]) -> dict[str, int]:
    """The last numbers that the service's own table knows of these aggregates. By primary key."""
    select = Statement(f"SELECT id, coalesce({numbered.number}, 0) AS number FROM {numbered.table} WHERE id = ANY(:ids)")  # noqa: S608
    return {row.id: row.number for row in await select.rows(connection, {"ids": list(subjects)})}
