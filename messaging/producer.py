"""An idempotent producer that can be told to give up, and that says of each record what became of it.

aiokafka's own `stop` waits until Kafka takes what it has in hand, and left alone it would send that behind newer rows.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, NamedTuple

import structlog
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, LeaderNotAvailableError, UnknownTopicOrPartitionError
from aiokafka.partitioner import murmur2

from messaging.client_start import uncut
from messaging.kafka_access import Brokers, client_arguments
from messaging.published_offsets import PublishedOffset
from messaging.topic_identity import topic_ids

GIVE_UP_SECONDS: Final = 2.0
LARGEST_BATCH: Final = 512 * 1024
"""Bytes of one partition in one request. aiokafka's 16 KiB make a round trip of every thirty rows; Kafka takes a megabyte."""
ID_SECONDS: Final = 30.0
KEYS_REMEMBERED: Final = 16_384
NO_LEADER: Final = (None, -1)

log = structlog.get_logger(__name__)


class Outgoing(NamedTuple):
    """One record on its way to Kafka; no value is a tombstone."""

    topic: str
    key: bytes
    value: bytes | None
    headers: list[tuple[str, bytes]]


Numbered = tuple[int, Outgoing]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a topic, or one of its partitions, takes no more. `batch`: which records Kafka was asked to take when it said so."""

    topic: str
    error: Exception
    batch: Sequence[int] = ()


@dataclass(slots=True)
class Outcome:
    """Which records Kafka has acknowledged, by their index, up to where in each partition, and what failed; of the others nobody
    knows.
    """

    acknowledged: list[int] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    offsets: dict[TopicPartition, PublishedOffset] = field(default_factory=dict)

    def add(self, part: "Outcome", indexes: Sequence[int]) -> None:
        """What became of those records, which the part counts from 0."""
        self.acknowledged += [indexes[index] for index in part.acknowledged]
        self.offsets |= part.offsets
        self.failures += [
            Failure(topic=failure.topic, error=failure.error, batch=[indexes[index] for index in failure.batch])
            for failure in part.failures
        ]


# Written in Python, and every event of a dossier has the same key.
_hash = lru_cache(KEYS_REMEMBERED)(murmur2)


class Producer(AIOKafkaProducer):  # type: ignore[misc]
    """All replicas acknowledge, no row twice from one producer; it knows its requests under way.

    `fence`: a transactional id. Taken at the start, it gives an epoch above those of all who had it; there are no transactions.
    """

    def __init__(self, kafka: Brokers, client: str | None = None, fence: str | None = None) -> None:
        super().__init__(
            **client_arguments(kafka),
            client_id=client,
            transactional_id=fence,
            acks="all",
            enable_idempotence=True,
            compression_type="zstd",
            linger_ms=0,
            max_batch_size=LARGEST_BATCH,
            request_timeout_ms=4000,
            retry_backoff_ms=50,
        )
        self._under_way: set[asyncio.Task[Any]] = set()
        self._topic_ids: dict[str, tuple[str | None, float]] = {}
        self._nexts: dict[TopicPartition, int] = {}
        self._request, self._sender._send_produce_req = self._sender._send_produce_req, self._tracked  # noqa: SLF001

    async def start(self) -> None:
        await uncut(super().start())
        self._txn_manager.transactional_id = None  # its epoch is what counts, and aiokafka would want transactions

    async def deliver(self, records: Iterable[Outgoing]) -> None:
        """All of them acknowledged, in order per key. Raises what Kafka says about the first that it does not take."""
        outcome = await self.attempt(list(records), None)
        if outcome.failures:
            raise outcome.failures[0].error

    async def attempt(self, records: Sequence[Outgoing], seconds: float | None, singly: Collection[str] = frozenset()) -> Outcome:
        """Send them, in order per key, each to the partition where Kafka's own clients would put it.

        A partition that fails ends there, the others go on. What is not acknowledged after `seconds` is in doubt. Topics in
        `singly` get one record at a time. After any failure this producer is of no more use: Kafka expects the number of a
        record that it has refused.
        """
        topics: defaultdict[str, list[Numbered]] = defaultdict(list)
        for index, record in enumerate(records):
            topics[record.topic].append((index, record))
        outcome, ended = Outcome(), set[str]()
        try:
            async with asyncio.timeout(seconds):
                await asyncio.gather(
                    *(self._send_topic(topic, rows, topic in singly, outcome, ended) for topic, rows in topics.items())
                )
        except TimeoutError:
            late = TimeoutError("Kafka has not acknowledged it in time")
            outcome.failures += [Failure(topic=topic, error=late) for topic in topics.keys() - ended]
        return outcome

    async def _send_topic(self, topic: str, rows: Sequence[Numbered], singly: bool, outcome: Outcome, ended: set[str]) -> None:
        queues: defaultdict[int, list[Numbered]] = defaultdict(list)
        try:
            number = await self._partition_count(topic)
            await self._topic_id(topic)
        except KafkaError as error:
            outcome.failures.append(Failure(topic=topic, error=error))
        else:
            for index, record in rows:
                queues[(_hash(record.key) & 0x7FFFFFFF) % number].append((index, record))
        await asyncio.gather(
            *(self._send_queue(TopicPartition(topic, partition), queue, singly, outcome) for partition, queue in queues.items())
        )
        ended.add(topic)

    async def _partition_count(self, topic: str) -> int:
        """Raises UnknownTopicOrPartitionError at once: aiokafka would wait for the topic, and the others with it."""
        cluster = self.client.cluster
        if cluster.partitions_for_topic(topic) is None:
            self.client.add_topic(topic)
            await self.client.force_metadata_update()
        partitions = cluster.partitions_for_topic(topic)
        if partitions is None:
            raise UnknownTopicOrPartitionError(topic)
        return len(partitions)

    async def _send_queue(self, partition: TopicPartition, queue: Sequence[Numbered], singly: bool, outcome: Outcome) -> None:
        """Batch after batch, each when the one before it is acknowledged: none overtakes one that was refused."""
        at = 0
        while at < len(queue):
            batch: Sequence[int] = [queue[at][0]]
            try:
                if self.client.cluster.leader_for_partition(partition) in NO_LEADER:
                    raise LeaderNotAvailableError(str(partition))
                builder, batch = self._batch(queue, at, singly)
                sent = await (await self.send_batch(builder, partition.topic, partition=partition.partition))
                outcome.offsets[partition] = await self._offset_behind(partition, sent.offset, len(batch))
            except (KafkaError, ValueError) as error:
                outcome.failures.append(Failure(topic=partition.topic, error=error, batch=batch))
                return
            outcome.acknowledged += batch
            at += len(batch)

    async def _offset_behind(self, partition: TopicPartition, first: int, number: int) -> PublishedOffset:
        """Of a batch. Offsets that go back are those of a topic that was made anew. Raises KafkaError: then it is in doubt."""
        if first < 0:
            raise KafkaError("acknowledged, and not said where")
        if first < self._nexts.get(partition, 0):
            self._topic_ids.pop(partition.topic)
        self._nexts[partition] = first + number
        return PublishedOffset(next=first + number, topic_id=await self._topic_id(partition.topic))

    async def _topic_id(self, topic: str) -> str | None:
        """Asked again after a while: a topic may be made anew under a running producer."""
        known, asked_at = self._topic_ids.get(topic, (None, -ID_SECONDS))
        if time.monotonic() - asked_at >= ID_SECONDS:
            known = (await topic_ids(self.client, [topic])).get(topic)
            self._topic_ids[topic] = known, time.monotonic()
        return known

    def _batch(self, queue: Sequence[Numbered], start: int, singly: bool) -> tuple[Any, Sequence[int]]:
        """As many of the queue as one batch takes, from `start` on."""
        builder, end = self.create_batch(), start
        for _, (_, key, value, headers) in queue[start : start + 1] if singly else queue[start:]:
            if builder.append(timestamp=None, key=key, value=value, headers=headers) is None:
                break
            end += 1
        if end == start:
            raise ValueError("a record that no batch takes")
        return builder, [index for index, _ in queue[start:end]]

    async def _tracked(self, node: int, batches: Any) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 -- aiokafka runs each request as a task
        self._under_way.add(task)
        try:
            await self._request(node, batches)
        finally:
            self._under_way.discard(task)

    async def give_up(self) -> None:
        """End at once, whatever is in hand: those rows go again, by the next producer."""
        self._closed = True
        sender = self._sender.sender_task
        ending = [task for task in (sender, *self._under_way) if task is not None]
        for task in ending:
            task.cancel()
        try:
            async with asyncio.timeout(GIVE_UP_SECONDS):
                await asyncio.gather(*ending, return_exceptions=True)
                await self.client.close()
        except Exception as error:  # noqa: BLE001 -- it is given up either way
            log.warning("a producer does not end", error=repr(error))
