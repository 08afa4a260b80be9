"""A Kafka consumer that skips nothing and is silent about nothing. Ways in which aiokafka alone would are closed here:

it may hand out records between an assignment and the seek that belongs to it; when one partition cannot be read, what the same
poll had already taken from others is gone, and the others stand still with it; a header whose name is not UTF-8 stops its
partition for ever; who handles one batch for too long leaves the group and comes back only if asked for records; and an offset
that is not there any more is exchanged for another.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import ConsumerStoppedError, KafkaError, OffsetOutOfRangeError

from messaging import metrics
from messaging.clock import system_clock
from messaging.topic_identity import topic_ids
from messaging.unreadable_partitions import UnreadablePartitions, reason_of

LONGEST_POLL_MS: Final = 3000
"""How long the broker waits for something new before it answers with nothing: each answer costs both sides. What is new comes at
once all the same; but partitions that this process takes over are first asked for when the answer under way has come.
"""
NEVER_MS: Final = 100 * 365 * 86_400_000
"""For aiokafka's max.poll.interval: a batch may take as long as it takes. Whether it makes progress is a question of health."""
SINGLY_PAUSE: Final = 0.05
SINGLY_SECONDS: Final = 10.0
"""So long what could not be read is looked for; then it was a passing fault."""
ERROR_PAUSE: Final = 1.0
UNDIVIDED_SECONDS: Final = 10.0
"""As long as fetched records wait to be taken up, nothing more is asked for. aiokafka would, after 0.1 s, ask for the quiet
partitions alone, and until the broker has waited for those in vain it asks for no other."""

Records = dict[TopicPartition, list[Any]]
Relocate = Callable[[Collection[TopicPartition]], Awaitable[None]]

log = structlog.get_logger(__name__)


