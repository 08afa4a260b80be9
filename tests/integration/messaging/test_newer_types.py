"""A release meets a type that only a later one knows: the event waits and holds its account, and the later release applies it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from contracts.registry import EVENTS, Event
from messaging import copies
from messaging.handler_table import Context, Decision, Effect, Entry, Table
from tests.support.eventually import eventually
from tests.support.tally_process import tally_process
from tests.support.tally_service import Account, Named, Totalled, service
from tests.support.tally_world import TallyWorld, names, tally_world

WITHDRAWN = "vn.motcua.bank.money.withdrawn.v1"
DEPOSITED_V2 = "vn.motcua.bank.money.deposited.v2"
COUNTED_V2 = "vn.motcua.bank.money.counted.v2"
NAMED_V2 = "vn.motcua.bank.name.changed.v2"


class Withdrawn(Event):
    amount: int


def withdraw(state: Account | None, event: Withdrawn, context: Context) -> Decision[Account]:
    account = state or Account(context.attributes.subject, context.lane)
    after = replace(account, total=account.total - event.amount, count=account.count + 1)
    return Decision(after, (Totalled(total=after.total, of=after.count),))


@pytest.fixture(scope="module")
async def world(kafka_bootstrap, postgres) -> AsyncIterator[TallyWorld]:
    async with tally_world(kafka_bootstrap, postgres) as made:
        yield made


def later_release(world: TallyWorld, patch: pytest.MonkeyPatch, *kinds: str, of: type[Event] = Withdrawn) -> Table:
    """It knows these types too, and its table has entries for those of facts."""
    old = service(world.amounts, world.gate)
    entries = old.entries
    for kind in kinds:
        known: Any = type(f"{of.__name__}Later", (of,), {})
        known.TYPE, known.TOPIC = kind, of.TOPIC if of is Named else world.amounts.deposits
        patch.setitem(EVENTS, kind, known)
        if of is not Named:
            entries += (Entry(known, withdraw, old.entries[0].store, Effect.PROCESS),)
    return replace(old, entries=entries)


async def withdrawal(world: TallyWorld, account: str, number: int, kind: str = WITHDRAWN) -> None:
    await world.send(account, number, '{"amount": 5}', kind=kind)


@pytest.mark.parametrize("kind", [WITHDRAWN, DEPOSITED_V2])
async def test_a_new_type_on_an_old_topic_waits_for_the_release_that_knows_it(
    world: TallyWorld, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    account, other = names("newer", 2)
    letters = len(await world.everything(world.amounts.dead_letters))
    async with world.ready() as messaging:
        await world.deposit(account, 1, 20)
        await withdrawal(world, account, 2, kind)
        await world.deposit(account, 3, 1)
        await world.good([other], 3)
        await world.was_applied_effectively_once({other: 3})
        await world.comes_to_parking_lot((account, 2, "newer"), (account, 3, "behind"))
        await world.deposit(account, 4, 1)
        await world.comes_to_parking_lot((account, 2, "newer"), (account, 3, "behind"), (account, 4, "behind"))
        assert (await messaging.consuming()).good
    assert len(await world.everything(world.amounts.dead_letters)) == letters, "it is no dead letter"
    async with world.ready(table=later_release(world, monkeypatch, kind)):
        await world.has({account: (17, 4)})
        assert (await world.published(account))[account] == [(1, 20), (2, 15), (3, 16), (4, 17)]
    assert await world.parked(account) == []


async def test_two_releases_side_by_side(world: TallyWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the older one has parked the newer one takes up, whichever of them reads the account."""
    monkeypatch.setattr("messaging.drain.LONGEST_SLEEP_SECONDS", 1)
    accounts = names("beside", 12)
    later = later_release(world, monkeypatch, WITHDRAWN)
    async with tally_process(world) as older:
        await world.good(accounts, 1)
        await world.has(dict.fromkeys(accounts, (1, 1)))
        for account in accounts:
            await withdrawal(world, account, 2)
        await eventually(lambda: world.rows("SELECT 1 FROM parking_lot WHERE state = 'newer' HAVING count(*) = 12"))
        async with world.ready(table=later):
            await world.has(dict.fromkeys(accounts, (-4, 2)))
            for account in accounts:
                await withdrawal(world, account, 3)
                await world.deposit(account, 4)
            await world.has(dict.fromkeys(accounts, (-8, 4)))
        await older.kill()
    assert await world.parked(*accounts) == []


async def test_a_version_of_what_the_table_has_no_use_for_goes_on(world: TallyWorld) -> None:
    (account,) = names("of-no-use", 1)
    async with world.ready():
        await world.deposit(account, 1)
        await world.send(account, 2, "{}", kind=COUNTED_V2)
        await world.deposit(account, 3)
        await world.has({account: (2, 2)})
    assert await world.parked(account) == []


async def test_where_a_table_takes_only_what_it_names_a_new_type_goes_on_and_a_new_version_waits(world: TallyWorld) -> None:
    goes_on, waits = names("selective", 2)
    async with world.ready(table=replace(service(world.amounts, world.gate), selective=(world.amounts.deposits,))):
        await withdrawal(world, goes_on, 1)
        await world.deposit(goes_on, 2)
        await world.has({goes_on: (1, 1)})
        await withdrawal(world, waits, 1, DEPOSITED_V2)
        await world.comes_to_parking_lot((waits, 1, "newer"))
    assert await world.parked(goes_on) == []


async def test_state_in_a_newer_version_holds_nothing_and_is_kept_by_the_release_that_knows_it(
    world: TallyWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    (account,) = names("state", 1)

    async def versions() -> dict[str, int]:
        async with world.database.connect() as connection:
            return await copies.versions(connection, Named, [account])

    async with world.ready():
        await world.name(account, 1)
        await world.send(account, 2, '{"name": "hai"}', topic=world.amounts.names, kind=NAMED_V2)
        await world.comes_to_parking_lot((account, 2, "newer"))
        assert await versions() == {account: 1}
        await world.deposit(account, 1, name_version=1)
        await world.has({account: (1, 1)})
    async with world.ready(table=later_release(world, monkeypatch, NAMED_V2, of=Named)):

        async def kept() -> bool:
            return await versions() == {account: 2}

        await eventually(kept)
    assert await world.parked(account) == []
