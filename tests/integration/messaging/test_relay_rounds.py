"""What a round of the relay takes up, and what becomes of it when Kafka takes a part of it only."""

import asyncio
import os
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import uuid4
from zlib import crc32

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from prometheus_client import REGISTRY
from sqlalchemy import text

from contracts.topics import Kind, Topic
from messaging import outbox
from messaging.bell import LONGEST_SLEEP_SECONDS, Bell
from messaging.clock import system_clock
from messaging.outbox import COMMON, LARGEST_PAYLOAD
from messaging.records import TOPIC_BY_NAME
from messaging.relay import BYTES_A_ROUND, Relay
from tests.support.eventually import eventually
from tests.support.kafka_quota import quota
from tests.support.tally_world import TallyWorld, names, publish, tally_world


@pytest.fixture(scope="module")
async def world(kafka_bootstrap, postgres) -> AsyncIterator[TallyWorld]:
    async with tally_world(kafka_bootstrap, postgres) as made:
        yield made


@pytest.fixture
async def relay(world: TallyWorld) -> AsyncIterator[Relay]:
    """Its outbox is empty at the beginning and the end; a round of it that is in doubt ends soon."""
    made = Relay(
        database=world.database,
        kafka=world.kafka,
        service="tally",
        lane=COMMON,
        bell=Bell(),
        stopping=asyncio.Event(),
        produce_seconds=1.0,
    )
    yield made
    await made.end()
    await world.execute("DELETE FROM outbox")


async def topic(world: TallyWorld, *, exists: bool = True, kind: Kind = Kind.FACTS, **config: str) -> Topic:
    made = Topic(base=f"tally.rounds-{uuid4().hex[:8]}", owner="tally", kind=kind, key="account", partitions=1)
    TOPIC_BY_NAME[made.base] = made
    if exists:
        await create(world, made, **config)
    return made


async def create(world: TallyWorld, made: Topic, **config: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=world.kafka)
    await admin.start()
    try:
        configs = {name.replace("_", "."): value for name, value in config.items()}
        await admin.create_topics([NewTopic(made.base, made.partitions, 1, topic_configs=configs)])
    finally:
        await admin.close()


async def configure(world: TallyWorld, made: Topic, **config: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=world.kafka)
    await admin.start()
    try:
        configs = {name.replace("_", "."): value for name, value in config.items()}
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, made.base, configs=configs)])
    finally:
        await admin.close()


async def write(world: TallyWorld, to: Topic, subject: str, sizes: Sequence[int], first: int = 1) -> None:
    """One row for each size, numbered from `first`; chance, which compresses little."""
    rows = [
        outbox.Draft(topic=to, type="t", subject=subject, sequence=number, lane=None, payload=letters(size), time=system_clock())
        for number, size in enumerate(sizes, first)
    ]
    async with world.database.begin() as connection:
        await outbox.write(connection, rows)


def letters(size: int) -> bytes:
    return b64encode(os.urandom(size))[:size]


async def left(world: TallyWorld) -> list[tuple[str, int]]:
    """(subject, sequence) of the rows that are still there, in their order."""
    rows = await world.rows("SELECT aggregateid, sequence FROM outbox ORDER BY position")
    return [(row.aggregateid, row.sequence) for row in rows]


async def leaves(world: TallyWorld, rows: list[tuple[str, int]]) -> None:
    async def there() -> bool:
        return await left(world) == rows

    await eventually(there, describe=f"only {rows} left in the outbox")


def failing(of: Topic) -> float | None:
    return REGISTRY.get_sample_value("motcua_relay_failing", {"lane": COMMON, "topic": of.base})


@asynccontextmanager
async def running(relay: Relay) -> AsyncIterator[None]:
    task = asyncio.create_task(relay.run())
    try:
        yield
    finally:
        relay.stopping.set()
        relay.bell.ring_all()
        await task


async def heard(world: TallyWorld, to: Topic) -> list[tuple[str, int]]:
    """(subject, sequence) of every record of the topic, in Kafka's order."""
    records = await world.everything(to)
    return [(record.key.decode(), int(dict(record.headers)["ce_sequence"])) for record in records]


