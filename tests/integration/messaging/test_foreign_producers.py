"""What others write to our topics: transactions that came to nothing, any compression, and what this installation cannot read."""

from collections.abc import AsyncIterator

import pytest
from aiokafka import codec
from prometheus_client import REGISTRY

from messaging import unreadable_partitions
from messaging.runtime import Messaging
from tests.support.eventually import eventually
from tests.support.tally_world import TallyWorld, facts_of, is_ready, names, tally_world


@pytest.fixture
async def world(kafka_bootstrap, postgres) -> AsyncIterator[TallyWorld]:
    async with tally_world(kafka_bootstrap, postgres) as made:
        yield made


async def test_records_of_an_aborted_transaction_are_no_facts(world: TallyWorld) -> None:
    (account,) = names("aborted", 1)
    async with world.ready():
        await world.produce_anew(transactional_id=f"foreign-{account}")
        await world.producer.begin_transaction()
        await world.deposit(account, 1, amount=100)
        await world.producer.abort_transaction()
        async with world.producer.transaction():
            await world.deposit(account, 1)
            await world.deposit(account, 2)
        await world.was_applied_effectively_once({account: 2})


@pytest.mark.parametrize("compression", ["gzip", "snappy", "lz4", "zstd"])
async def test_every_compression_that_kafka_knows_is_read(world: TallyWorld, compression: str) -> None:
    accounts = names(compression, 3)
    await world.produce_anew(compression_type=compression)
    async with world.ready():
        await world.good(accounts, 5)
        await world.was_applied_effectively_once(dict.fromkeys(accounts, 5))


async def says(messaging: Messaging, words: str) -> None:
    async def said() -> bool:
        return any(words in problem for problem in (await messaging.consuming()).problems)

    await eventually(said, describe=f"a problem with: {words}")


async def test_a_partition_that_cannot_be_read_stops_no_other_and_is_seen(
    world: TallyWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here because the library for its compression is missing; it goes on where it was as soon as it can be read."""
    accounts = names("before", 20)
    monkeypatch.setattr(unreadable_partitions, "ASIDE_SECONDS", 1.0)
    async with world.ready() as messaging:
        await world.good(accounts, 2)
        await world.has(dict.fromkeys(accounts, (2, 2)))
        (account,) = names("packed", 1)
        world.gate.shut()
        await world.good(accounts, 3, start=3)
        await world.gate.reached.wait()
        plain = world.producer
        world.producer = await world.another_producer(compression_type="zstd")
        await world.deposit(account, 1)
        await world.producer.stop()
        world.producer = plain
        monkeypatch.setattr(codec, "has_zstd", lambda: False)
        world.gate.opened.set()
        await says(messaging, "cannot be read: UnsupportedCodecError")
        await world.good(accounts, 6, start=4)

        async def others_go_on() -> bool:
            rows = await world.rows("SELECT number FROM account WHERE id = ANY(:ids) AND number = 6", ids=accounts)
            return 0 < len(rows) < len(accounts)

        await eventually(others_go_on)
        aside = {"group": "tally.facts"}
        await eventually(lambda: REGISTRY.get_sample_value("motcua_unreadable_partitions", aside) == 1)
        errors = REGISTRY.get_sample_value("motcua_kafka_client_errors_total", {"part": "consumer"})
        assert errors is not None
        assert errors >= 1
        monkeypatch.undo()
        await world.has(dict.fromkeys(accounts, (6, 6)) | {account: (1, 1)})
        await is_ready(messaging)


async def test_what_keeps_a_consumer_from_reading_at_all_is_seen(world: TallyWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client whose own task has ended says nothing any more: the process must not pass for one that reads, nor for alive."""
    async with world.ready() as messaging:
        client = facts_of(messaging).client
        assert client is not None
        assert messaging.alive().good
        monkeypatch.setattr("signal.raise_signal", lambda _: None)
        client._fetcher._fetch_task.cancel()
        await says(messaging, "the client has ended")
        assert not messaging.alive().good
