"""One consumer group in this process: FastStream batch subscriber -> engine -> commit, the commit being the last step.

Offsets live in the database with what was done. At assignment the consumer seeks there, so a restored database says from
where to read on; Kafka's own committed offsets only tell the world how far we are. A topic that does not go on from what was
read is read again (`continuity`). Membership of the group does not depend on how long a batch takes.
"""

import asyncio
import contextlib
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import structlog
from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import ConsumerStoppedError, KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaMessage

from messaging import metrics
from messaging.backoff import Stopped, retry_forever
from messaging.batch import DatabaseRewound
from messaging.bell import Bell
from messaging.continuity import NOTHING, OUT_OF_RANGE, Continuity
from messaging.dead_letter_limit import DeadLetterLimitExceeded
from messaging.engine import Engine
from messaging.faults import loggable
from messaging.gapless_consumer import LONGEST_POLL_MS, NEVER_MS, GaplessConsumer
from messaging.inbox import next_of
from messaging.kafka_access import Brokers
from messaging.membership import NAMELESS, REBALANCE_MS, Membership
from messaging.outbox import PARKING_LOT
from messaging.records import Record
from messaging.work import BatchResult, Work

COMMIT_SECONDS: Final = 5.0

log = structlog.get_logger(__name__)


@dataclass(kw_only=True)
class GroupConsumer:
    """`halted` says why it stopped by itself, if it did; a restart of the process lets it try again."""

    group: str
    topics: Sequence[str]
    engine: Engine
    stopping: asyncio.Event
    bell: Bell = field(default_factory=Bell)
    check_seconds: float = 30.0
    halted: str | None = None
    batch_started: float | None = None
    batch_ended: float = 0.0
    attempted_at: float = 0.0
    subscriber: Any = None
    continuity: Continuity = field(init=False)
    _committed: dict[tuple[str, int], int] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def subscribe(self, broker: KafkaBroker, kafka: Brokers, max_records: int, membership: Membership = NAMELESS) -> None:
        self.continuity = Continuity(group=self.group, kafka=kafka, database=self.engine.database)
        self.subscriber = broker.subscriber(
            *self.topics,
            batch=True,
            max_records=max_records,
            group_id=self.group,
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="none",
            isolation_level="read_committed",
            max_poll_interval_ms=NEVER_MS,
            group_instance_id=membership.member,
            session_timeout_ms=membership.session_ms,
            heartbeat_interval_ms=membership.heartbeat_ms,
            rebalance_timeout_ms=REBALANCE_MS,
            fetch_max_wait_ms=LONGEST_POLL_MS,
            listener=_SeekToStored(self),
            parser=self._raw,
            decoder=_undecoded,
        )
        self.subscriber(self.handle)

    async def _raw(self, message: Any) -> KafkaMessage:
        """The records as they are: an undecodable header must not fail the batch."""
        return KafkaMessage(body=message, raw_message=message, headers={}, consumer=self.subscriber.consumer)

    async def handle(self, raw_records: Any) -> None:
        """One poll: applied, then committed. Never raises: FastStream would swallow it and read on, and the batch be lost."""
        self.batch_started = time.monotonic()
        try:
            async with self._turn:
                await self._take(await self._fresh(raw_records))
        except Stopped:
            log.info("stopped before its batch was done; it will be read again", group=self.group, records=len(raw_records))
        except DatabaseRewound:
            await self._read_again()
        except DeadLetterLimitExceeded as reason:
            await self._halt(str(reason))
        except Exception as error:
            log.exception("a batch could not be taken", group=self.group)
            await self._halt(f"{type(error).__name__}: {error}")
        finally:
            self.batch_started, self.batch_ended = None, time.monotonic()

    async def _fresh(self, raw_records: Any) -> list[Record]:
        """Without what was read only to be compared, and without what this consumer has turned its back on meanwhile."""
        positions = self.subscriber.consumer.positions()
        behind = (raw for raw in raw_records if positions.get(TopicPartition(raw.topic, raw.partition), -1) > raw.offset)
        records, broken = self.continuity.compare([Record.of(raw) for raw in behind])
        if broken:
            await self._relocate(broken)
        return records

    async def _take(self, records: Sequence[Record]) -> None:
        if not records:
            return
        with metrics.BATCH_SECONDS.labels(self.group).time():
            work = partial(self.engine.process, Work(records, committed=self._committed))
            final = (DeadLetterLimitExceeded, DatabaseRewound)
            result = await retry_forever(work, self.stopping, self.group, self._note_attempt, final=final)
            nexts = next_of(records)
            self._committed = nexts
            await self._commit(nexts)
        count(self.group, result)
        if result.parked:
            self.bell.awaits_state = True
        if result.parked or (result.states and self.bell.awaits_state):
            self.bell.ring(PARKING_LOT)

    def _note_attempt(self, _: BaseException) -> None:
        self.attempted_at = time.monotonic()
        metrics.BATCH_RETRIES.labels(self.group).inc()

    async def _halt(self, reason: str) -> None:
        """The transaction was rolled back and nothing is committed to Kafka. Wait to be stopped."""
        self.halted = reason
        log.error("consumer stopped itself", group=self.group, reason=reason)
        await self.stopping.wait()

    async def _read_again(self) -> None:
        log.error("the database has forgotten what it had committed; reading again from where it says", group=self.group)
        self.forget_progress()
        consumer: GaplessConsumer = self.subscriber.consumer
        consumer.relocate_to(await self.starts(consumer.assignment()))

    @property
    def client(self) -> GaplessConsumer | None:
        """None until it has been started."""
        client: GaplessConsumer | None = self.subscriber and self.subscriber.consumer
        return client

    def lag(self) -> int | None:
        """Records in Kafka that this process has been assigned and not read; None while it is no member of its group."""
        client = self.client
        if client is None or not client.joined:
            return None
        waiting = 0
        for partition, position in client.positions().items():
            highwater = client.highwater(partition)
            waiting += max(0, highwater - position) if highwater is not None else 0
        return waiting

    def forget_progress(self) -> None:
        """What was done so far says nothing about what comes."""
        self._committed = {}

    async def relocate(self, partitions: Collection[TopicPartition]) -> None:
        """For the client, where Kafka has not what comes next."""
        try:
            await self._relocate(dict.fromkeys(partitions, OUT_OF_RANGE))
        except Stopped:
            raise ConsumerStoppedError from None

    async def _relocate(self, broken: Mapping[TopicPartition, str]) -> None:
        offsets = await self.starts(broken, broken)
        self.forget_progress()
        self.subscriber.consumer.relocate_to(offsets)

    async def starts(
        self, partitions: Collection[TopicPartition], broken: Mapping[TopicPartition, str] = NOTHING
    ) -> dict[TopicPartition, int]:
        """From where to read; asked for until Kafka and the database answer."""
        return await retry_forever(
            partial(self.continuity.resume, partitions, broken), self.stopping, f"where {self.group} reads on"
        )

    async def watch(self) -> None:
        """Topics that are made anew while we run. A batch in hand is finished first."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), self.check_seconds)
            if self.stopping.is_set():
                return
            try:
                await self._check()
            except Exception as error:  # noqa: BLE001 -- Kafka or the database is away: others say so
                log.info("the ids of topics could not be compared", group=self.group, error=loggable(error))

    async def _check(self) -> None:
        client = self.client
        if client is not None and client.joined and (partitions := client.assignment()):
            broken = await self.continuity.check(partitions, await client.topic_ids())
            if broken:
                async with self._turn:
                    await self._relocate(broken)

    async def _commit(self, nexts: Mapping[tuple[str, int], int]) -> None:
        """For the world to see; bounded, since aiokafka would wait for Kafka for ever."""
        try:
            async with asyncio.timeout(COMMIT_SECONDS):
                await self.subscriber.consumer.commit({TopicPartition(*partition): offset for partition, offset in nexts.items()})
        except (KafkaError, TimeoutError) as error:
            log.info("offsets not committed to Kafka; the database has them", group=self.group, error=repr(error))


async def _undecoded(message: KafkaMessage) -> Any:
    return message.body


class _SeekToStored(ConsumerRebalanceListener):  # type: ignore[misc]
    """Reads on where the database says, if Kafka goes on from there, whatever Kafka remembers of us."""

    def __init__(self, consumer: GroupConsumer) -> None:
        self._owner = consumer

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        self._owner.subscriber.consumer.on_revoked()
        log.info("revoked", group=self._owner.group, partitions=len(revoked))

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        owner = self._owner
        owner.subscriber.consumer.relocate = owner.relocate
        starts = await owner.starts(assigned)
        owner.forget_progress()
        owner.subscriber.consumer.resume_at(starts)
        log.info("assigned", group=owner.group, partitions=len(assigned))


def count(group: str, result: BatchResult) -> None:
    metrics.EVENTS_APPLIED.labels(group).inc(result.applied)
    metrics.EVENTS_DROPPED.labels(group).inc(result.dropped)
    metrics.STATES_COPIED.labels(group).inc(result.states)
    for state, number in result.parked.items():
        metrics.EVENTS_PARKED.labels(group, state).inc(number)