class GaplessConsumer(AIOKafkaConsumer):  # type: ignore[misc]
    """`on_revoked` when partitions are taken away, `resume_at` when new ones are there and it is known where to read on.

    `relocate` is called for partitions whose offset is not there any more: it seeks. `trouble` is what the client said last,
    while it cannot read; `unreadable` are the partitions that are left aside meanwhile.
    """

    relocate: Relocate

    def __init__(self, *topics: str, **options: Any) -> None:
        super().__init__(*topics, **options)
        self.turned_at = time.monotonic()
        self.trouble: str | None = None
        self.trouble_since: float | None = None
        self.unreadable = UnreadablePartitions()
        self._joined = asyncio.Event()
        self._joined_at = 0.0
        self._revocations = 0
        self._offsets: dict[TopicPartition, int] = {}
        self._singly_until = 0.0

    async def start(self) -> None:
        await super().start()
        self._fetcher._prefetch_backoff = UNDIVIDED_SECONDS  # noqa: SLF001 -- aiokafka has no setting for it

    @property
    def joined(self) -> bool:
        """A member of its group, reading; also with no partition, where the group has more members than partitions."""
        return self._joined.is_set()

    @property
    def last_poll_at(self) -> float:
        """When any partition last had an answer, on the monotonic clock; with no partition there is nothing to hear: now."""
        polls = [self.last_poll_timestamp(partition) for partition in self.assignment()]
        since = system_clock().timestamp() * 1000 - max(
            (moment for moment in polls if moment is not None), default=self._joined_at
        )
        return time.monotonic() - (since / 1000 if polls else 0)

    @property
    def revocations(self) -> int:
        """How often what it had was taken away, to be given out anew."""
        return self._revocations

    @property
    def ended(self) -> bool:
        """One of the client's own tasks ended: it reads no more, and says nothing."""
        parts = [self._fetcher and self._fetcher.error_future, self._coordinator and self._coordinator._coordination_task]  # noqa: SLF001
        return not self._closed and any(part is not None and part.done() for part in parts)

    def on_revoked(self) -> None:
        self._revocations += 1
        self._offsets = {}
        self.unreadable.clear()
        self._joined.clear()

    def resume_at(self, offsets: Mapping[TopicPartition, int]) -> None:
        self._offsets = dict(offsets)
        for partition, offset in offsets.items():
            self.seek(partition, offset)
        self._joined_at = system_clock().timestamp() * 1000
        self._joined.set()

    async def getmany(self, *_: TopicPartition, timeout_ms: int = 0, max_records: int | None = None) -> Records:  # noqa: ARG002 -- aiokafka's
        """What there is, as soon as there is something: FastStream would sleep after an empty answer, and hide an error."""
        while True:
            self.turned_at = time.monotonic()
            revocations, before = self._revocations, self.positions()
            try:
                await self._wait_until_joined()
                revocations, before = self._revocations, self.positions()
                records = await self._poll(max_records or 1)
            except OffsetOutOfRangeError as error:
                self.seek_back(before if revocations == self._revocations else self._offsets)
                await self.relocate([partition for partition in error.args[0] if partition in self.assignment()])
                continue
            except (asyncio.CancelledError, ConsumerStoppedError):
                self.seek_back(before if revocations == self._revocations else self._offsets)
                raise
            except Exception as error:  # noqa: BLE001 -- whatever it is, it is said, and tried again
                self.seek_back(before if revocations == self._revocations else self._offsets)
                await self._say(error)
                continue
            self.trouble = self.trouble_since = None
            if revocations != self._revocations:
                # Begun before the partitions were taken away: whose records these are is uncertain. Nothing else has been
                # handed out since it was known from where to read, so going back there loses nothing.
                self.seek_back(self._offsets)
            elif records:
                self.unreadable.discard(records)
                return records

    async def _wait_until_joined(self) -> None:
        """What keeps it out of the group is told to who asks for it only: so ask."""
        while not self._joined.is_set():
            try:
                async with asyncio.timeout(ERROR_PAUSE):
                    await self._joined.wait()
            except TimeoutError:
                self.turned_at = time.monotonic()
                self._check_errors()

    def _check_errors(self) -> None:
        """Raises what has ended or stopped the client's own tasks."""
        if self._closed:
            raise ConsumerStoppedError
        self._coordinator.check_errors()
        if self.ended:
            raise KafkaError("the client has ended; only a restart of the process mends that")

    async def _say(self, error: Exception) -> None:
        text = reason_of(error)
        if text != self.trouble:
            log.error("the Kafka client cannot read", group=self._group_id, error=text)
        self.trouble, self.trouble_since = text, self.trouble_since or time.monotonic()
        metrics.CLIENT_ERRORS.labels("consumer").inc()
        await asyncio.sleep(ERROR_PAUSE)

    async def _poll(self, most: int) -> Records:
        self._check_errors()
        for partition in self.unreadable.due():
            self.resume(partition)
        if time.monotonic() < self._singly_until:
            return await self._poll_singly(most)
        before = self.positions()
        try:
            records: Records = await super().getmany(timeout_ms=LONGEST_POLL_MS, max_records=most)
        except (OffsetOutOfRangeError, ConsumerStoppedError):
            raise
        except Exception:  # noqa: BLE001 -- which partition it is, and why, is found singly
            self.seek_back(before)
            self._singly_until = time.monotonic() + SINGLY_SECONDS
            return {}
        return records

    async def _poll_singly(self, most: int) -> Records:
        """One record at a time, so that what is before the unreadable one is handed out first, and others go on."""
        records: Records = {}
        for partition in self.assignment() - self.paused():
            try:
                while sum(map(len, records.values())) < most:
                    record: Records = await super().getmany(partition, max_records=1)
                    if not record:
                        break
                    records.setdefault(partition, []).extend(record[partition])
            except UnicodeDecodeError:
                return records or await self._pass_over(partition)
            except (OffsetOutOfRangeError, ConsumerStoppedError):
                raise
            except Exception as error:  # noqa: BLE001 -- it is said, and tried again
                self._set_aside(partition, error)
        if not records:
            await asyncio.sleep(SINGLY_PAUSE)
        return records

    async def _pass_over(self, partition: TopicPartition) -> Records:
        """The record without its content: it dies as unreadable."""
        offset = await self.position(partition)
        self.seek(partition, offset + 1)
        self._singly_until = 0.0
        bare: Any = ConsumerRecord(partition.topic, partition.partition, offset, 0, 0, None, None, None, -1, -1, ())
        return {partition: [bare]}

    def _set_aside(self, partition: TopicPartition, error: Exception) -> None:
        """Not read for a while, so that the others are. Nothing is skipped: it goes on where it is."""
        positions = self.positions()
        self.unreadable.add(self._group_id, partition, positions.get(partition), error)
        self._singly_until = 0.0
        self.seek_back(positions)
        self.pause(partition)

    def positions(self) -> dict[TopicPartition, int]:
        """From where each assigned partition is read next."""
        assigned = self._subscription.subscription and self._subscription.subscription.assignment
        if assigned is None:
            return {}
        states = {partition: assigned.state_value(partition) for partition in assigned.tps}
        return {partition: state.position for partition, state in states.items() if state.has_valid_position}

    async def topic_ids(self) -> dict[str, str]:
        """Of what it reads, as Kafka has it now. Raises KafkaError."""
        return await topic_ids(self._client, {partition.topic for partition in self.assignment()})

    def relocate_to(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Read these from there, whatever was to be read."""
        self._offsets |= {partition: offset for partition, offset in offsets.items() if partition in self._offsets}
        self.seek_back(offsets)

    def seek_back(self, positions: Mapping[TopicPartition, int]) -> None:
        for partition in self.assignment() & positions.keys():
            self.seek(partition, positions[partition])
