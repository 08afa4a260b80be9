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

POLL_MS: Final = 1000
CAREFUL_PAUSE: Final = 0.05
UNDIVIDED_SECONDS: Final = 10.0
"""As long as fetched records wait to be taken up, nothing more is asked for. aiokafka would, after 0.1 s, ask for the quiet
partitions alone, and until the broker has waited for those in vain it asks for no other."""

Found = dict[TopicPartition, list[Any]]


class SteadyConsumer(AIOKafkaConsumer):  # type: ignore[misc]
    """`displaced` when partitions are taken away, `place` when new ones are there and it is known from where to read them."""

    def __init__(self, *topics: str, **options: Any) -> None:
        super().__init__(*topics, **options)
        self._placed = asyncio.Event()
        self._placed_at = 0.0
        self._displacements = 0
        self._offsets: dict[TopicPartition, int] = {}
        self._careful = False

    async def start(self) -> None:
        await super().start()
        self._fetcher._prefetch_backoff = UNDIVIDED_SECONDS  # noqa: SLF001 -- aiokafka has no setting for it

    @property
    def placed(self) -> bool:
        """A member of its group, reading; also with no partition, where the group has more members than partitions."""
        return self._placed.is_set()

    @property
    def heard_at(self) -> float:
        """When any partition last had an answer, on the monotonic clock; with no partition there is nothing to hear: now."""
        heard = [self.last_poll_timestamp(partition) for partition in self.assignment()]
        since = system_clock().timestamp() * 1000 - max(
            (moment for moment in heard if moment is not None), default=self._placed_at
        )
        return time.monotonic() - (since / 1000 if heard else 0)

    def displaced(self) -> None:
        self._displacements += 1
        self._offsets = {}
        self._placed.clear()

    def place(self, offsets: Mapping[TopicPartition, int]) -> None:
        self._offsets = dict(offsets)
        for partition, offset in offsets.items():
            self.seek(partition, offset)
        self._placed_at = system_clock().timestamp() * 1000
        self._placed.set()

    async def getmany(self, *_: TopicPartition, timeout_ms: int = 0, max_records: int | None = None) -> Found:  # noqa: ARG002 -- aiokafka's signature
        """What there is, as soon as there is something: FastStream would sleep after an empty answer."""
        while True:
            await self._placed.wait()
            displacements, before = self._displacements, self.positions()
            try:
                found = await self._poll(max_records or 1)
            except BaseException:
                self.go_back(before if displacements == self._displacements else self._offsets)
                raise
            if displacements != self._displacements:
                # Begun before the partitions were taken away: whose records these are is uncertain. Nothing else has been
                # handed out since the new place was known, so going back there loses nothing.
                self.go_back(self._offsets)
            elif found:
                return found

    async def _poll(self, most: int) -> Found:
        if self._careful:
            return await self._carefully(most)
        before = self.positions()
        try:
            found: Found = await super().getmany(timeout_ms=POLL_MS, max_records=most)
        except UnicodeDecodeError:
            self.go_back(before)
            self._careful = True
            return {}
        return found

    async def _carefully(self, most: int) -> Found:
        """One record at a time, so that what is before the unreadable one is handed out first, and it alone without content."""
        found: Found = {}
        for partition in self.assignment():
            try:
                while sum(map(len, found.values())) < most:
                    one: Found = await super().getmany(partition, max_records=1)
                    if not one:
                        break
                    found.setdefault(partition, []).extend(one[partition])
            except UnicodeDecodeError:
                return found or await self._pass_over(partition)
        if not found:
            await asyncio.sleep(CAREFUL_PAUSE)
        return found

    async def _pass_over(self, partition: TopicPartition) -> Found:
        offset = await self.position(partition)
        self.seek(partition, offset + 1)
        self._careful = False
        bare: Any = ConsumerRecord(partition.topic, partition.partition, offset, 0, 0, None, None, None, -1, -1, ())
        return {partition: [bare]}

    def positions(self) -> dict[TopicPartition, int]:
        """From where each assigned partition is read next."""
        assigned = self._subscription.subscription and self._subscription.subscription.assignment
        if assigned is None:
            return {}
        states = {partition: assigned.state_value(partition) for partition in assigned.tps}
        return {partition: state.position for partition, state in states.items() if state.has_valid_position}

    def go_back(self, positions: Mapping[TopicPartition, int]) -> None:
        for partition in self.assignment() & positions.keys():
            self.seek(partition, positions[partition])
