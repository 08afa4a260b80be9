"""What Kafka has of partitions, asked beside the consumer: its own connection answers only when the fetch under way has."""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from messaging.client_start import uncut
from messaging.kafka_access import Brokers, client_arguments
from messaging.records import Record
from messaging.topic_identity import topic_ids

_WAIT_MS: Final = 500
_AT_ONCE: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionLog:
    """Offsets `begin` to `end` - 1 are there. `topic_id` is None where Kafka knows no such topic any more."""

    begin: int
    end: int
    topic_id: str | None


class PartitionLogs:
    """Every method raises KafkaError."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer

    async def describe(self, partitions: Collection[TopicPartition]) -> dict[TopicPartition, PartitionLog]:
        ids = await self.topic_ids({partition.topic for partition in partitions})
        begins = await self._consumer.beginning_offsets(partitions)
        ends = await self._consumer.end_offsets(partitions)
        return {
            partition: PartitionLog(begin=begins[partition], end=ends[partition], topic_id=ids.get(partition.topic))
            for partition in partitions
        }

    async def topic_ids(self, names: Collection[str]) -> dict[str, str]:
        return await topic_ids(self._consumer._client, names)  # noqa: SLF001 -- aiokafka's consumer asks for no such thing

    async def records(
        self, starts: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int]
    ) -> AsyncIterator[list[Record]]:
        """Of each partition from its start up to its end, some at a time."""
        reading = {partition for partition, start in starts.items() if start < ends[partition]}
        self._consumer.assign(reading)
        for partition in reading:
            self._consumer.seek(partition, starts[partition])
        while reading:
            polled = await self._consumer.getmany(timeout_ms=_WAIT_MS, max_records=_AT_ONCE)
            yield [
                Record.of(raw)
                for raws in polled.values()
                for raw in raws
                if raw.offset < ends[TopicPartition(raw.topic, raw.partition)]
            ]
            reading = {partition for partition in reading if await self._consumer.position(partition) < ends[partition]}

    async def offsets_since(self, times: Mapping[TopicPartition, int]) -> dict[TopicPartition, int | None]:
        """The first offset whose record is of that time (milliseconds since 1970) or later; None where there is none."""
        offsets = await self._consumer.offsets_for_times(dict(times)) if times else {}
        return {partition: None if answer is None else answer.offset for partition, answer in offsets.items()}


async def partitions_of(kafka: Brokers, names: Collection[str]) -> list[TopicPartition]:
    """All that these topics have, also those that were added to them. Raises KafkaError."""
    admin = AIOKafkaAdminClient(**client_arguments(kafka), request_timeout_ms=10_000)
    try:
        await uncut(admin.start())
        described = await admin.describe_topics(list(names))
    finally:
        await admin.close()
    return sorted(
        TopicPartition(topic["topic"], partition["partition"]) for topic in described for partition in topic["partitions"]
    )


@asynccontextmanager
async def open_partition_logs(kafka: Brokers) -> AsyncIterator[PartitionLogs]:
    """Raises KafkaError."""
    consumer = AIOKafkaConsumer(
        **client_arguments(kafka),
        client_id="motcua-partition-logs",
        group_id=None,
        enable_auto_commit=False,
        request_timeout_ms=10_000,
        isolation_level="read_committed",
    )
    try:
        await uncut(consumer.start())
        yield PartitionLogs(consumer)
    finally:
        await consumer.stop()
