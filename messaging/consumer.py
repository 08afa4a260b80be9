"""One consumer group in this process: FastStream batch subscriber -> engine -> commit, the commit being the last step.

Offsets live in the database with what was done. At assignment the consumer seeks there, so a restored database says from
where to read on; Kafka's own committed offsets only tell the world how far we are.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaMessage

from messaging import metrics, positions
from messaging.backoff import Stopped, until_it_works
from messaging.engine import Engine, Tally, Work
from messaging.records import Record

log = structlog.get_logger(__name__)


class TooManyDead(Exception):  # noqa: N818 -- a decision, not an accident
    """More than the set share of events died within a minute: something is wrong with us or them, and a person must look."""


@dataclass
class DeathWatch:
    """Stops a consumer that would bury a whole topic: over `share` of at least `least` events dead within a minute."""

    share: float = 0.5
    least: int = 200
    _seen: list[tuple[float, int, int]] = field(default_factory=list)

    def check(self, tally: Tally) -> None:
        now = time.monotonic()
        dead = tally.parked.get("dead", 0)
        recent = [entry for entry in self._seen if entry[0] > now - 60]
        total_dead = dead + sum(entry[2] for entry in recent)
        total = total_dead + tally.applied + sum(entry[1] for entry in recent)
        if total >= self.least and total_dead > self.share * total:
            raise TooManyDead(f"{total_dead} of {total} events died within a minute")
        self._seen = [*recent, (now, tally.applied, dead)]


@dataclass
class GroupConsumer:
    """`halted` says why it stopped by itself, if it did; a restart of the process lets it try again."""

    group: str
    topics: Sequence[str]
    engine: Engine
    stopping: asyncio.Event
    halted: str | None = None
    batch_started: float | None = None
    subscriber: Any = None

    def subscribe(self, broker: KafkaBroker, max_records: int) -> None:
        self.subscriber = broker.subscriber(
            *self.topics,
            batch=True,
            max_records=max_records,
            group_id=self.group,
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="earliest",
            session_timeout_ms=10_000,
            fetch_max_wait_ms=250,
            listener=_SeekToStored(self),
            parser=self._raw,
            decoder=_undecoded,
        )
        self.subscriber(self.handle)

    async def _raw(self, message: Any) -> KafkaMessage:
        """The records as they are: an undecodable header must not fail the batch."""
        return KafkaMessage(body=message, raw_message=message, headers={}, consumer=self.subscriber.consumer)

    async def handle(self, raw_records: Any) -> None:
        """One poll: in effect, then committed. Never raises: FastStream would log it and read on."""
        records = [Record.of(raw) for raw in raw_records]
        self.batch_started = time.monotonic()
        try:
            with metrics.BATCH_SECONDS.labels(self.group).time():
                tally = await until_it_works(
                    lambda: self._process(records), self.stopping, self.group, metrics.BATCH_RETRIES.labels(self.group).inc
                )
                await self._commit(records)
            count(self.group, tally)
        except Stopped:
            log.info("stopped before its batch was done; it will be read again", group=self.group, records=len(records))
        except TooManyDead as reason:
            await self._halt(str(reason))
        finally:
            self.batch_started = None

    async def _process(self, records: Sequence[Record]) -> Tally:
        return await self.engine.process(Work(records))

    async def _halt(self, reason: str) -> None:
        """Nothing of the batch took effect and nothing is committed. Wait to be stopped."""
        self.halted = reason
        log.error("consumer stopped itself", group=self.group, reason=reason)
        await self.stopping.wait()

    async def _commit(self, records: Sequence[Record]) -> None:
        nexts: dict[TopicPartition, int] = {}
        for record in records:
            place = TopicPartition(record.topic, record.partition)
            nexts[place] = max(nexts.get(place, 0), record.offset + 1)
        try:
            await self.subscriber.consumer.commit(nexts)
        except KafkaError as error:
            log.info("offsets not committed to Kafka; the database has them", group=self.group, error=repr(error))

    def lag(self) -> int | None:
        """Records in Kafka that this process has been assigned and not read; None without an assignment."""
        consumer = getattr(self.subscriber, "consumer", None)
        if consumer is None or not (assigned := consumer.assignment()):
            return None
        waiting = 0
        for partition in assigned:
            highwater = consumer.highwater(partition)
            position = consumer._subscription.subscription.assignment.state_value(partition)  # noqa: SLF001 -- position() would wait
            if highwater is not None and position is not None and position.has_valid_position:
                waiting += max(0, highwater - position.position)
        return waiting


async def _undecoded(message: KafkaMessage) -> Any:
    return message.body


class _SeekToStored(ConsumerRebalanceListener):  # type: ignore[misc]
    """Reads on where the database says."""

    def __init__(self, consumer: GroupConsumer) -> None:
        self._owner = consumer

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        log.info("revoked", group=self._owner.group, partitions=len(revoked))

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        owner = self._owner
        stored = await until_it_works(self._stored, owner.stopping, f"offsets of {owner.group}")
        for partition in assigned:
            if (offset := stored.get((partition.topic, partition.partition))) is not None:
                owner.subscriber.consumer.seek(partition, offset)
        log.info("assigned", group=owner.group, partitions=len(assigned))

    async def _stored(self) -> dict[tuple[str, int], int]:
        async with self._owner.engine.database.connect() as connection:
            return await positions.next_offsets(connection, self._owner.topics)


def count(group: str, tally: Tally) -> None:
    metrics.EVENTS_APPLIED.labels(group).inc(tally.applied)
    metrics.EVENTS_DROPPED.labels(group).inc(tally.dropped)
    metrics.STATES_COPIED.labels(group).inc(tally.states)
    for state, number in tally.parked.items():
        metrics.EVENTS_PARKED.labels(group, state).inc(number)
