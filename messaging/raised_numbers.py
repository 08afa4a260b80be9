"""Brings a database that has forgotten its last commits up to what Kafka has of them: no number is given twice after that.

What stood in the lost rows is not brought back, but named: aggregates that only Kafka knows, and those that went on there. What
begins anew under an id that Kafka knows goes on behind the numbers it has there (`given_numbers`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiokafka import TopicPartition
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contracts.envelope import Unreadable, read_data
from contracts.topics import Kind
from messaging import given_numbers, published_offsets
from messaging.kafka_access import Brokers
from messaging.own_records import OwnRecord, own_records
from messaging.partition_logs import PartitionLog, open_partition_logs, partitions_of
from messaging.publication import Counters, Numbered, Publication
from messaging.published_offsets import PublishedOffset
from messaging.statements import Statement


@dataclass(slots=True, kw_only=True)
class Raised:
    """`behind`: aggregates that lack what their last events did; `absent`: those that only Kafka knows. Each as `topic/id`.
    `counters`: how many of the service's own were raised.
    """

    behind: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    counters: int = 0


async def raise_numbers(
    kafka: Brokers, database: AsyncEngine, publication: Publication, *, from_beginning: bool = False
) -> Raised:
    """Harmless where nothing was forgotten, and when it is done again. `from_beginning`: all that Kafka has is read, also what
    the database says it knows. Raises KafkaError, and what the database raises.
    """
    names = [name for topic in publication.topics for name in topic.names()]
    async with database.connect() as connection:
        known = await published_offsets.load(connection, names)
    lasts: dict[str, dict[str, int]] = {}
    counters = publication.counters() if publication.counters is not None else None
    partitions = await partitions_of(kafka, names)
    async with open_partition_logs(kafka) as logs:
        there = await logs.describe(partitions)
        ends = {partition: log.end for partition, log in there.items()}
        starts = {p: log.begin for p, log in there.items()} if from_beginning else published_offsets.starts(known, there)
        async for records in logs.records(starts, ends):
            for own in own_records(records):
                _note(own, publication, lasts, counters)
    async with database.begin() as connection:
        return await _save(connection, publication, lasts, counters, there)


def _note(own: OwnRecord, publication: Publication, lasts: dict[str, dict[str, int]], counters: Counters | None) -> None:
    topic, attributes = publication.of(own.record.topic).topic, own.attributes
    of_topic = lasts.setdefault(topic.base, {})
    of_topic[attributes.subject] = max(attributes.sequence, of_topic.get(attributes.subject, 0))
    if counters is None or topic.kind is not Kind.FACTS:
        return
    try:
        event = read_data(attributes, own.record.value)
    except Unreadable:
        return  # its number counts all the same
    if event is not None:
        counters.note(event)


async def _save(
    connection: AsyncConnection,
    publication: Publication,
    lasts: Mapping[str, Mapping[str, int]],
    counters: Counters | None,
    there: Mapping[TopicPartition, PartitionLog],
) -> Raised:
    result = Raised()
    for numbered in publication.numbered:
        base = numbered.topic.base
        rows = await _raise(connection, numbered, lasts.get(base, {}))
        lower = [row for row in rows if (row.number or 0) < row.last]
        await given_numbers.keep(connection, base, {row.id: row.last for row in lower if not row.raised})
        result.behind += [f"{base}/{row.id}" for row in lower if row.number is not None]
        result.absent += [f"{base}/{row.id}" for row in lower if row.number is None]
    if counters is not None:
        result.counters = await counters.save(connection)
    await published_offsets.keep(
        connection, {partition: PublishedOffset(next=log.end, topic_id=log.topic_id) for partition, log in there.items()}
    )
    return result


async def _raise(connection: AsyncConnection, numbered: Numbered, lasts: Mapping[str, int]) -> list[Any]:
    """Row by row: the id, its last number in Kafka, whether it was raised, the number before (None: no such row)."""
    table, number, only = numbered.table, numbered.number, numbered.only
    statement = Statement(f"""
        WITH given AS (
            SELECT * FROM unnest(CAST(:ids AS text[]), CAST(:lasts AS bigint[])) AS given (id, last)
        ), raised AS (
            UPDATE {table} t SET {number} = given.last FROM given
            WHERE t.id = given.id AND coalesce(t.{number}, 0) < given.last AND ({only}) RETURNING t.id
        )
        SELECT given.id, given.last, raised.id IS NOT NULL AS raised,
            CASE WHEN before.id IS NOT NULL THEN coalesce(before.{number}, 0) END AS number
        FROM given LEFT JOIN raised USING (id) LEFT JOIN {table} AS before ON before.id = given.id ORDER BY given.id
    """)  # noqa: S608 -- our own words
    ids = sorted(lasts)
    return list(await statement.rows(connection, {"ids": ids, "lasts": [lasts[ident] for ident in ids]}))
