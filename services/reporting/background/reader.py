"""All partitions of the topics that reporting reads, from their beginning, whatever lanes this process serves.

It has no consumer group: nothing that it reads moves the live consumers.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.topics import Topic
from messaging.client_start import uncut
from messaging.kafka_access import Brokers, client_arguments
from messaging.partition_logs import partitions_of
from messaging.records import Record

_WAIT_MS = 500


class Reader:
    """Offsets are read up to the ends that Kafka named when last asked (`refresh_ends`), or up to those of another reader."""

    def __init__(self, consumer: AIOKafkaConsumer, partitions: Sequence[TopicPartition]) -> None:
        self._consumer, self._partitions = consumer, partitions
        self._begin: dict[TopicPartition, int] = {}
        self._end: dict[TopicPartition, int] = {}
        self._next: dict[TopicPartition, int] = {}

    async def begin(self) -> None:
        self._consumer.assign(self._partitions)
        self._begin = dict(await self._consumer.beginning_offsets(self._partitions))
        for partition, offset in self._begin.items():
            self._consumer.seek(partition, offset)
        self._next = dict(self._begin)
        await self.refresh_ends()

    async def refresh_ends(self) -> int:
        """Ask how far Kafka has come; how many offsets are left."""
        self._end = dict(await self._consumer.end_offsets(self._partitions))
        return self.left()

    def left(self, until: Mapping[tuple[str, int], int] | None = None) -> int:
        """Offsets not yet read, of all or up to the given ones."""
        return sum(max(0, self._goal(partition, until) - self._next[partition]) for partition in self._partitions)

    def _goal(self, partition: TopicPartition, until: Mapping[tuple[str, int], int] | None) -> int:
        end = self._end[partition]
        return end if until is None else min(end, until.get((partition.topic, partition.partition), 0))

    def progress(self) -> tuple[int, int]:
        """(read, to read)"""
        begun = sum(self._begin.values())
        return sum(self._next.values()) - begun, sum(self._end.values()) - begun

    async def read(self, most: int) -> list[Record]:
        """The next records, in order per partition; none if nothing has come for a moment."""
        by_partition = await self._consumer.getmany(timeout_ms=_WAIT_MS, max_records=most)
        for partition in self._partitions:
            self._next[partition] = await self._consumer.position(partition)
        return [Record.of(raw) for raws in by_partition.values() for raw in raws]


@asynccontextmanager
async def open_reader(kafka: Brokers, topics: Sequence[Topic]) -> AsyncIterator[Reader]:
    consumer = AIOKafkaConsumer(
        **client_arguments(kafka),
        client_id="motcua-replay",
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
    )
    try:
        # Stopped below even if this fails: a consumer that never found its broker holds sockets too.
        await uncut(consumer.start())
        partitions = await partitions_of(kafka, [name for topic in topics for name in topic.names()])
        reader = Reader(consumer, partitions)
        await reader.begin()
        yield reader
    finally:
        await consumer.stop()
