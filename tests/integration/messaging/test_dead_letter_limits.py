"""What dies in one lane halts that lane and no other, and what a person has tried again halts nobody."""

from collections.abc import AsyncIterator

import pytest

from contracts.values import Lane
from messaging import verdicts
from tests.support.eventually import eventually
from tests.support.tally_service import MENDED
from tests.support.tally_world import TallyWorld, names, tally_world

MANY = 199
"""One more within a minute would be enough for a limit, should most of them have died."""


@pytest.fixture(scope="module")
async def world(kafka_bootstrap, postgres) -> AsyncIterator[TallyWorld]:
    async with tally_world(kafka_bootstrap, postgres, laned=True) as made:
        yield made


async def many_died(world: TallyWorld, accounts: list[str]) -> bool:
    rows = await world.rows("SELECT 1 FROM parking_lot WHERE state = 'dead' AND subject = ANY(:ids)", ids=accounts)
    return len(rows) == len(accounts)


async def test_another_lane_goes_on(world: TallyWorld) -> None:
    refused, (good, more) = names("refused", MANY), names("good", 2)
    async with world.ready() as messaging:
        for account in refused:
            await world.deposit(account, 1, -1, lane=Lane.POST)
        await eventually(lambda: many_died(world, refused))
        await world.deposit(good, 1, lane=Lane.PROVINCE)
        await world.has({good: (1, 1)})
        await world.deposit(more, 1, lane=Lane.POST)
        await world.has({more: (1, 1)})
        assert (await messaging.consuming()).good, "nothing died in the batch that was over the limit"
        for account in names("refused", MANY):
            await world.deposit(account, 1, -1, lane=Lane.POST)

        async def halted() -> bool:
            return any("died within a minute" in problem for problem in (await messaging.consuming()).problems)

        await eventually(halted)
        await world.deposit(good, 2, lane=Lane.PROVINCE)
        await world.has({good: (2, 2)})
        assert [consumer.group for consumer in messaging.consumers if consumer.halted] == ["tally.post"]


async def test_what_is_tried_again_and_dies_again_halts_nobody(world: TallyWorld) -> None:
    refused, (good,) = names("again", MANY), names("good", 1)
    async with world.ready() as messaging:
        for account in refused:
            await world.deposit(account, 1, -1, lane=Lane.DISTRICT)
        await eventually(lambda: many_died(world, refused))
        before = await deaths(world, refused)
        await retry_all(world, refused)
        await eventually(lambda: died_again(world, refused, before), describe="tried again, all of them")
        MENDED.update(refused)
        await retry_all(world, refused)
        await world.has(dict.fromkeys(refused, (-1, 1)))
        await world.deposit(good, 1, lane=Lane.DISTRICT)
        await world.has({good: (1, 1)})
        assert (await messaging.consuming()).good


async def retry_all(world: TallyWorld, accounts: list[str]) -> None:
    rows = await world.rows("SELECT id FROM parking_lot WHERE state = 'dead' AND subject = ANY(:ids)", ids=accounts)
    async with world.database.begin() as connection:
        assert await verdicts.retry(connection, [row.id for row in rows]) == len(accounts)


async def deaths(world: TallyWorld, accounts: list[str]) -> int:
    """Each is announced whenever it dies."""
    await world.outbox_empty()
    records = await world.everything(world.amounts.dead_letters)
    return sum(any(account.encode() in record.value for account in accounts[:1]) for record in records)


async def died_again(world: TallyWorld, accounts: list[str], before: int) -> bool:
    return await many_died(world, accounts) and await deaths(world, accounts) > before
