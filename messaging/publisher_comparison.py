"""Whether Kafka has of a service's own topics what its database does not know: then the database was restored, or failed over
without its last commits, and numbers that it gives have been given to others.

Only what lies behind the last known acknowledgement is read: usually nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from aiokafka import TopicPartition
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging import published_offsets
from messaging.database_identity import identity_of
from messaging.kafka_access import Brokers
from messaging.own_records import OwnRecord, own_records
from messaging.partition_logs import PartitionLog, PartitionLogs, open_partition_logs, partitions_of
from messaging.publication import Publication
from messaging.published_offsets import PublishedOffset


class DatabaseChanged(Exception):  # noqa: N818 -- a finding: it is compared again
    """It is not the one any more with which the comparison began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`unknown`: a record that the database never published, the first that was met; None: there is none. `fresh`: partitions of
    which the database knew nothing, with their ends. `identity`: of the database that was compared.
    """

    identity: str
    unknown: OwnRecord | None
    fresh: Mapping[TopicPartition, PublishedOffset] = field(default_factory=dict)


async def compare(kafka: Brokers, database: AsyncEngine, publication: Publication) -> Comparison:
    """Raises KafkaError, and what the database raises."""
    names = [name for topic in publication.topics for name in topic.names()]
    async with database.connect() as connection:
        identity = identity_of(connection)
        known = await published_offsets.load(connection, names)
        goes_on = await published_offsets.compared_identity(connection) == identity
    partitions = await partitions_of(kafka, names)
    async with open_partition_logs(kafka) as logs:
        there = await logs.describe(partitions)
        fresh = {
            partition: PublishedOffset(next=log.end, topic_id=log.topic_id)
            for partition, log in there.items()
            if partition not in known
        }
        # It was used by a release that did not keep offsets: from here on they are kept.
        starts = {} if goes_on and not known else published_offsets.starts(known, there)
        unknown = await _first_unknown(logs, database, publication, starts, there)
    return Comparison(identity=identity, unknown=unknown, fresh=fresh)


async def _first_unknown(
    logs: PartitionLogs,
    database: AsyncEngine,
    publication: Publication,
    starts: Mapping[TopicPartition, int],
    there: Mapping[TopicPartition, PartitionLog],
) -> OwnRecord | None:
    async for records in logs.records(starts, {partition: log.end for partition, log in there.items()}):
        by_topic: dict[str, list[OwnRecord]] = {}
        for own in own_records(records):
            by_topic.setdefault(own.record.topic, []).append(own)
        async with database.connect() as connection:
            for topic, owns in by_topic.items():
                topic_id = there[TopicPartition(topic, owns[0].record.partition)].topic_id
                if unknown := await published_offsets.unknown(connection, publication, owns, topic_id):
                    return unknown[0]
    return None
