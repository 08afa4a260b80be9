"""A publisher whose database has forgotten its last commits gives no number twice: it publishes nothing until it is raised."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from contracts.envelope import Attributes, read_attributes
from messaging.bell import Bell
from messaging.clock import system_clock
from messaging.command_table import Command
from messaging.commands import Commands
from messaging.connections import make_engine
from messaging.outbox import COMMON
from messaging.publisher_comparison import Comparison, compare
from messaging.publisher_guard import PublisherBehind
from messaging.raised_numbers import raise_numbers
from messaging.relay import Relay
from messaging.runtime import Messaging
from tests.support.eventually import eventually
from tests.support.servers import PostgresServer, as_postgres_server
from tests.support.tally_commands import TABLE, Add
from tests.support.tally_service import Totalled, service
from tests.support.tally_world import TallyWorld, names, publish, tally_world


@pytest.fixture
async def world(kafka_bootstrap: str, postgres: PostgresServer) -> AsyncIterator[TallyWorld]:
    async with tally_world(kafka_bootstrap, postgres) as made:
        yield made


async def add(world: TallyWorld, account: str, times: int = 1) -> None:
    commands = Commands(database=world.database, table=TABLE, clock=system_clock)
    for _ in range(times):
        await commands.run(Command(body=Add(1), target=account))


async def numbers(world: TallyWorld, account: str) -> list[int]:
    """In the order in which Kafka has them."""
    records = await world.everything(world.amounts.totals)
    attributes = [read_attributes(list(record.headers)) for record in records]
    return [event.sequence for event in attributes if event.subject == account]


@asynccontextmanager
async def restored(world: TallyWorld, url: str) -> AsyncIterator[TallyWorld]:
    """The same service, on that database."""
    database = make_engine(url, pool_size=12)
    try:
        yield TallyWorld(world.amounts, url, world.kafka, database, world.producer)
    finally:
        await database.dispose()


async def comparison(world: TallyWorld) -> Comparison:
    return await compare(world.kafka, world.database, service(world.amounts).publishes)


def relay_of(world: TallyWorld) -> Relay:
    return Relay(database=world.database, kafka=world.kafka, service="tally", lane=COMMON, bell=Bell(), stopping=asyncio.Event())


async def problems(messaging: Messaging) -> str:
    return " ".join((await messaging.consuming()).problems)


async def test_a_restored_database_gives_no_number_twice(world: TallyWorld, postgres: PostgresServer) -> None:
    known, unknown = names("restored", 2)
    async with world.ready():
        await add(world, known, 3)
        await world.outbox_empty()
    await world.database.dispose()
    backup = await postgres.restored(world.url)
    async with world.ready():
        await add(world, known, 2)
        await add(world, unknown)
        await world.outbox_empty()
    async with restored(world, backup) as again, again.running() as messaging:

        async def held() -> bool:
            return "motcua publisher raise" in await problems(messaging)

        await eventually(held)
        with pytest.raises(PublisherBehind):
            await add(again, known)
        assert await again.rows("SELECT 1 FROM outbox") == []

        raised = await raise_numbers(again.kafka, again.database, service(again.amounts).publishes)
        topic = again.amounts.totals.base
        assert (raised.behind, raised.absent) == ([f"{topic}/{known}"], [f"{topic}/{unknown}"])

        async def writes() -> bool:
            try:
                await add(again, known)
            except PublisherBehind:
                return False
            return True

        await eventually(writes)
        await add(again, unknown, 2)
        await again.outbox_empty()
        assert await problems(messaging) == ""
    assert await numbers(world, known) == [1, 2, 3, 4, 5, 6]
    assert await numbers(world, unknown) == [1, 2, 3], "what begins anew goes on behind the numbers that readers know"


async def test_a_restored_database_holds_its_consumers_and_its_outbox(world: TallyWorld, postgres: PostgresServer) -> None:
    """What they would publish may have been published otherwise; and rows of the backup may be another's numbers by now."""
    read, written = names("held", 2)
    async with world.ready():
        await add(world, written)
        await world.outbox_empty()
    await publish(world, [written], 2, start=2)
    await world.database.dispose()
    backup = await postgres.restored(world.url)
    async with world.ready():
        await world.deposit(read, 1)
        await world.has({read: (1, 1)})
        await world.outbox_empty()
    before = await world.everything(world.amounts.totals)
    async with restored(world, backup) as again, again.running() as messaging:

        async def held() -> bool:
            return "motcua publisher raise" in await problems(messaging)

        await eventually(held)
        consumers = messaging.consumers

        async def tried() -> bool:
            return any(consumer.attempted_at for consumer in consumers)

        await eventually(tried, describe="a batch that was refused")
        assert await again.account(read) is None
        assert [row.sequence for row in await again.rows("SELECT sequence FROM outbox")] == [2]
        assert len(await world.everything(world.amounts.totals)) == len(before)

        await raise_numbers(again.kafka, again.database, service(again.amounts).publishes)
        await again.has({read: (1, 1)})
        await again.outbox_empty()
        assert await numbers(world, read) == [1, 2], "what a consumer begins anew goes on behind what readers know"
        (row,) = await again.rows("SELECT version FROM account WHERE id = :id", id=read)
        assert row.version == 2


