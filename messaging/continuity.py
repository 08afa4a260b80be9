"""Whether what Kafka has goes on from what was read; where it does not, it is said aloud and read again by time, never skipped.

A topic may have been made anew, cut off, or have let go of records before they were read. What comes twice by that has no effect
twice: the numbers of the events drop it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog
from aiokafka import TopicPartition
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging import metrics, read_offsets
from messaging.clock import system_clock
from messaging.kafka_access import Brokers
from messaging.partition_logs import PartitionLog, PartitionLogs, open_partition_logs
from messaging.read_offsets import LastRecord, ReadOffset
from messaging.records import Record

OVERLAP_MS: Final = 3_600_000
"""Publishers' clocks may be apart by as much."""
OUT_OF_RANGE: Final = "Kafka has not the offset that comes next"
ANOTHER_RECORD: Final = "where the last record was, there is another"
NOTHING: Final[Mapping[TopicPartition, str]] = {}

log = structlog.get_logger(__name__)


def discontinuity(stored: ReadOffset, there: PartitionLog) -> str | None:
    """Why the partition is not the one that was read up to there, or None."""
    if stored.topic_id is not None and there.topic_id not in {None, stored.topic_id}:
        return "the topic was made anew"
    if there.end < stored.next:
        return f"it ends at {there.end}, before {stored.next}"
    if there.begin > stored.next:
        return f"it begins at {there.begin}: what was from {stored.next} on is gone"
    return None


@dataclass(kw_only=True)
class Continuity:
    """Of the partitions of one consumer group that this process reads. `breaks`: a sentence for each that was found."""

    group: str
    kafka: Brokers
    database: AsyncEngine
    breaks: list[str] = field(default_factory=list)
    _topic_ids: dict[str, str | None] = field(default_factory=dict)
    _times: dict[TopicPartition, int] = field(default_factory=dict)
    _expected: dict[TopicPartition, LastRecord] = field(default_factory=dict)

    async def resume(
        self, partitions: Collection[TopicPartition], broken: Mapping[TopicPartition, str] = NOTHING
    ) -> dict[TopicPartition, int]:
        """From where to read them; `broken` are known not to go on. Where Kafka still has the last record that was read, it is
        read once more, to be compared.

        Raises:
            KafkaError: Kafka does not answer, or not yet as it should.
            sqlalchemy.exc.SQLAlchemyError, psycopg.Error: nor the database.
        """
        if not partitions:
            return {}
        stored = await self._stored({partition.topic for partition in partitions})
        async with open_partition_logs(self.kafka) as logs:
            there = await logs.describe(partitions)
            reasons = {
                partition: reason
                for partition in partitions
                if (row := stored.get(partition)) is not None
                and (reason := discontinuity(row, there[partition]) or broken.get(partition))
            }
            anew = await self._since(logs, {partition: stored[partition] for partition in reasons}, there)
        new = {
            partition: ReadOffset(next=there[partition].begin, topic_id=there[partition].topic_id)
            for partition in partitions
            if partition not in stored or (stored[partition].topic_id is None and there[partition].topic_id is not None)
        }
        async with self.database.begin() as connection:
            await read_offsets.keep_topic_ids(connection, new)
            await read_offsets.begin_anew(connection, anew)
        for partition, reason in reasons.items():
            self._report(partition, reason, anew[partition].next)
        self._topic_ids |= {partition.topic: there[partition].topic_id for partition in partitions}
        return self._begin(there, new | stored | anew, partitions)

    async def _stored(self, topics: Collection[str]) -> dict[TopicPartition, ReadOffset]:
        async with self.database.connect() as connection:
            return await read_offsets.load(connection, topics)

    async def _since(
        self, logs: PartitionLogs, broken: Mapping[TopicPartition, ReadOffset], there: Mapping[TopicPartition, PartitionLog]
    ) -> dict[TopicPartition, ReadOffset]:
        """By the last record's time where it is known and offsets may have been given anew; else from the beginning."""
        now = int(system_clock().timestamp() * 1000)
        lasts = {partition: self._time_of(partition, row) for partition, row in broken.items()}
        times = {
            partition: min(last, now) - OVERLAP_MS
            for partition, last in lasts.items()
            if last > OVERLAP_MS and there[partition].begin <= broken[partition].next
        }
        offsets = await logs.offsets_since(times)
        return {
            partition: ReadOffset(
                next=there[partition].begin if (offset := offsets.get(partition)) is None else offset,
                topic_id=there[partition].topic_id,
            )
            for partition in broken
        }

    def _time_of(self, partition: TopicPartition, row: ReadOffset) -> int:
        """That of the last check comes first: what was read since may be of the wrong topic already."""
        return self._times.get(partition, row.last.time_ms if row.last else -1)

    def _report(self, partition: TopicPartition, reason: str, offset: int) -> None:
        metrics.DISCONTINUITIES.labels(self.group, partition.topic).inc()
        log.error(
            "a partition does not go on from what was read; reading again",
            group=self.group,
            topic=partition.topic,
            partition=partition.partition,
            reason=reason,
            offset=offset,
        )
        self.breaks.append(self._break_warning(partition, reason, offset))

    def _break_warning(self, partition: TopicPartition, reason: str, offset: int) -> str:
        return f"{self.group}: {partition.topic}/{partition.partition}: {reason}; read again from {offset} on"

    def _begin(
        self,
        there: Mapping[TopicPartition, PartitionLog],
        rows: Mapping[TopicPartition, ReadOffset],
        partitions: Collection[TopicPartition],
    ) -> dict[TopicPartition, int]:
        starts: dict[TopicPartition, int] = {}
        for partition in partitions:
            row = rows[partition]
            starts[partition] = row.next
            self._expected.pop(partition, None)
            self._times.pop(partition, None)
            if row.last is not None:
                self._times[partition] = row.last.time_ms
                if there[partition].begin <= row.last.offset:
                    self._expected[partition] = row.last
                    starts[partition] = row.last.offset
        return starts

    def compare(self, records: Sequence[Record]) -> tuple[list[Record], dict[TopicPartition, str]]:
        """What is new of a poll, without the records that were only read again; and the partitions that do not go on.

        A record that was compacted away since cannot be compared: then the topic's id has to do.
        """
        fresh: list[Record] = []
        broken: dict[TopicPartition, str] = {}
        for record in records:
            partition = TopicPartition(record.topic, record.partition)
            last = self._expected.pop(partition, None)
            if last is None or record.offset != last.offset:
                fresh.append(record)
            elif record.digest != last.digest:
                broken[partition] = ANOTHER_RECORD
        return [record for record in fresh if TopicPartition(record.topic, record.partition) not in broken], broken

    async def check(self, partitions: Collection[TopicPartition], ids: Mapping[str, str]) -> dict[TopicPartition, str]:
        """Those whose topic has been made anew since they were resumed. Raises what the database raises."""
        topics = {partition.topic for partition in partitions}
        changed = {topic for topic in topics & ids.keys() if self._topic_ids.get(topic) != ids[topic]}
        if not changed:
            stored = await self._stored(topics)
            self._times |= {
                partition: row.last.time_ms for partition in partitions if (row := stored.get(partition)) and row.last
            }
        return {partition: "the topic was made anew" for partition in partitions if partition.topic in changed}
