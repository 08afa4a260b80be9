"""Servers stop, freeze and come back under load: readiness says so, nothing is lost, nothing takes effect twice.

Short versions; `make test-faults` has the long ones.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from messaging.bell import Bell
from messaging.outbox import COMMON
from messaging.relay import Relay
from messaging.relay_failures import Failures
from messaging.runtime import Messaging
from tests.support.embedded import EmbeddedServers, Server, start_servers
from tests.support.eventually import eventually
from tests.support.load import under_load
from tests.support.servers import as_postgres_server
from tests.support.tally_world import TallyWorld, is_ready, names, publish, tally_world


@pytest.fixture(scope="module")
def apart() -> AsyncIterator[EmbeddedServers]:
    """Servers of this module alone, to be stopped."""
    own = start_servers()
    yield own
    own.close()


@pytest.fixture(scope="module")
async def world(apart: EmbeddedServers) -> AsyncIterator[TallyWorld]:
    async with tally_world(apart.bootstrap, as_postgres_server(apart)) as made:
        yield made


async def says(messaging: Messaging, word: str) -> None:
    async def said() -> bool:
        return any(word in problem for problem in (await messaging.consuming()).problems)

    await eventually(said, describe=f"a problem with {word}")


async def start(server: Server) -> None:
    await asyncio.to_thread(server.start)


async def test_kafka_away_at_the_start(apart: EmbeddedServers, world: TallyWorld) -> None:
    """A process that is stopped meanwhile leaves nothing behind; one that stays begins when Kafka is there."""
    apart.kafka.kill()
    tasks = asyncio.all_tasks()
    async with world.running() as stopped:
        await says(stopped, "Kafka")
    await eventually(lambda: asyncio.all_tasks() <= tasks, describe=asyncio.all_tasks)
    async with world.running() as messaging:
        await says(messaging, "Kafka")
        await start(apart.kafka)
        await is_ready(messaging)
        async with under_load(world) as load:
            await load.more()


async def test_kafka_stopped_and_back(apart: EmbeddedServers, world: TallyWorld) -> None:
    async with world.ready() as messaging, under_load(world) as load:
        await load.more()
        apart.kafka.kill()
        await load.more(60)
        await start(apart.kafka)
        await load.more()
        await is_ready(messaging)


async def test_postgres_stopped_and_back(apart: EmbeddedServers, world: TallyWorld) -> None:
    async with world.ready() as messaging, under_load(world) as load:
        await load.more()
        apart.postgres.kill()
        await says(messaging, "database")
        await load.more(40)
        await start(apart.postgres)
        await load.more()
        await is_ready(messaging)


@pytest.mark.parametrize("name", ["kafka", "postgres"])
async def test_frozen_and_thawed(apart: EmbeddedServers, world: TallyWorld, name: str) -> None:
    server: Server = getattr(apart, name)
    async with world.ready() as messaging, under_load(world) as load:
        await load.more()
        server.pause()
        await load.more(60)
        server.resume()
        await load.more()
        await is_ready(messaging)


async def test_a_relay_in_doubt_leaves_no_producer_behind(apart: EmbeddedServers, world: TallyWorld) -> None:
    """One that is left alone would send its old rows when Kafka is back, behind newer ones."""
    (account,) = names("doubt", 1)
    relay = Relay(
        database=world.database,
        kafka=world.kafka,
        service="tally",
        lane=COMMON,
        bell=Bell(),
        stopping=asyncio.Event(),
        produce_seconds=0.5,
    )
    await publish(world, [account], 1)
    assert await relay.round() == 1
    tasks = asyncio.all_tasks()
    apart.kafka.pause()
    await publish(world, [account], 3, start=2)
    for _ in range(3):
        relay.failures = Failures(lane=COMMON)
        with contextlib.suppress(TimeoutError):
            assert await relay.round() == 0
        await eventually(lambda: asyncio.all_tasks() <= tasks, describe=asyncio.all_tasks)
    apart.kafka.resume()
    relay.failures, relay.produce_seconds = Failures(lane=COMMON), 30
    assert await relay.round() == 2
    await relay.end()
    assert await world.published(account) == {account: [(1, 1), (2, 2), (3, 3)]}