async def test_a_round_is_bounded_in_bytes_as_well(world: TallyWorld, relay: Relay) -> None:
    """A thousand of the largest events would be 900 MB in memory, and no network takes that in 5 s."""
    to = await topic(world)
    await write(world, to, "large", [LARGEST_PAYLOAD] * 12)
    relay.produce_seconds = 30
    moved = [await relay.round() for _ in range(4)]
    assert max(moved) <= BYTES_A_ROUND // LARGEST_PAYLOAD + 1
    assert sum(moved) == 12
    assert await heard(world, to) == [("large", number) for number in range(1, 13)]


async def test_a_round_that_bytes_have_cut_is_followed_by_the_next_at_once(world: TallyWorld, relay: Relay) -> None:
    to = await topic(world)
    await write(world, to, "large", [LARGEST_PAYLOAD] * 12)
    relay.produce_seconds = 30
    async with running(relay):
        await world.outbox_empty()


async def test_a_missing_topic_holds_its_own_rows_and_no_others(world: TallyWorld, relay: Relay) -> None:
    """As when a service's dead-letter topic was deleted: its facts leave all the same, and the topic is named."""
    missing, accounts = await topic(world, exists=False), names("beside", 10)
    await write(world, missing, "letter", [10, 10])
    await publish(world, accounts, 5)
    async with running(relay):
        await leaves(world, [("letter", 1), ("letter", 2)])
        await eventually(lambda: any(missing.base in problem for problem in relay.problems()), describe=relay.problems)
        assert failing(missing) == 1
        await create(world, missing)
        await world.outbox_empty()
        await eventually(lambda: not relay.problems(), describe=relay.problems)
        assert failing(missing) == 0
    assert await heard(world, missing) == [("letter", 1), ("letter", 2)]


async def test_a_state_topic_that_is_missing_holds_neither_other_states_nor_facts(world: TallyWorld, relay: Relay) -> None:
    missing = await topic(world, exists=False, kind=Kind.STATE)
    states, facts = await topic(world, kind=Kind.STATE), await topic(world)
    for to, subject in ((missing, "held"), (states, "entity"), (facts, "dossier")):
        await write(world, to, subject, [10, 10])
    async with running(relay):
        await leaves(world, [("held", 1), ("held", 2)])
        assert await heard(world, states) == [("entity", 1), ("entity", 2)]
        assert await heard(world, facts) == [("dossier", 1), ("dossier", 2)]
        await create(world, missing)
        await world.outbox_empty()
    assert await heard(world, missing) == [("held", 1), ("held", 2)]


async def test_what_kafka_has_acknowledged_does_not_go_again_when_the_rest_is_in_doubt(world: TallyWorld, relay: Relay) -> None:
    """Under a quota Kafka acknowledges the first batch of a round, and for minutes none that comes behind it."""
    to = await topic(world)
    await write(world, to, "slow", [1000] * 1500)
    async with quota(world.kafka, f"tally.relay.{COMMON}", 1000), running(relay):
        await world.outbox_empty()
    records = await heard(world, to)
    assert list(dict.fromkeys(records)) == [("slow", number) for number in range(1, 1501)]
    assert len(records) < 2 * 1500


async def test_while_another_has_the_lane_what_failed_is_not_tried_over_and_over(world: TallyWorld, relay: Relay) -> None:
    missing = await topic(world, exists=False)
    await write(world, missing, "letter", [10])
    assert await relay.round() == 0
    assert relay._longest_wait() < LONGEST_SLEEP_SECONDS, "it is tried again soon"
    async with world.database.begin() as other:
        lock = crc32(f"relay tally {COMMON}".encode())
        await other.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})
        assert await relay.round() == 0
        assert relay.claimed_elsewhere
        assert relay._longest_wait() == LONGEST_SLEEP_SECONDS


async def test_a_record_that_kafka_refuses_holds_its_own_key_and_nothing_else(world: TallyWorld, relay: Relay) -> None:
    """As when somebody has lowered max.message.bytes: rows behind it that have the same key keep their order."""
    to = await topic(world, max_message_bytes="5000")
    await write(world, to, "early", [100])
    await write(world, to, "large", [9000, 100])
    await write(world, to, "late", [100] * 100)
    async with running(relay):
        await leaves(world, [("large", 1), ("large", 2)])
        await eventually(lambda: any(to.base in problem for problem in relay.problems()), describe=relay.problems)
        assert not any("large" in problem for problem in relay.problems()), "a key may be a person's"
        await configure(world, to, max_message_bytes="900000")
        await world.outbox_empty()
    assert await heard(world, to) == [
        ("early", 1),
        *(("late", number) for number in range(1, 101)),
        ("large", 1),
        ("large", 2),
    ]
