"""What Kafka has lost can be published again for some days, and then is forgotten."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from sqlalchemy import text

from messaging import outbox, sent_rows
from messaging.bell import Bell
from messaging.clock import system_clock
from messaging.connections import JOBS, make_engine
from messaging.outbox import COMMON
from messaging.relay import Relay
from messaging.sent_rows import SentPurge
from messaging.tables import SENT_SLOTS
from messaging.topic_creation import create_topics
from tests.support.eventually import eventually
from tests.support.tally_service import Named
from tests.support.tally_world import TallyWorld, names, publish, tally_world

DAYS = 3


@pytest.fixture
async def world(kafka_bootstrap, postgres) -> AsyncIterator[TallyWorld]:
    async with tally_world(kafka_bootstrap, postgres) as made:
        yield made


def relay_of(world: TallyWorld, *, keep: bool = True) -> Relay:
    return Relay(
        database=world.database,
        kafka=world.kafka,
        service="tally",
        lane=COMMON,
        bell=Bell(),
        stopping=asyncio.Event(),
        keep=keep,
    )


async def moved(world: TallyWorld, *, keep: bool = True) -> None:
    relay = relay_of(world, keep=keep)

    async def empty() -> bool:
        await relay.round()
        return not await world.rows("SELECT 1 FROM outbox")

    await eventually(empty)
    await relay.end()


async def lose(world: TallyWorld) -> None:
    """Kafka forgets the topic with all that was in it."""
    topic = world.amounts.totals
    admin = AIOKafkaAdminClient(bootstrap_servers=world.kafka)
    await admin.start()
    await admin.delete_topics([topic.base])

    async def gone() -> bool:
        return topic.base not in await admin.list_topics()

    await eventually(gone)
    await admin.close()

    async def made() -> bool:
        await create_topics(world.kafka, [topic])
        return not await world.everything(topic)

    await eventually(made)


async def republish(world: TallyWorld, since: timedelta) -> int:
    async with world.database.begin() as connection:
        return await sent_rows.republish(connection, system_clock() - since)


async def test_what_kafka_has_lost_is_published_again_in_order(world: TallyWorld) -> None:
    accounts = names("lost", 10)
    await publish(world, accounts, 20)
    await moved(world)
    await lose(world)
    assert await world.published(*accounts) == {}
    assert await republish(world, timedelta(hours=1)) == 200
    await moved(world)
    expected = {account: [(number, number) for number in range(1, 21)] for account in accounts}
    assert await world.published(*accounts) == expected
    assert await republish(world, timedelta(hours=1)) == 200, "what was published again is there twice, and goes once"
    await moved(world)
    assert await world.published(*accounts) == expected, "readers go by the number"


async def test_it_goes_with_the_same_identity(world: TallyWorld) -> None:
    (account,) = names("same", 1)
    await publish(world, [account], 1)
    await moved(world)
    await republish(world, timedelta(hours=1))
    await moved(world)
    first, second = await world.everything(world.amounts.totals)
    assert (first.key, first.value, first.headers) == (second.key, second.value, second.headers)


async def test_only_what_was_sent_since_then(world: TallyWorld) -> None:
    (account,) = names("since", 1)
    await publish(world, [account], 2)
    await moved(world)
    await world.execute("UPDATE outbox_sent SET sent_at = now() - interval '2 hours' WHERE sequence = 1")
    assert await republish(world, timedelta(hours=1)) == 1
    assert [row.sequence for row in await world.rows("SELECT sequence FROM outbox")] == [2]


async def test_state_is_not_kept(world: TallyWorld) -> None:
    """A contact is forgotten within seconds, here too."""
    (account,) = names("state", 1)
    row = outbox.Draft(
        topic=world.amounts.names,
        type=Named.TYPE,
        subject=account,
        sequence=1,
        lane=None,
        payload=b'{"name":"T"}',
        time=system_clock(),
    )
    async with world.database.begin() as connection:
        await outbox.write(connection, [row])
    await publish(world, [account], 1)
    await moved(world)
    kept = await world.rows("SELECT aggregatetype FROM outbox_sent")
    assert [row.aggregatetype for row in kept] == [world.amounts.totals.base]


async def test_nothing_is_kept_where_that_is_set(world: TallyWorld) -> None:
    await publish(world, names("unkept", 3), 2)
    await moved(world, keep=False)
    assert not await world.rows("SELECT 1 FROM outbox_sent")


async def test_old_days_are_emptied_and_young_ones_stay(world: TallyWorld) -> None:
    await fill_all_days(world)
    purge = SentPurge(database=world.database, days=DAYS, stopping=asyncio.Event())
    emptied = await purge.round()
    assert await ages(world) == list(range(DAYS + 1))
    assert len(emptied) == SENT_SLOTS - DAYS - 1
    assert await purge.round() == []


async def test_a_day_that_somebody_reads_is_emptied_later(world: TallyWorld) -> None:
    await fill_all_days(world)
    purge = SentPurge(database=world.database, days=DAYS, stopping=asyncio.Event())
    patient = make_engine(world.url, limits=JOBS)
    async with patient.connect() as backup:
        await backup.execute(text("SELECT count(*) FROM outbox_sent"))
        assert await purge.round() == []
    await patient.dispose()
    assert len(await purge.round()) == SENT_SLOTS - DAYS - 1


async def fill_all_days(world: TallyWorld) -> None:
    """A row of each of the last days; the last but 15 has the partition that comes next."""
    await world.execute(
        "INSERT INTO outbox_sent (slot, sent_at, position, id, aggregatetype, aggregateid, type, lane, sequence, time)"
        " SELECT (extract(epoch FROM now())::bigint / 86400 - ago) % 16, now() - ago * interval '1 day', ago, 'i', 't', 's', 'k',"
        " 'common', 1, now() FROM generate_series(0, 15) AS ago"
    )


async def ages(world: TallyWorld) -> list[int]:
    return [row.position for row in await world.rows("SELECT position FROM outbox_sent ORDER BY position")]
