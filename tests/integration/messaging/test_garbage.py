"""However much lies in the parking lot, a batch reads of it only what may run."""

from collections.abc import AsyncIterator

import pytest

from messaging import parking_lot, verdicts
from messaging.clock import system_clock
from messaging.verdicts import Word
from tests.support.eventually import eventually
from tests.support.tally_world import TallyWorld, names, tally_world

MANY = 300


@pytest.fixture(scope="module")
async def world(kafka_bootstrap, postgres) -> AsyncIterator[TallyWorld]:
    async with tally_world(kafka_bootstrap, postgres) as made:
        yield made


async def test_records_without_a_key_hold_nothing_not_even_one_another(world: TallyWorld) -> None:
    (account,) = names("keyless", 1)
    await world.good([account], 3)
    for number in range(MANY):
        key = None if number % 2 else b""
        await world.producer.send(world.amounts.deposits.base, b"garbage", key, headers=[])
    await world.good([account], 6, start=4)
    async with world.ready() as messaging:
        await world.was_applied_effectively_once({account: 6})
        await eventually(lambda: states_of_garbage(world))
        assert await world.rows("SELECT 1 FROM inbox WHERE subject LIKE 'bank.deposits%'") == []
        assert (await messaging.consuming()).good, "strays say nothing about how the others fare"
        await one_is_tried_again_and_let_go(world)


async def states_of_garbage(world: TallyWorld) -> bool:
    rows = await world.rows("SELECT state, presumed, count(*) FROM parking_lot WHERE value = 'garbage' GROUP BY 1, 2")
    return [tuple(row) for row in rows] == [("dead", 0, MANY)]


async def one_is_tried_again_and_let_go(world: TallyWorld) -> None:
    (letter,) = await world.rows("SELECT id, subject FROM parking_lot WHERE value = 'garbage' ORDER BY id LIMIT 1")
    async with world.database.begin() as connection:
        assert await verdicts.retry(connection, [letter.id]) == 1
    await world.comes_to_parking_lot((letter.subject, 1, "dead"))
    async with world.database.begin() as connection:
        await verdicts.skip(connection, letter.id, Word(actor="s-1", why="rác", at=system_clock()))
    assert await world.parked(letter.subject) == []
    await world.execute("DELETE FROM parking_lot WHERE value = 'garbage'")


async def test_of_a_long_queue_behind_a_dead_one_nothing_is_read(world: TallyWorld) -> None:
    (key,) = names("same-key", 1)
    for _ in range(MANY):
        await world.send_raw(world.amounts.deposits.base, key.encode(), b"garbage", [])
    async with world.ready():
        behind = [(key, number, "behind") for number in range(2, MANY + 1)]
        await world.comes_to_parking_lot((key, 1, "dead"), *behind)
        async with world.database.connect() as connection:
            queue = (await parking_lot.load(connection, [("bank", key)]))["bank", key]
        assert (queue.highest, [event.sequence for event in queue.events]) == (MANY, [1])
        await world.send_raw(world.amounts.deposits.base, key.encode(), b"garbage", [])
        await world.comes_to_parking_lot((key, 1, "dead"), *behind, (key, MANY + 1, "behind"))
        await world.skip(key)
        await world.comes_to_parking_lot((key, 1, "skipped"), *behind, (key, MANY + 1, "behind"))
        await world.deposit(key, 1)
        await world.comes_to_parking_lot((key, 2, "dead"), *behind[1:], (key, MANY + 1, "behind"))
