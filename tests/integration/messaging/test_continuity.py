"""Kafka forgets: a topic made anew, cut off, refilled past where we were. Nothing is skipped, and it is said."""

from collections.abc import AsyncIterator

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.errors import KafkaError

from messaging import broker
from messaging.runtime import Messaging
from messaging.topic_creation import create_topics
from tests.support.eventually import eventually
from tests.support.tally_world import TallyWorld, names, tally_world


@pytest.fixture
async def world(kafka_bootstrap, postgres) -> AsyncIterator[TallyWorld]:
    """Of each test its own: the topics are made anew."""
    async with tally_world(kafka_bootstrap, postgres) as made:
        yield made


async def make_anew(world: TallyWorld) -> None:
    """The deposits' topic, under the same name."""
    (name,) = world.amounts.deposits.names()
    admin = AIOKafkaAdminClient(bootstrap_servers=world.kafka)
    await admin.start()
    try:
        await admin.delete_topics([name])

        async def made() -> bool:
            try:
                await create_topics(world.kafka, [world.amounts.deposits])
            except KafkaError as error:
                raise AssertionError(str(error)) from error
            described = await admin.describe_topics([name])
            return len(described[0]["partitions"]) == world.amounts.deposits.partitions

        await eventually(made)
    finally:
        await admin.close()
    await world.produce_anew()


async def forget_before(world: TallyWorld, offset: int) -> None:
    """As retention does: of each partition of the deposits what stands before."""
    (name,) = world.amounts.deposits.names()
    admin = AIOKafkaAdminClient(bootstrap_servers=world.kafka)
    await admin.start()
    try:
        partitions = range(world.amounts.deposits.partitions)
        await admin.delete_records({TopicPartition(name, number): RecordsToDelete(before_offset=offset) for number in partitions})
    finally:
        await admin.close()


async def breaks(messaging: Messaging, words: str) -> None:
    async def said() -> bool:
        return any(words in warning for warning in (await messaging.consuming()).warnings)

    await eventually(said, describe=f"a warning with: {words}")


async def test_a_topic_made_anew_and_refilled_past_the_stored_offset_while_the_reader_was_down(world: TallyWorld) -> None:
    before, after = names("before", 10), names("after", 20)
    await world.good(before, 5)
    async with world.ready():
        await world.was_applied_effectively_once(dict.fromkeys(before, 5))
    await make_anew(world)
    await world.good(after, 10)
    async with world.ready() as messaging:
        await world.was_applied_effectively_once(dict.fromkeys(before, 5) | dict.fromkeys(after, 10))
        await breaks(messaging, "made anew")


async def test_a_topic_made_anew_while_the_reader_runs(world: TallyWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its client keeps the old offset, and the new topic has grown past it before anybody has looked."""
    monkeypatch.setattr(broker, "METADATA_MS", 500)
    before, after = names("before", 4), names("after", 20)
    await world.good(before, 5)
    async with world.ready() as messaging:
        await world.was_applied_effectively_once(dict.fromkeys(before, 5))
        for consumer in messaging.consumers:
            consumer.check_seconds = 0.1
        await make_anew(world)
        await world.good(after, 10)
        await world.was_applied_effectively_once(dict.fromkeys(before, 5) | dict.fromkeys(after, 10))


async def test_what_is_parked_of_the_old_topic_takes_no_offset_from_the_new_one(world: TallyWorld) -> None:
    """Both topics have a record at the same coordinates, and both have to wait for their predecessor."""
    old, new = names("old", 12), names("new", 12)
    for account in old:
        await world.deposit(account, 2)
    async with world.ready():
        await world.comes_to_parking_lot(*[(account, 2, "early") for account in sorted(old)])
    await make_anew(world)
    for account in new:
        await world.deposit(account, 2)
    async with world.ready():
        await world.comes_to_parking_lot(*[(account, 2, "early") for account in sorted([*old, *new])])
        for account in (*old, *new):
            await world.deposit(account, 1)
        await world.was_applied_effectively_once(dict.fromkeys((*old, *new), 2))


async def test_another_record_where_the_last_one_was(world: TallyWorld) -> None:
    """The same topic, cut off and written on: as after an unclean election. Only the record itself shows it."""
    accounts = names("cut", 8)
    await world.good(accounts, 4)
    async with world.ready():
        await world.was_applied_effectively_once(dict.fromkeys(accounts, 4))
    await world.execute("UPDATE read_offset SET last_digest = '\\x00' WHERE topic LIKE 'bank.deposits%'")
    await world.execute("DELETE FROM account WHERE id = ANY(:ids)", ids=accounts)
    await world.execute("DELETE FROM inbox WHERE subject = ANY(:ids)", ids=accounts)
    async with world.ready() as messaging:
        await breaks(messaging, "there is another")
        await world.has(dict.fromkeys(accounts, (4, 4)))


async def test_records_gone_before_they_were_read_are_missed_aloud(world: TallyWorld) -> None:
    """Away past the retention: what is left is read; what is gone holds its aggregates, and nobody takes silence for health."""
    accounts, kept = names("gone", 10), names("kept", 10)
    await world.good(accounts, 1)
    async with world.ready():
        await world.has(dict.fromkeys(accounts, (1, 1)))
    await world.good(accounts, 12, start=2)
    ends = await world.ends(world.amounts.deposits)
    await forget_before(world, min(ends.values()))
    await world.good(kept, 5)
    async with world.ready() as messaging:
        await world.has(dict.fromkeys(kept, (5, 5)))
        await breaks(messaging, "is gone")


async def test_records_that_go_while_the_reader_is_behind_are_missed_aloud(world: TallyWorld) -> None:
    accounts, later = names("first", 4), names("later", 20)
    await world.good(accounts, 2)
    async with world.ready() as messaging:
        await world.has(dict.fromkeys(accounts, (2, 2)))
        consumer = messaging.consumers[0].subscriber.consumer
        consumer.pause(*consumer.assignment())
        await world.good(later, 3)
        ends = await world.ends(world.amounts.deposits)
        await forget_before(world, min(ends.values()))
        consumer.resume(*consumer.assignment())
        await breaks(messaging, "is gone")
        await world.good(accounts, 6, start=3)
        await world.has(dict.fromkeys(accounts, (6, 6)))


async def test_what_goes_on_is_no_break(world: TallyWorld) -> None:
    """Also where the last record was compacted away, or let go by retention after it was read."""
    (account,) = names("on", 1)
    accounts = names("whole", 6)
    await world.name(account, 1)
    await world.good(accounts, 3)
    async with world.ready():
        await world.was_applied_effectively_once(dict.fromkeys(accounts, 3))
    await forget_before(world, min((await world.ends(world.amounts.deposits)).values()))
    async with world.ready() as messaging:
        await world.good(accounts, 5, start=4)
        await world.was_applied_effectively_once(dict.fromkeys(accounts, 5))
        assert (await messaging.consuming()).warnings == ()