async def test_a_crash_behind_kafkas_acknowledgement_is_no_difference(world: TallyWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    (account,) = names("crash", 1)
    await publish(world, [account], 20)
    relay = relay_of(world)

    async def dies(*_: Any) -> None:
        raise ConnectionError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(Relay, "_forget", dies)

        async def died() -> bool:
            try:
                return await relay.round() > 0
            except ConnectionError:
                return True

        await eventually(died)
    await relay.end()
    assert await numbers(world, account) == [*range(1, 21)]
    assert (await comparison(world)).unknown is None


async def send_as_tally(
    world: TallyWorld, ids: Sequence[str], account: str, numbers: Sequence[int], key: str | None = None
) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=world.kafka)
    async with producer:
        for ident, number in zip(ids, numbers, strict=True):
            headers = Attributes(
                id=ident, source="tally", type=Totalled.TYPE, subject=account, time=system_clock(), sequence=number
            ).headers()
            value = Totalled(total=number, of=number).model_dump_json().encode()
            await producer.send_and_wait(world.amounts.totals.base, value, (key or account).encode(), headers=headers)


async def moved(world: TallyWorld) -> None:
    relay = relay_of(world)

    async def empty() -> bool:
        await relay.round()
        return not await world.rows("SELECT 1 FROM outbox")

    await eventually(empty)
    await relay.end()


async def test_only_what_was_never_sent_by_this_database_is_a_difference(world: TallyWorld) -> None:
    """A frozen relay's rows may arrive a second time, and strangers may write what is none of ours."""
    (account,) = names("late", 1)
    assert (await comparison(world)).unknown is None
    await publish(world, [account], 3)
    await moved(world)
    sent = [
        row.id for row in await world.rows("SELECT id FROM outbox_sent WHERE aggregateid = :id ORDER BY position", id=account)
    ]
    await send_as_tally(world, sent, account, [1, 2, 3])
    await world.send_raw(world.amounts.totals.base, account.encode(), b"{}", [])
    await send_as_tally(world, ["stranger"], account, [4], key="another")
    assert (await comparison(world)).unknown is None
    await send_as_tally(world, ["ours"], account, [4])
    unknown = (await comparison(world)).unknown
    assert unknown is not None
    assert unknown.attributes.id == "ours"


async def test_an_emptied_database_knows_nothing_of_full_topics(world: TallyWorld, postgres: PostgresServer) -> None:
    await world.database.dispose()
    empty = await postgres.restored(world.url)
    await publish(world, names("full", 3), 1)
    await moved(world)
    async with restored(world, empty) as again:
        assert (await comparison(again)).unknown is not None


async def test_a_topic_made_anew_is_known_from_its_own_first_offset(world: TallyWorld) -> None:
    """The offset of the old one says nothing: neither that there is less, nor that there is no more."""
    (account,) = names("anew", 1)
    await world.execute(
        "INSERT INTO published_offset SELECT :topic, p, 'gone', 1000 FROM generate_series(0, 1) p",
        topic=world.amounts.totals.base,
    )
    await send_as_tally(world, ["ours"], account, [1])
    assert (await comparison(world)).unknown is not None
    await publish(world, [account], 2)
    await moved(world)
    (row,) = await world.rows("SELECT next, topic_id FROM published_offset WHERE next <> 1000")
    assert (row.next, row.topic_id != "gone") == (3, True)


async def test_after_another_start_of_the_server_nothing_is_written_before_kafka_has_answered(own_servers: Any) -> None:
    server = as_postgres_server(own_servers)
    async with tally_world(own_servers.bootstrap, server) as world, world.ready() as messaging:
        (account,) = names("server", 1)
        await add(world, account)
        await world.outbox_empty()
        own_servers.kafka.kill()
        own_servers.postgres.kill()
        own_servers.postgres.start()

        async def refused() -> bool:
            try:
                await add(world, account)
            except PublisherBehind:
                return True
            except Exception:  # noqa: BLE001 -- connections of before
                return False
            raise AssertionError("written, and nobody knows whether it had been before")

        await eventually(refused)
        assert "has not been compared" in await problems(messaging)
        own_servers.kafka.start()

        async def written() -> bool:
            try:
                await add(world, account)
            except Exception:  # noqa: BLE001 -- not yet
                return False
            return True

        await eventually(written)
        await world.outbox_empty()
        assert await numbers(world, account) == [1, 2]
