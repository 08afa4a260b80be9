"""One consumer group in this process: FastStream batch subscriber -> engine -> commit, the commit being the last step.

Offsets live in the database with what was done. At assignment the consumer seeks there, so a restored database says from
where to read on; Kafka's own committed offsets only tell the world how far we are.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import structlog
from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaMessage

from messaging import inbox, metrics
from messaging.backoff import Stopped, retry_forever
from messaging.batch import DatabaseRewound
from messaging.bell import Bell
from messaging.dead_letter_limit import DeadLetterLimitExceeded
from messaging.engine import Engine
from messaging.gapless_consumer import LONGEST_POLL_MS, GaplessConsumer
from messaging.inbox import next_of
from messaging.outbox import PARKING_LOT
from messaging.records import Record
from messaging.work import BatchResult, Work

COMMIT_SECONDS: Final = 5.0
END_SECONDS: Final = 10.0
SILENT_SECONDS: Final = 30.0
"""A reachable broker answers every LONGEST_POLL_MS, also when there is nothing new."""
STUCK_SECONDS: Final = 120.0

log = structlog.get_logger(__name__)


@dataclass(kw_only=True)
class GroupConsumer:
    """`halted` says why it stopped by itself, if it did; a restart of the process lets it try again."""

    group: str
    topics: Sequence[str]
    engine: Engine
    stopping: asyncio.Event
    bell: Bell = field(default_factory=Bell)
    halted: str | None = None
    batch_started: float | None = None
    batch_ended: float = 0.0
    subscriber: Any = None
    _committed: dict[tuple[str, int], int] = field(default_factory=dict)

    def subscribe(self, broker: KafkaBroker, max_records: int) -> None:
        self.subscriber = broker.subscriber(
            *self.topics,
            batch=True,
            max_records=max_records,
            group_id=self.group,
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="earliest",
            session_timeout_ms=10_000,
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
            await self._take([Record.of(raw) for raw in raw_records])
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

    async def _take(self, records: Sequence[Record]) -> None:
        again = metrics.BATCH_RETRIES.labels(self.group)
        with metrics.BATCH_SECONDS.labels(self.group).time():
            work = partial(self.engine.process, Work(records, committed=self._committed))
            final = (DeadLetterLimitExceeded, DatabaseRewound)
            result = await retry_forever(work, self.stopping, self.group, lambda _: again.inc(), final=final)
            nexts = next_of(records)
            self._committed |= nexts
            await self._commit(nexts)
        count(self.group, result)
        if result.states or result.parked:
            self.bell.ring(PARKING_LOT)

    async def _halt(self, reason: str) -> None:
        """The transaction was rolled back and nothing is committed to Kafka. Wait to be stopped."""
        self.halted = reason
        log.error("consumer stopped itself", group=self.group, reason=reason)
        await self.stopping.wait()

    async def _read_again(self) -> None:
        log.error("the database has forgotten what it had committed; reading again from where it says", group=self.group)
        self.forget_progress()
        consumer: GaplessConsumer = self.subscriber.consumer
        stored = await retry_forever(self.stored, self.stopping, f"offsets of {self.group}")
        consumer.seek_back({partition: stored.get(partition, 0) for partition in consumer.assignment()})

    def forget_progress(self) -> None:
        """What was done so far says nothing about what comes."""
        self._committed = {}

    async def stored(self) -> dict[tuple[str, int], int]:
        """From where the database says to read on."""
        async with self.engine.database.connect() as connection:
            return await inbox.next_offsets(connection, self.topics)

    async def _commit(self, nexts: Mapping[tuple[str, int], int]) -> None:
        """For the world to see; bounded, since aiokafka would wait for Kafka for ever."""
        try:
            async with asyncio.timeout(COMMIT_SECONDS):
                await self.subscriber.consumer.commit({TopicPartition(*partition): offset for partition, offset in nexts.items()})
        except (KafkaError, TimeoutError) as error:
            log.info("offsets not committed to Kafka; the database has them", group=self.group, error=repr(error))

    def lag(self) -> int | None:
        """Records in Kafka that this process has been assigned and not read; None while it is no member of its group."""
        consumer: GaplessConsumer | None = self.subscriber and self.subscriber.consumer
        if consumer is None or not consumer.joined:
            return None
        waiting = 0
        for partition, position in consumer.positions().items():
            highwater = consumer.highwater(partition)
            waiting += max(0, highwater - position) if highwater is not None else 0
        return waiting

    def problems(self) -> list[str]:
        """Why it makes no progress, if it does not: one sentence for an operator."""
        if self.halted:
            return [f"{self.group}: {self.halted}"]
        consumer: GaplessConsumer | None = self.subscriber and self.subscriber.consumer
        if consumer is None or not consumer.joined:
            return [f"{self.group}: no place in its consumer group yet"]
        now = time.monotonic()
        if self.batch_started is not None:
            stuck = now - self.batch_started > STUCK_SECONDS
            return [f"{self.group}: a batch has been under way for over {STUCK_SECONDS:.0f} s"] if stuck else []
        silent = now - max(consumer.last_poll_at, self.batch_ended) > SILENT_SECONDS
        return [f"{self.group}: Kafka has been silent for over {SILENT_SECONDS:.0f} s"] if silent else []


async def start_consumers(kafka: str, consumers: Sequence[GroupConsumer], max_records: int) -> KafkaBroker:
    """Their subscribers, on one FastStream broker; `stop_consumers` ends it."""
    broker = KafkaBroker(
        kafka,
        acks="all",
        enable_idempotence=True,
        allow_auto_create_topics=False,
        logger=None,
        apply_types=False,
        graceful_timeout=END_SECONDS,
    )
    for consumer in consumers:
        consumer.subscribe(broker, max_records)
    try:
        await broker.connect()
        config = broker.config.broker_config
        config.builder = partial(GaplessConsumer, **config.builder.keywords)  # type: ignore[attr-defined]
        await broker.start()
    except BaseException:
        await stop_consumers(broker)
        raise
    return broker


async def stop_consumers(broker: KafkaBroker) -> None:
    """Waits for the batch in hand, and not for a broker that does not answer."""
    try:
        async with asyncio.timeout(2 * END_SECONDS):
            await broker.stop()
    except TimeoutError:
        log.warning("Kafka does not answer; left without a farewell")


async def _undecoded(message: KafkaMessage) -> Any:
    return message.body


class _SeekToStored(ConsumerRebalanceListener):  # type: ignore[misc]
    """Reads on where the database says: from the beginning where it has read nothing, whatever Kafka remembers of us."""

    def __init__(self, consumer: GroupConsumer) -> None:
        self._owner = consumer

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        self._owner.subscriber.consumer.on_revoked()
        log.info("revoked", group=self._owner.group, partitions=len(revoked))

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        owner = self._owner
        stored = await retry_forever(owner.stored, owner.stopping, f"offsets of {owner.group}")
        owner.forget_progress()
        owner.subscriber.consumer.resume_at(
            {partition: stored.get((partition.topic, partition.partition), 0) for partition in assigned}
        )
        log.info("assigned", group=owner.group, partitions=len(assigned))


def count(group: str, result: BatchResult) -> None:
    metrics.EVENTS_APPLIED.labels(group).inc(result.applied)
    metrics.EVENTS_DROPPED.labels(group).inc(result.dropped)
    metrics.STATES_COPIED.labels(group).inc(result.states)
    for state, number in result.parked.items():
        metrics.EVENTS_PARKED.labels(group, state).inc(number)
