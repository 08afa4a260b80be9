"""A place in the consumer group is kept: however long a batch takes, and by name over a crash."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions
from aiokafka.consumer import consumer as client_module
from aiokafka.consumer.group_coordinator import GroupCoordinator

from messaging import broker
from messaging.gapless_consumer import GaplessConsumer
from messaging.partition_logs import partitions_of
from messaging.runtime import Messaging
from tests.support.eventually import eventually
from tests.support.tally_process import tally_process
from tests.support.tally_service import Gate
from tests.support.tally_world import TallyWorld, facts_of, is_ready, names, tally_world

QUICKER = 300
PARTITIONS = 2
"""Of deposits."""
LONG_SESSION = 1500.0
"""Nobody is given up by its silence while the test runs, however slow the machine."""


@pytest.fixture
async def world(kafka_bootstrap, postgres) -> AsyncIterator[TallyWorld]:
    async with tally_world(kafka_bootstrap, postgres) as made:
        yield made


class QuickCoordinator(GroupCoordinator):
    """For it the longest time between two polls passes 300 times as quickly: five minutes are one second."""

    def __init__(self, *arguments: Any, max_poll_interval_ms: float, **options: Any) -> None:
        super().__init__(*arguments, max_poll_interval_ms=max_poll_interval_ms / QUICKER, **options)


def idle_seconds(messaging: Messaging) -> float:
    return float(facts_of(messaging).subscriber.consumer._subscription.fetcher_idle_time)


async def test_a_batch_longer_than_the_poll_interval_keeps_its_place(world: TallyWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The group changes while the batch is in hand, as it does when a place is given up; then the first must come back."""
    monkeypatch.setattr(client_module, "GroupCoordinator", QuickCoordinator)
    accounts = names("long", 6)
    async with world.ready() as messaging:
        world.gate.shut()
        await world.good(accounts, 3)
        await world.gate.reached.wait()
        await eventually(lambda: idle_seconds(messaging) > 2)
        async with world.running(gate=Gate.open()) as second:
            await is_ready(second)
        world.gate.opened.set()
        await is_ready(messaging)
        await world.good(accounts, 6, start=4)
        await world.was_applied_effectively_once(dict.fromkeys(accounts, 6))


async def test_killed_and_started_again_it_is_known_and_the_others_go_on(world: TallyWorld) -> None:
    """Its partitions wait for it for as long as a process takes to start; nobody else's are taken away meanwhile."""
    accounts = names("named", 20)
    async with world.ready(member="first", session_seconds=LONG_SESSION) as messaging:
        client = client_of(messaging)
        async with tally_process(world, member="second", session_seconds=LONG_SESSION) as second:
            await eventually(lambda: 0 < len(client.assignment()) < PARTITIONS, describe="partitions given to the other")
            await world.good(accounts, 3)
            await world.was_applied_effectively_once(dict.fromkeys(accounts, 3))
            given, revocations = client.assignment(), client.revocations
            await second.kill()
        await world.good(accounts, 6, start=4)
        async with tally_process(world, member="second", session_seconds=LONG_SESSION):
            await world.was_applied_effectively_once(dict.fromkeys(accounts, 6))
            assert client.assignment() == given
        assert client.revocations == revocations


async def test_the_broker_knows_its_members_by_the_names_of_their_processes(world: TallyWorld) -> None:
    async with world.ready(client_id="motcua-tally-2", member="tally-2", session_seconds=LONG_SESSION):
        admin = AIOKafkaAdminClient(bootstrap_servers=world.kafka)
        await admin.start()
        try:
            (answer,) = await admin.describe_consumer_groups(["tally.facts"])
        finally:
            await admin.close()
        assert "motcua-tally-2" in str(answer)


async def test_partitions_that_are_added_are_read_by_whoever_runs(world: TallyWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys change their partition by that; the numbers keep each account's order."""
    monkeypatch.setattr(broker, "METADATA_MS", 500)
    accounts = names("grown", 20)
    async with world.ready() as messaging:
        await world.good(accounts, 3)
        await world.has(dict.fromkeys(accounts, (3, 3)))
        await grow(world, 5)
        await world.produce_anew()
        await eventually(lambda: len(client_of(messaging).assignment()) == PARTITIONS + 3)
        await world.good(accounts, 6, start=4)
        await world.was_applied_effectively_once(dict.fromkeys(accounts, 6))
    async with world.ready() as messaging:
        await world.good(accounts, 9, start=7)
        await world.was_applied_effectively_once(dict.fromkeys(accounts, 9))
        assert len(await partitions_of(world.kafka, [world.amounts.deposits.base])) == 5


async def grow(world: TallyWorld, partitions: int) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=world.kafka)
    await admin.start()
    try:
        await admin.create_partitions({world.amounts.deposits.base: NewPartitions(partitions)})
    finally:
        await admin.close()


def client_of(messaging: Messaging) -> GaplessConsumer:
    client = facts_of(messaging).client
    assert client is not None
    return client
