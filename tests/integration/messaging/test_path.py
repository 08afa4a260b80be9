"""Kafka record -> engine -> PostgreSQL -> outbox -> relay -> Kafka: the whole path, asserted from both ends."""

import gc
import warnings
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.ports import free_ports
from messaging.clock import system_clock
from messaging.runtime import Messaging
from tests.support.eventually import eventually
from tests.support.late_kafka import LateKafka
from tests.support.tally_service import Counted, Gate, service
from tests.support.tally_world import TallyWorld, is_ready, names, reader, tally_world


@pytest.fixture(scope="module")
async def world(kafka_bootstrap, postgres) -> AsyncIterator[TallyWorld]:
    async with tally_world(kafka_bootstrap, postgres) as made:
        yield made


async def test_every_deposit_is_in_the_row_and_on_the_topic_once_and_in_order(world: TallyWorld) -> None:
    accounts = names("path", 20)
    async with world.ready():
        await world.good(accounts, 25)
        await world.was_applied_effectively_once(dict.fromkeys(accounts, 25))


async def test_redelivery_changes_nothing(world: TallyWorld) -> None:
    accounts = names("again", 5)
    async with world.ready():
        await world.good(accounts, 10)
        await world.good(accounts, 10)
        await world.good(accounts, 12, start=8)
        await world.was_applied_effectively_once(dict.fromkeys(accounts, 12))


async def test_a_replayed_topic_changes_nothing(world: TallyWorld) -> None:
    accounts = names("replay", 5)
    await world.good(accounts, 20)
    async with world.ready():
        await world.was_applied_effectively_once(dict.fromkeys(accounts, 20))
    await world.execute("UPDATE read_offset SET next = 0")
    async with world.ready():
        await world.good(accounts, 21, start=21)
        await world.was_applied_effectively_once(dict.fromkeys(accounts, 21))


async def test_types_without_an_entry_advance_their_aggregate(world: TallyWorld) -> None:
    (account,) = names("unused", 1)
    await world.deposit(account, 1)
    await world.send(account, 2, Counted())
    await world.deposit(account, 3)
    async with world.ready():
        await world.was_applied_effectively_once({account: 2})
    assert await world.rows("SELECT last FROM inbox WHERE subject = :id", id=account) == [(3,)]


@pytest.mark.parametrize("snapshot", ["of the first half", "from before it read anything"])
async def test_a_restored_database_reads_on_from_where_it_says(world: TallyWorld, snapshot: str) -> None:
    """Whatever Kafka remembers of the group."""
    accounts = names("restored", 6)
    if snapshot == "from before it read anything":
        await world.execute("DELETE FROM read_offset")
    await world.execute("CREATE TABLE kept AS SELECT * FROM read_offset")
    await world.good(accounts, 5)
    async with world.ready():
        await world.was_applied_effectively_once(dict.fromkeys(accounts, 5))
        if snapshot == "of the first half":
            await world.execute("DROP TABLE kept; CREATE TABLE kept AS SELECT * FROM read_offset")
        await world.good(accounts, 10, start=6)
        await world.was_applied_effectively_once(dict.fromkeys(accounts, 10))
    await world.execute("DELETE FROM account WHERE id = ANY(:ids)", ids=accounts)
    await world.execute("DELETE FROM inbox WHERE subject = ANY(:ids)", ids=accounts)
    await world.execute("TRUNCATE read_offset")
    await world.execute("INSERT INTO read_offset SELECT * FROM kept; DROP TABLE kept")
    if snapshot == "of the first half":
        await world.execute(
            "INSERT INTO account (id, total, number, version) SELECT *, 5, 5, 5 FROM unnest(CAST(:ids AS text[]))", ids=accounts
        )
        await world.execute(
            "INSERT INTO inbox (source, subject, last) SELECT 'bank', *, 5 FROM unnest(CAST(:ids AS text[]))", ids=accounts
        )
    async with world.ready():
        await world.was_applied_effectively_once(dict.fromkeys(accounts, 10))


