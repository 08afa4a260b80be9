"""What a poll brings that began before its partitions were taken away is nobody's: it is never handed out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition

from messaging.gapless_consumer import GaplessConsumer
from tests.support.eventually import eventually
from tests.support.tally_world import TallyWorld, names, tally_world

RESUME_AT = 7
"""From where the database says to read on, after the rebalance."""


@pytest.fixture(scope="module")
async def world(kafka_bootstrap, postgres) -> AsyncIterator[TallyWorld]:
    async with tally_world(kafka_bootstrap, postgres) as made:
        yield made


class Noted(GaplessConsumer):
    """Notes what its polls bring, handed out or not."""

    brought: list[Any]

    async def _poll(self, most: int) -> dict[TopicPartition, list[Any]]:
        records = await super()._poll(most)
        self.brought += [record for batch in records.values() for record in batch]
        return records


class SlowDatabase(ConsumerRebalanceListener):
    """Knows at once from where to read at the first assignment, and at the next when it is `known`."""

    def __init__(self, consumer: Noted) -> None:
        self.consumer, self.known, self.assignments = consumer, asyncio.Event(), 0

    async def on_partitions_revoked(self, _: set[TopicPartition]) -> None:
        self.consumer.on_revoked()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        self.assignments += 1
        if self.assignments == 1:
            self.consumer.resume_at(dict.fromkeys(assigned, 10))
            return
        self.consumer.brought = []
        await self.known.wait()
        self.consumer.resume_at(dict.fromkeys(assigned, RESUME_AT))


@asynccontextmanager
async def member(world: TallyWorld, group: str) -> AsyncIterator[tuple[Noted, SlowDatabase]]:
    consumer = Noted(
        bootstrap_servers=world.kafka,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=500,
    )
    consumer.brought = []
    database = SlowDatabase(consumer)
    consumer.subscribe([world.amounts.deposits.name(None)], listener=database)
    await consumer.start()
    try:
        yield consumer, database
    finally:
        await consumer.stop()


async def test_records_of_a_poll_that_spans_a_rebalance_are_not_handed_out(
    world: TallyWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database says where to read on only after the poll has brought records from somewhere else."""
    monkeypatch.setattr("messaging.gapless_consumer.LONGEST_POLL_MS", 120_000)
    await world.good(names("spans", 12), 10)
    await world.producer.flush()
    group = f"spans-{uuid4().hex[:6]}"
    async with member(world, group) as (consumer, database):
        await eventually(lambda: database.assignments == 1)
        consumer.seek_back(await consumer.end_offsets(list(consumer.assignment())))
        poll = asyncio.create_task(consumer.getmany(max_records=1000))
        async with joined(world, group):
            try:
                await eventually(lambda: consumer.brought, describe="records from before it was known where to read on")
                assert not poll.done(), "handed out before it was known where to read on"
            finally:
                database.known.set()
            records = await poll
    assert {partition: batch[0].offset for partition, batch in records.items()} == dict.fromkeys(records, RESUME_AT)


@asynccontextmanager
async def joined(world: TallyWorld, group: str) -> AsyncIterator[None]:
    """Another member, so that the partitions are dealt out anew."""
    other = AIOKafkaConsumer(
        world.amounts.deposits.name(None), bootstrap_servers=world.kafka, group_id=group, enable_auto_commit=False
    )
    await other.start()
    try:
        yield
    finally:
        await other.stop()
