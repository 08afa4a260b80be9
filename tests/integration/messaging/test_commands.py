"""A command takes effect once, however often and however concurrently it is sent."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import text

from contracts.refusal import Invalid, Refusal
from messaging.clock import system_clock
from messaging.commands import CONFLICT_TRIES, Answer, CommandKey, Commands, UnitOfWork
from messaging.handler_table import Decision
from messaging.outbox import LARGEST_PAYLOAD
from tests.support.tally_service import Account, Accounts, Deposited, NegativeAmount, Totalled
from tests.support.tally_world import TallyWorld, names, tally_world

Work = Callable[[UnitOfWork], Awaitable[Answer]]


@pytest.fixture(scope="module")
async def world(kafka_bootstrap, postgres) -> AsyncIterator[TallyWorld]:
    async with tally_world(kafka_bootstrap, postgres) as made:
        yield made


@pytest.fixture
def commands(world: TallyWorld) -> Commands:
    return Commands(world.database, system_clock)


def adding_one(account: str) -> Work:
    async def work(unit: UnitOfWork) -> Answer:
        await unit.connection.execute(
            text("INSERT INTO account VALUES (:id, NULL, 0, 0, 0, '') ON CONFLICT DO NOTHING"), {"id": account}
        )
        state = (await Accounts().load(unit.connection, [account]))[account]
        after = replace(state, total=state.total + 1, count=state.count + 1)
        settled = await unit.record_events(Decision(after, (Totalled(total=after.total, of=after.count),)))
        await Accounts().save(unit.connection, [settled])
        return Answer({"total": settled.total, "version": settled.version}, 201)

    return work


async def test_the_same_key_twenty_times_at_once_is_one_effect_and_one_answer(world: TallyWorld, commands: Commands) -> None:
    (account,) = names("twenty", 1)
    key = CommandKey.of("k-1", "s-1", "POST /x", b"{}")
    answers = await asyncio.gather(*(commands.run(key, adding_one(account)) for _ in range(20)))
    assert answers == [Answer({"total": 1, "version": 1}, 201)] * 20
    assert await world.account(account) == (1, 1)
    async with world.ready():
        assert (await world.published(account))[account] == [(1, 1)]


async def test_twenty_keys_at_once_are_twenty_effects_in_order(world: TallyWorld, commands: Commands) -> None:
    (account,) = names("keys", 1)
    keys = [CommandKey.of(f"keys-{number}", "s-1", "POST /x", b"{}") for number in range(20)]
    async with world.ready():
        await asyncio.gather(*(commands.run(key, adding_one(account)) for key in keys))
        await world.was_applied_effectively_once({account: 20})


async def test_keys_belong_to_their_actor(world: TallyWorld, commands: Commands) -> None:
    (account,) = names("actors", 1)
    for actor in ("s-1", "s-2"):
        await commands.run(CommandKey.of("k-2", actor, "POST /x", b"{}"), adding_one(account))
    assert await world.account(account) == (2, 2)


async def test_a_refused_command_leaves_nothing_and_frees_its_key(world: TallyWorld, commands: Commands) -> None:
    (account,) = names("refused", 1)
    key = CommandKey.of("k-3", "s-1", "POST /x", b"{}")

    async def refused(unit: UnitOfWork) -> Answer:
        await adding_one(account)(unit)
        raise NegativeAmount

    with pytest.raises(NegativeAmount):
        await commands.run(key, refused)
    assert await world.account(account) is None
    assert await world.rows("SELECT 1 FROM outbox WHERE aggregateid = :id", id=account) == []
    assert (await commands.run(key, adding_one(account))).body == {"total": 1, "version": 1}


async def test_a_key_used_for_another_request_is_refused(commands: Commands) -> None:
    (account,) = names("reused", 1)
    await commands.run(CommandKey.of("k-4", "s-1", "POST /x", b"{}"), adding_one(account))
    for route, body in (("POST /y", b"{}"), ("POST /x", b"{ }")):
        with pytest.raises(Invalid) as refusal:
            await commands.run(CommandKey.of("k-4", "s-1", route, body), adding_one(account))
        assert refusal.value.code == "key-reused"


async def test_two_that_lock_each_other_out_both_take_effect(world: TallyWorld, commands: Commands) -> None:
    left, right = names("deadlock", 2)
    for account in (left, right):
        await commands.run(CommandKey.of(f"first-{account}", "s-1", "POST /x", b"{}"), adding_one(account))
    met = asyncio.Barrier(2)
    tries: list[str] = []

    def crossing(first: str, second: str) -> Work:
        async def work(unit: UnitOfWork) -> Answer:
            tries.append(first)
            await adding_one(first)(unit)
            if tries.count(first) == 1:
                await met.wait()
            return await adding_one(second)(unit)

        return work

    await asyncio.gather(
        commands.run(CommandKey.of(f"cross-{left}", "s-1", "POST /x", b"{}"), crossing(left, right)),
        commands.run(CommandKey.of(f"cross-{right}", "s-1", "POST /x", b"{}"), crossing(right, left)),
    )
    assert len(tries) == 3, "one of them was chosen to try again"
    assert [await world.account(account) for account in (left, right)] == [(3, 3), (3, 3)]


async def test_a_conflict_that_does_not_pass_is_not_tried_for_ever(commands: Commands) -> None:
    tries: list[int] = []

    async def conflicting(_: UnitOfWork) -> Answer:
        tries.append(1)
        raise psycopg.errors.SerializationFailure

    with pytest.raises(psycopg.errors.SerializationFailure):
        await commands.run(CommandKey.of("k-5", "s-1", "POST /x", b"{}"), conflicting)
    assert len(tries) == CONFLICT_TRIES


async def test_an_event_that_kafka_would_not_take_is_refused_before_it_is_written(commands: Commands) -> None:
    """It would stop its lane for ever."""
    (account,) = names("large", 1)

    async def large(unit: UnitOfWork) -> Answer:
        await unit.record_events(Decision(Account(account), (Deposited(amount=1, note="x" * LARGEST_PAYLOAD),)))
        return Answer({})

    with pytest.raises(Refusal) as refusal:
        await commands.run(CommandKey.of("k-6", "s-1", "POST /x", b"{}"), large)
    assert refusal.value.code == "event-too-large"