async def test_a_database_that_forgets_while_it_is_read_for_is_read_for_again(world: TallyWorld) -> None:
    """As after a fail-over to a copy that lagged behind: nothing tells the process but its next batch."""
    accounts = names("forgotten", 6)
    async with world.ready():
        await world.good(accounts, 5)
        await world.was_applied_effectively_once(dict.fromkeys(accounts, 5))
        await world.execute("CREATE TABLE kept AS SELECT * FROM read_offset")
        await world.good(accounts, 10, start=6)
        await world.was_applied_effectively_once(dict.fromkeys(accounts, 10))
        await world.execute("UPDATE account SET total = 5, number = 5, version = 5 WHERE id = ANY(:ids)", ids=accounts)
        await world.execute("UPDATE inbox SET last = 5 WHERE subject = ANY(:ids)", ids=accounts)
        await world.execute("TRUNCATE read_offset; INSERT INTO read_offset SELECT * FROM kept; DROP TABLE kept")
        await world.good(accounts, 11, start=11)
        await world.was_applied_effectively_once(dict.fromkeys(accounts, 11))


@pytest.mark.parametrize("away", ["the first", "the last"])
async def test_of_several_addresses_one_may_be_away(world: TallyWorld, away: str) -> None:
    nobody = f"127.0.0.1:{free_ports(1)[0]}"
    addresses = [nobody, world.kafka] if away == "the first" else [world.kafka, nobody]
    accounts = names("addresses", 4)
    async with replace(world, kafka=",".join(addresses)).ready():
        await world.good(accounts, 5)
        await world.was_applied_effectively_once(dict.fromkeys(accounts, 5))


async def test_offsets_are_committed_to_kafka_too(world: TallyWorld) -> None:
    accounts = names("committed", 4)
    await world.good(accounts, 5)
    async with world.ready():
        await world.has(dict.fromkeys(accounts, (5, 5)))
    stored = {
        TopicPartition(row.topic, row.partition): row.next
        for row in await world.rows("SELECT topic, partition, next FROM read_offset WHERE next > 0")
    }
    admin = AIOKafkaAdminClient(bootstrap_servers=world.kafka)
    await admin.start()
    committed = {}
    for group in ("tally.facts", "tally.common"):
        committed |= await admin.list_consumer_group_offsets(group)
    await admin.close()
    assert {partition: committed[partition].offset for partition in stored} == stored


async def test_a_second_consumer_that_joins_in_the_middle_of_a_batch_changes_nothing(world: TallyWorld) -> None:
    """The first holds the batch in its transaction while the second is given the partitions and reads them again."""
    accounts = names("rebalance", 20)
    async with world.ready():
        world.gate.shut()
        await world.good(accounts, 10)
        await world.gate.reached.wait()
        async with world.running(gate=Gate.open()) as second:
            await is_ready(second)
            await world.good(accounts, 15, start=11)
            world.gate.opened.set()
            await world.was_applied_effectively_once(dict.fromkeys(accounts, 15))


async def test_a_group_of_more_members_than_partitions_is_ready_all_the_same(world: TallyWorld) -> None:
    accounts = names("crowd", 4)
    async with world.ready(), world.ready(), world.ready() as last:

        async def settled() -> bool:
            """Both groups have shared out their two partitions among three members."""
            return {len(consumer.subscriber.consumer.assignment()) for consumer in last.consumers} <= {0, 1}

        await eventually(settled, describe="the last one holds one partition of a group, or none")
        await world.good(accounts, 5)
        await world.was_applied_effectively_once(dict.fromkeys(accounts, 5))


async def test_a_reader_that_was_never_here_hears_it_all(world: TallyWorld) -> None:
    accounts = names("late", 3)
    await world.good(accounts, 3)
    async with world.ready():
        await world.was_applied_effectively_once(dict.fromkeys(accounts, 3))
    async with reader(world.kafka) as consumer:
        assert set(world.amounts.totals.names()) <= await consumer.topics()


async def test_stopped_before_it_has_begun_it_leaves_no_work_that_nobody_will_do(world: TallyWorld) -> None:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        messaging = Messaging(
            table=service(world.amounts, world.gate), database=world.database, kafka=world.kafka, clock=system_clock
        )
        await messaging.guard()
        await messaging.stop()
        del messaging
        gc.collect()
    assert [str(warning.message) for warning in said] == []


@pytest.mark.parametrize("answers", range(1, 9))
async def test_told_to_stop_while_it_connects_it_leaves_no_connection(
    world: TallyWorld, kafka_bootstrap: str, answers: int
) -> None:
    front = LateKafka(kafka_bootstrap, late=answers)
    async with front.served() as address:
        messaging = Messaging(
            table=service(world.amounts, world.gate), database=world.database, kafka=address, clock=system_clock
        )
        await messaging.start()
        await front.asked.wait()
        await messaging.stop()
        await eventually(lambda: front.connections == 0, describe="all it opened is closed")
