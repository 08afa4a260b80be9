"""Real processes, killed and frozen at exactly the points where an event could be lost or take effect twice."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from messaging import outbox
from messaging.bell import Bell, listen
from messaging.clock import system_clock
from messaging.outbox import COMMON
from messaging.relay import Relay
from tests.support.eventually import eventually
from tests.support.tally_process import TallyProcess, tally_process
from tests.support.tally_service import Named
from tests.support.tally_world import TallyWorld, names, publish, tally_world


@pytest.fixture(scope="module")
async def world(kafka_bootstrap, postgres) -> AsyncIterator[TallyWorld]:
    async with tally_world(kafka_bootstrap, postgres) as made:
        yield made


async def test_two_processes_share_and_one_is_killed_between_database_commit_and_offset_commit(world: TallyWorld) -> None:
    accounts = names("shared", 10)
    await world.good(accounts, 5)
    async with world.ready() as here, tally_process(world, point="committed") as process:
        await world.was_applied_effectively_once(dict.fromkeys(accounts, 5))
        consumer = here.consumers[0].subscriber.consumer
        await eventually(lambda: len(consumer.assignment()) < 2, describe="partitions given to the other")
        await world.good(accounts, 20, start=6)
        await process.says("committed")
        await process.kill()
        await world.good(accounts, 25, start=21)
        await world.was_applied_effectively_once(dict.fromkeys(accounts, 25))


# --- relays -----------------------------------------------------------------------------------------------


async def all_heard(world: TallyWorld, accounts: list[str], upto: int) -> None:
    assert await world.published(*accounts) == {account: [(n, n) for n in range(1, upto + 1)] for account in accounts}


async def test_killed_between_kafkas_acknowledgement_and_the_delete(world: TallyWorld) -> None:
    accounts = names("acknowledged", 10)
    await world.outbox_empty()
    async with tally_process(world, "relay", "acknowledged") as first:
        await first.says("started")
        await publish(world, accounts, 10)
        await first.says("acknowledged")
        await first.kill()
    assert await world.rows("SELECT count(*) FROM outbox") == [(100,)]
    sent = len(await world.everything(world.amounts.totals))
    async with tally_process(world, "relay"):
        await publish(world, accounts, 12, start=11)
        await all_heard(world, accounts, 12)
    assert len(await world.everything(world.amounts.totals)) == sent + 120, "the rows went again; readers drop them"


async def frozen(process: TallyProcess, point: str) -> None:
    await process.says(point)
    process.freeze()


@pytest.mark.parametrize("point", ["before-sending", "acknowledged"])
async def test_a_relay_frozen_in_the_middle_of_a_round_frees_its_lane(world: TallyWorld, point: str) -> None:
    """The other takes over when PostgreSQL has cut the frozen one off; that one, thawed, changes nothing any more."""
    accounts = names(point, 10)
    async with tally_process(world, "relay", point) as first, tally_process(world, "relay") as second:
        await second.says("started")
        await world.outbox_empty()
        second.freeze()
        await publish(world, accounts, 20)
        await frozen(first, point)
        second.thaw()
        await all_heard(world, accounts, 20)
        await publish(world, accounts, 30, start=21)
        await all_heard(world, accounts, 30)
        first.thaw()
        first.go_on()
        await publish(world, accounts, 40, start=31)
        await all_heard(world, accounts, 40)
        await second.kill()
        await publish(world, accounts, 50, start=41)
        await all_heard(world, accounts, 50)


async def publish_name(world: TallyWorld, account: str, version: int, name: str | None) -> None:
    """A version of a state, or a tombstone, as a transaction of the tally would write it."""
    row = outbox.Draft(
        topic=world.amounts.names,
        type=Named.TYPE,
        subject=account,
        sequence=version,
        lane=None,
        payload=None if name is None else Named(name=name).model_dump_json().encode(),
        time=system_clock(),
    )
    async with world.database.begin() as connection:
        await outbox.write(connection, [row])


@pytest.mark.parametrize("point", ["before-sending", "before-the-id"])
async def test_a_relay_frozen_before_it_sends_brings_no_older_state_back(world: TallyWorld, point: str) -> None:
    """It read a contact; another relay took its lane and sent the tombstone; thawed, it sends what it had read. A compacted
    topic would keep that for ever.
    """
    erased, other = names("erased", 2)
    async with tally_process(world, "relay", point) as first, tally_process(world, "relay") as second:
        await second.says("waits")
        second.freeze()
        await publish_name(world, erased, 1, "Một")
        await first.says(point)
        first.go_on(1)
        await world.outbox_empty()
        await publish_name(world, erased, 2, "Hai")
        await frozen(first, point)
        second.thaw()
        await world.outbox_empty()
        await publish_name(world, erased, 3, None)
        await world.outbox_empty()
        first.thaw()
        first.go_on()
        await second.kill()
        await publish_name(world, other, 1, "Khác")
        await world.outbox_empty()
    records = [record for record in await world.everything(world.amounts.names) if record.key == erased.encode()]
    assert records[-1].value is None, [record.value for record in records]


async def test_two_relays_at_once_keep_the_order(world: TallyWorld) -> None:
    accounts = names("two-relays", 20)
    async with tally_process(world, "relay") as first, tally_process(world, "relay") as second:
        await first.says("started")
        await second.says("started")
        for start in range(1, 100, 10):
            await publish(world, accounts, start + 9, start=start)
        await all_heard(world, accounts, 100)


async def test_a_relay_moves_its_own_lane_and_no_other(world: TallyWorld) -> None:
    (account,) = names("lanes", 1)
    stopping = asyncio.Event()
    relay = Relay(database=world.database, kafka=world.kafka, service="tally", lane="post", bell=Bell(), stopping=stopping)
    await publish(world, [account], 3)
    assert await relay.round() == 0
    common = Relay(database=world.database, kafka=world.kafka, service="tally", lane=COMMON, bell=Bell(), stopping=stopping)
    assert await common.round() == 3
    await common.end()
    await all_heard(world, [account], 3)


async def test_what_nobody_rang_for_is_found_by_the_look(world: TallyWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when a notification was lost with its connection."""
    monkeypatch.setattr("messaging.bell.IDLE_LOOK_SECONDS", 0.05)
    bell, stopping = Bell(), asyncio.Event()
    listening = asyncio.create_task(listen(world.url, bell, stopping, ["unrung"]))
    woken = asyncio.create_task(bell.wait("unrung", 3600))
    looking = "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%served%' AND pid <> pg_backend_pid()"
    await eventually(lambda: world.rows(looking), describe="a listening connection")
    assert not woken.done()
    await world.execute(
        "INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, lane, sequence, time)"
        " VALUES (gen_random_uuid(), 'none', 'unrung', 'none', '', 'unrung', 1, now())"
    )
    await eventually(woken.done, describe="woken by the look")
    await world.execute("DELETE FROM outbox WHERE lane = 'unrung'")
    stopping.set()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_the_listening_connection_is_made_again(world: TallyWorld) -> None:
    bell, stopping = Bell(), asyncio.Event()
    listening = asyncio.create_task(listen(world.url, bell, stopping, []))
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%served%' AND pid <> pg_backend_pid()"
    await eventually(lambda: world.rows(cut), describe="a listening connection to cut")
    woken = asyncio.create_task(bell.wait("anybody", 60))

    async def was_woken() -> bool:
        await world.execute("SELECT pg_notify('outbox', 'anybody')")
        return woken.done()

    await eventually(was_woken, describe="a notification on a new connection")
    stopping.set()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
