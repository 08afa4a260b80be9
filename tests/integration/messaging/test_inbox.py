"""The row lock of an inbox row makes two consumers of one aggregate take turns: the second sees what the first has applied."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from messaging import inbox
from tests.support.eventually import eventually
from tests.support.tally_world import TallyWorld, names, tally_world


@pytest.fixture(scope="module")
async def world(kafka_bootstrap, postgres) -> AsyncIterator[TallyWorld]:
    async with tally_world(kafka_bootstrap, postgres) as made:
        yield made


@pytest.mark.parametrize("known", [True, False], ids=["known before", "new to both"])
async def test_the_second_of_two_transactions_waits_and_reads_what_the_first_has_applied(world: TallyWorld, known: bool) -> None:
    aggregate = ("bank", names("turns", 1)[0])
    if known:
        async with world.database.begin() as connection:
            await inbox.lock(connection, [aggregate])

    async def second() -> dict[inbox.AggregateKey, int]:
        async with world.database.begin() as connection:
            return await inbox.lock(connection, [aggregate])

    async with world.database.begin() as connection:
        assert await inbox.lock(connection, [aggregate]) == {aggregate: 0}
        waiting = asyncio.create_task(second())
        await eventually(lambda: waits_or_is_done(world, waiting), describe="the second at the first one's lock")
        await inbox.save(connection, {aggregate: 5})
    assert await waiting == {aggregate: 5}


async def waits_or_is_done(world: TallyWorld, waiting: asyncio.Task[object]) -> bool:
    at_a_lock = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    return waiting.done() or bool(await world.rows(at_a_lock))
