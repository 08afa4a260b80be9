"""What comes too early, or before what it needs, waits for exactly that; state has no order to wait for."""

from collections.abc import AsyncIterator
from functools import partial

import pytest

from messaging import copies, metrics
from messaging.dead_letter_limit import DeadLetterLimit
from messaging.drain import Drain
from tests.support.eventually import eventually
from tests.support.tally_service import Named
from tests.support.tally_world import TallyWorld, is_ready, names, tally_world


@pytest.fixture(scope="module")
async def world(kafka_bootstrap, postgres) -> AsyncIterator[TallyWorld]:
    async with tally_world(kafka_bootstrap, postgres) as made:
        yield made


async def name_of(world: TallyWorld, account: str) -> str | None:
    async with world.database.connect() as connection:
        named = await copies.one(connection, Named, account)
    return named and named.name


async def test_an_early_event_waits_for_its_predecessor_also_over_a_restart(world: TallyWorld) -> None:
    account, witness = names("early", 2)
    async with world.ready():
        for number in (3, 2, 5):
            await world.deposit(account, number)
        await world.good([witness], 3)
        await world.comes_to_parking_lot(*[(account, number, "early") for number in (2, 3, 5)])
        await world.was_applied_effectively_once({witness: 3})
    async with world.ready():
        await world.deposit(account, 1)
        await world.was_applied_effectively_once({account: 3})
        await world.comes_to_parking_lot((account, 5, "early"))
        await world.deposit(account, 4)
        await world.was_applied_effectively_once({account: 5})
    assert await world.parked(account) == []


async def test_events_sent_backwards_in_one_batch(world: TallyWorld) -> None:
    account, *others = names("backwards", 5)
    for number in range(50, 0, -1):
        await world.deposit(account, number)
    await world.good(others, 10)
    async with world.ready():
        await world.was_applied_effectively_once(dict.fromkeys(others, 10) | {account: 50})


async def test_it_waits_for_a_version_of_some_state(world: TallyWorld) -> None:
    """Come before, come after, and older than needed."""
    before, after, older = names("version", 3)
    await world.name(before, 2)
    await world.name(older, 1)
    async with world.ready():
        await eventually(lambda: name_of(world, before))
        for account in (before, after, older):
            await world.deposit(account, 1, name_version=2)
            await world.deposit(account, 2)
        await world.was_applied_effectively_once({before: 2})
        for account in (after, older):
            await world.comes_to_parking_lot((account, 1, "waiting"), (account, 2, "behind"))
            await world.name(account, 2)
        await world.was_applied_effectively_once(dict.fromkeys((after, older), 2))


async def test_state_and_what_waits_for_it_at_once(world: TallyWorld) -> None:
    accounts = names("at-once", 40)
    async with world.ready():
        for account in accounts:
            await world.deposit(account, 1, name_version=1)
            await world.name(account, 1)
            await world.deposit(account, 2, name_version=1)
        await world.was_applied_effectively_once(dict.fromkeys(accounts, 2))


async def test_the_highest_version_wins_and_nobody_forgotten_returns(world: TallyWorld) -> None:
    changed, forgotten, last = names("state", 3)
    async with world.ready():
        for version, name in ((2, "hai"), (1, "một"), (3, "ba"), (2, "hai")):
            await world.name(changed, version, name)
        await world.name(forgotten, 1, "người")
        await world.name(forgotten, 3, None)
        await world.name(forgotten, 2, "cũ")
        await world.name(last, 1, "cuối")
        await eventually(lambda: name_of(world, last))
        await eventually(lambda: world.rows("SELECT 1 FROM state_copy WHERE id = :id AND version = 3", id=forgotten))
        assert await name_of(world, changed) == "ba"
        assert await name_of(world, forgotten) is None
        await world.deposit(forgotten, 1, name_version=3)
        await world.was_applied_effectively_once({forgotten: 1})


async def test_a_tombstone_is_what_somebody_waited_for(world: TallyWorld) -> None:
    (account,) = names("tombstone", 1)
    async with world.ready():
        await world.deposit(account, 1, name_version=4)
        await world.comes_to_parking_lot((account, 1, "waiting"))
        await world.name(account, 4, None)
        await world.was_applied_effectively_once({account: 1})


