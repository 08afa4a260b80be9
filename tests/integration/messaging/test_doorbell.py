"""Who waits for what is written hears it at once, and no commit of a writer waits for another's."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import psycopg
import pytest

from messaging import outbox
from messaging.bell import CHANNEL, Bell, listen
from messaging.clock import system_clock
from messaging.connections import make_engine
from messaging.outbox import COMMON
from messaging.relay import Relay
from tests.support.eventually import eventually
from tests.support.tally_process import tally_process
from tests.support.tally_world import TallyWorld, names, publish, tally_world


@pytest.fixture(scope="module")
async def world(kafka_bootstrap, postgres) -> AsyncIterator[TallyWorld]:
    async with tally_world(kafka_bootstrap, postgres) as made:
        yield made


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is found by looking: only by being rung for."""
    for name in ("IDLE_LOOK_SECONDS", "POLL_SECONDS"):
        monkeypatch.setattr(f"messaging.bell.{name}", 3600.0)
    monkeypatch.setattr("messaging.relay.LONGEST_SLEEP_SECONDS", 3600.0)


@asynccontextmanager
async def notifications(world: TallyWorld) -> AsyncIterator[Callable[[], Awaitable[list[str]]]]:
    """What another process has heard so far."""
    heard: list[str] = []
    url = world.url.replace("postgresql+psycopg://", "postgresql://")
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        connection.add_notify_handler(lambda notification: heard.append(notification.payload))
        await connection.execute(f"LISTEN {CHANNEL}")

        async def so_far() -> list[str]:
            await connection.execute("SELECT 1")
            return heard

        yield so_far


@asynccontextmanager
async def relays(world: TallyWorld, lanes: Sequence[str]) -> AsyncIterator[list[Relay]]:
    """As a process has them: one of each lane, and one listening connection; all of them wait."""
    bell, stopping = Bell(), asyncio.Event()
    made = [
        Relay(database=world.database, kafka=world.kafka, service="tally", lane=lane, bell=bell, stopping=stopping)
        for lane in lanes
    ]
    tasks = [asyncio.create_task(relay.run()) for relay in made]
    tasks.append(asyncio.create_task(listen(world.url, bell, stopping, lanes)))
    await eventually(lambda: all(bell.serves(lane) for lane in lanes))
    await eventually(lambda: world.rows(LISTENING), describe="a listening connection")
    try:
        yield made
    finally:
        stopping.set()
        bell.ring_all()
        tasks[-1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


UNHURRIED = {"LOOK_SECONDS": "3600", "IDLE_SECONDS": "60"}
"""A process that finds nothing by looking, and whose frozen transaction PostgreSQL leaves alone."""
LISTENING = "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%served%' AND pid <> pg_backend_pid()"


async def test_a_process_rings_for_its_own_relay_and_notifies_nobody(world: TallyWorld, unhurried: None) -> None:
    accounts = names("own", 5)
    async with notifications(world) as heard, relays(world, [COMMON]):
        for number in range(1, 21):
            await publish(world, accounts, number, start=number)
        await world.outbox_empty()
        assert COMMON not in await heard(), "each commit that notifies would queue for one lock of the whole cluster"


async def test_rows_of_a_lane_without_relay_here_are_moved_by_another_process(world: TallyWorld, unhurried: None) -> None:
    accounts = names("others", 5)
    async with tally_process(world, "relay", **UNHURRIED) as other, relays(world, ["post"]):
        await other.says("waits")
        await publish(world, accounts, 10)
        await world.outbox_empty()
        await publish(world, accounts, 20, start=11)
        await world.outbox_empty()


async def test_the_relay_that_has_the_lane_looks_again_for_rows_of_another_process(world: TallyWorld, unhurried: None) -> None:
    """It looked before they were committed; whose relay finds the lane taken says so."""
    accounts = names("passed-on", 5)
    async with tally_process(world, "relay", "acknowledged", **UNHURRIED) as other:
        await other.says("waits")
        await publish(world, accounts, 1)
        await other.says("acknowledged")
        async with notifications(world) as heard, relays(world, [COMMON]) as (ours,):
            await publish(world, accounts, 2, start=2)

            async def passed_on() -> bool:
                return COMMON in await heard()

            await eventually(passed_on, describe="a notification for the relay that has the lane")
            assert ours.claimed_elsewhere
        other.go_on()
        await world.outbox_empty()


async def test_writers_without_anybody_who_listens_notify(world: TallyWorld) -> None:
    """As a tool does that writes into a service's database."""
    own = make_engine(world.url, pool_size=1)
    row = outbox.Draft(
        topic=world.amounts.totals, type="t", subject="tool", sequence=1, lane=None, payload=b"{}", time=system_clock()
    )
    async with notifications(world) as heard:
        async with own.begin() as connection:
            await outbox.write(connection, [row])
        await eventually(heard, describe="a notification")
        assert await heard() == [COMMON]
    await own.dispose()
    await world.execute("DELETE FROM outbox")


async def test_what_a_process_wrote_while_it_stopped_is_taken_up_by_another(world: TallyWorld, unhurried: None) -> None:
    """Its own relay looks no more: as at a restart one after the other."""
    accounts = names("stopping", 5)
    async with tally_process(world, "relay", **UNHURRIED) as other:
        await other.says("waits")
        async with relays(world, [COMMON]) as (ours,):
            ours.stopping.set()
            await publish(world, accounts, 3)
        await world.outbox_empty()
