"""A Kafka consumer that skips nothing. Three ways in which aiokafka alone would are closed here:

it may hand out records between an assignment and the seek that belongs to it; when one partition cannot be read, what the same
poll had already taken from others is gone; and a header whose name is not UTF-8 stops its partition for ever.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from messaging.clock import system_clock

LONGEST_POLL_MS: Final = 3000
"""How long the broker waits for something new before it answers with nothing: each answer costs both sides. What is new comes at
once all the same; but partitions that this process takes over are first asked for when the answer under way has come.
"""
SINGLY_PAUSE: Final = 0.05
UNDIVIDED_SECONDS: Final = 10.0
"""As long as fetched records wait to be taken up, nothing more is asked for. aiokafka would, after 0.1 s, ask for the quiet
partitions alone, and until the broker has waited for those in vain it asks for no other."""

Records = dict[TopicPartition, list[Any]]


class GaplessConsumer(AIOKafkaConsumer):  # type: ignore[misc]
    """`on_revoked` when partitions are taken away, `resume_at` when new ones are there and it is known where to read on."""

    def __init__(self, *topics: str, **options: Any) -> None:
        super().__init__(*topics, **options)
        self._joined = asyncio.Event()
        self._joined_at = 0.0
        self._revocations = 0
        self._offsets: dict[TopicPartition, int] = {}
        self._singly = False

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

    def on_revoked(self) -> None:
        self._revocations += 1
        self._offsets = {}
        self._joined.clear()

    def resume_at(self, offsets: Mapping[TopicPartition, int]) -> None:
        self._offsets = dict(offsets)
        for partition, offset in offsets.items():
            self.seek(partition, offset)
        self._joined_at = system_clock().timestamp() * 1000
        self._joined.set()

    async def getmany(self, *_: TopicPartition, timeout_ms: int = 0, max_records: int | None = None) -> Records:  # noqa: ARG002 -- aiokafka's signature
        """What there is, as soon as there is something: FastStream would sleep after an empty answer."""
        while True:
            await self._joined.wait()
            revocations, before = self._revocations, self.positions()
            try:
                records = await self._poll(max_records or 1)
            except BaseException:
                self.seek_back(before if revocations == self._revocations else self._offsets)
                raise
            if revocations != self._revocations:
                # Begun before the partitions were taken away: whose records these are is uncertain. Nothing else has been
                # handed out since it was known from where to read, so going back there loses nothing.
                self.seek_back(self._offsets)
            elif records:
                return records

    async def _poll(self, most: int) -> Records:
        if self._singly:
            return await self._poll_singly(most)
        before = self.positions()
        try:
            records: Records = await super().getmany(timeout_ms=LONGEST_POLL_MS, max_records=most)
        except UnicodeDecodeError:
            self.seek_back(before)
            self._singly = True
            return {}
        return records

    async def _poll_singly(self, most: int) -> Records:
        """One record at a time, so that what is before the unreadable one is handed out first, and it alone without content."""
        records: Records = {}
        for partition in self.assignment():
            try:
                while sum(map(len, records.values())) < most:
                    record: Records = await super().getmany(partition, max_records=1)
                    if not record:
                        break
                    records.setdefault(partition, []).extend(record[partition])
            except UnicodeDecodeError:
                return records or await self._pass_over(partition)
        if not records:
            await asyncio.sleep(SINGLY_PAUSE)
        return records

    async def _pass_over(self, partition: TopicPartition) -> Records:
        offset = await self.position(partition)
        self.seek(partition, offset + 1)
        self._singly = False
        bare: Any = ConsumerRecord(partition.topic, partition.partition, offset, 0, 0, None, None, None, -1, -1, ())
        return {partition: [bare]}

    def positions(self) -> dict[TopicPartition, int]:
        """From where each assigned partition is read next."""
        assigned = self._subscription.subscription and self._subscription.subscription.assignment
        if assigned is None:
            return {}
        states = {partition: assigned.state_value(partition) for partition in assigned.tps}
        return {partition: state.position for partition, state in states.items() if state.has_valid_position}

    def seek_back(self, positions: Mapping[TopicPartition, int]) -> None:
        for partition in self.assignment() & positions.keys():
            self.seek(partition, positions[partition])