async def test_an_early_one_older_than_a_minute_raises_an_alarm(world: TallyWorld) -> None:
    (account,) = names("overdue", 1)
    async with world.ready() as messaging:
        await world.deposit(account, 7)
        await world.comes_to_parking_lot((account, 7, "early"))
        await world.execute("UPDATE parking_lot SET since = since - interval '2 minutes' WHERE subject = :id", id=account)
        drain = Drain(messaging.consumers[0].engine, messaging.bell, messaging.stopping)
        await drain.round()
        assert drain.overdue == 1
        oldest = metrics.PARKED_OLDEST.labels("early")._value.get()
        assert oldest >= 120, "an operator's alarm reads it"


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How much each look at the parking lot took up, from now on; nobody looks by the clock."""
    monkeypatch.setattr("messaging.bell.IDLE_LOOK_SECONDS", 86_400)
    monkeypatch.setattr("messaging.drain.LONGEST_SLEEP_SECONDS", 86_400)
    looks: list[int] = []
    drained = Drain.round

    async def counted(drain: Drain) -> int:
        looks.append(await drained(drain))
        return looks[-1]

    monkeypatch.setattr(Drain, "round", counted)
    return looks


async def test_a_batch_that_parks_something_wakes_the_parking_lot(world: TallyWorld, rounds: list[int]) -> None:
    """What it waits for may have come between the batch's look and its commit."""
    (account,) = names("woken", 1)
    await world.execute("DELETE FROM parking_lot")
    async with world.ready():
        await eventually(lambda: rounds)
        before = len(rounds)
        await world.deposit(account, 2)
        await world.comes_to_parking_lot((account, 2, "early"))
        await eventually(lambda: len(rounds) > before, describe="a round of the parking lot")
    await world.execute("DELETE FROM parking_lot")


async def test_a_state_wakes_the_parking_lot_only_where_something_waits_for_one(world: TallyWorld, rounds: list[int]) -> None:
    (account,) = names("awaited", 1)
    await world.execute("DELETE FROM parking_lot")
    async with world.ready() as messaging:
        await eventually(lambda: not messaging.bell.awaits_state, describe="a look at the empty parking lot")
        before = len(rounds)
        await world.name(account, 1)
        await eventually(lambda: world.rows("SELECT 1 FROM state_copy WHERE id = :id", id=account))
        await world.deposit(account, 1, name_version=1)
        await world.was_applied_effectively_once({account: 1})
        assert len(rounds) == before
        await world.deposit(account, 2, name_version=2)
        await world.comes_to_parking_lot((account, 2, "waiting"))
        await world.name(account, 2)
        await world.was_applied_effectively_once({account: 2})


async def test_a_group_that_dies_wholesale_stops_and_says_so(world: TallyWorld) -> None:
    """Nothing of the batch in which it stopped is committed; mended and restarted, it takes effect."""
    accounts = names("wholesale", 20)
    for number in range(1, 16):
        for account in accounts:
            await world.send_raw(world.amounts.deposits.base, f"{account}-{number}".encode(), b"{}", [])
    async with world.running() as messaging:

        async def halted() -> bool:
            return any("died within a minute" in problem for problem in (await messaging.consuming()).problems)

        await eventually(halted)
        assert await world.rows("SELECT 1 FROM parking_lot WHERE subject LIKE 'wholesale%' AND state = 'dead' LIMIT 1") == []
    async with world.ready(make_limit=partial(DeadLetterLimit, least=10_000)):
        await eventually(lambda: world.rows("SELECT 1 FROM parking_lot WHERE state = 'dead' HAVING count(*) = 300"))
        await world.execute("DELETE FROM parking_lot WHERE state = 'dead'")


async def test_an_unexpected_fault_of_ours_halts_the_consumer_and_loses_nothing(
    world: TallyWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FastStream swallows what a handler raises, and reads on."""
    (account,) = names("fault", 1)

    def broken(_: object) -> None:
        raise RuntimeError("a fault of ours")

    async with world.running() as messaging:
        await is_ready(messaging)
        with monkeypatch.context() as patched:
            patched.setattr("messaging.consumer.Record.of", broken)
            await world.deposit(account, 1)
            await eventually(lambda: any(consumer.halted for consumer in messaging.consumers))
        assert "a fault of ours" in (await messaging.consuming()).problems[0]
    async with world.ready():
        await world.was_applied_effectively_once({account: 1})
