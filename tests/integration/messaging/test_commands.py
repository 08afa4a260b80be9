"""Commands take effect once, however often and however concurrently they are sent; what waits goes together."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.refusal import Refusal
from messaging.answer_purge import AnswerPurge
from messaging.clock import system_clock
from messaging.command_folding import KeyReused
from messaging.command_table import Answer, Command, CommandEntry, CommandTable, Load, UnitOfWork, anybody
from messaging.commands import CONFLICT_TRIES, Commands, Overloaded
from messaging.handler_table import Decision
from messaging.outbox import LARGEST_PAYLOAD
from tests.support.eventually import eventually
from tests.support.tally_commands import ACCOUNTS, TABLE, Add, Move, Overdrawn, Recount, key
from tests.support.tally_service import Account, Deposited
from tests.support.tally_world import TallyWorld, names, tally_world

TOO_LARGE = 2**63
"""No bigint: the database refuses it."""


@pytest.fixture(scope="module")
async def world(kafka_bootstrap, postgres) -> AsyncIterator[TallyWorld]:
    async with tally_world(kafka_bootstrap, postgres) as made:
        yield made


@pytest.fixture
def commands(world: TallyWorld) -> Commands:
    return Commands(database=world.database, table=TABLE, clock=system_clock)


def adding(account: str, name: str, amount: int = 1, **more: Any) -> Command[Add]:
    return Command(body=Add(amount, **more), target=account, key=key(name))


async def together(commands: Commands, *many: Command[Any]) -> list[Any]:
    """All at once, in this order; an exception is an outcome."""
    return await asyncio.gather(*(commands.run(command) for command in many), return_exceptions=True)


async def transactions(world: TallyWorld, prefix: str) -> int:
    """How many transactions wrote the answers to these keys."""
    (row,) = await world.rows("SELECT count(DISTINCT xmin::text) AS number FROM command WHERE key LIKE :keys", keys=f"{prefix}%")
    return int(row.number)


async def test_the_same_key_twenty_times_at_once_is_one_effect_and_one_answer(world: TallyWorld, commands: Commands) -> None:
    (account,) = names("twenty", 1)
    answers = await together(commands, *(adding(account, "k-1") for _ in range(20)))
    assert answers == [Answer({"total": 1, "version": 1}, 201)] * 20
    assert await commands.run(adding(account, "k-1")) == answers[0]
    assert await world.account(account) == (1, 1)
    async with world.ready():
        assert (await world.published(account))[account] == [(1, 1)]


async def test_two_processes_with_the_same_key_at_once_are_one_effect(world: TallyWorld, commands: Commands) -> None:
    (account,) = names("processes", 1)
    other = replace(commands)
    runs = [process.run(adding(account, f"two-{number}")) for number in range(20) for process in (commands, other)]
    answers = await asyncio.gather(*runs)
    assert answers[::2] == answers[1::2]
    assert await world.account(account) == (20, 20)


async def test_twenty_keys_at_once_are_twenty_effects_in_order(world: TallyWorld, commands: Commands) -> None:
    (account,) = names("keys", 1)
    async with world.ready():
        answers = await together(commands, *(adding(account, f"keys-{number}") for number in range(20)))
        assert [answer.body["total"] for answer in answers] == list(range(1, 21))
        await world.was_applied_effectively_once({account: 20})
    assert await transactions(world, "keys-") == 1


async def test_what_waits_while_a_transaction_is_under_way_is_the_next_one(world: TallyWorld, commands: Commands) -> None:
    (account,) = names("waiting", 1)
    await commands.run(adding(account, "first"))
    async with world.database.begin() as connection:
        await ACCOUNTS.load(connection, [account])
        first = asyncio.create_task(commands.run(adding(account, "waits-0")))
        await eventually(lambda: _waits_for_a_lock(world))
        later = [asyncio.create_task(commands.run(adding(account, f"waits-{number}"))) for number in range(1, 9)]
        await asyncio.sleep(0)
    totals = [answer.body["total"] for answer in await asyncio.gather(first, *later)]
    assert totals == list(range(2, 11))
    assert await transactions(world, "waits-") == 2


async def _waits_for_a_lock(world: TallyWorld) -> bool:
    query = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return bool(await world.rows(query))


async def test_keys_belong_to_their_actor(world: TallyWorld, commands: Commands) -> None:
    (account,) = names("actors", 1)
    for actor in ("s-1", "s-2"):
        await commands.run(Command(body=Add(1), target=account, key=key("k-2", actor)))
    assert await world.account(account) == (2, 2)


async def test_a_refused_command_leaves_nothing_and_frees_its_key(world: TallyWorld, commands: Commands) -> None:
    good, bad = names("refused", 2)
    refused = Command(body=Move(good, 1), target=bad, key=key("k-3"))
    assert isinstance((await together(commands, refused))[0], Overdrawn)
    outcomes = await together(commands, adding(good, "k-3-good"), replace(refused, body=Add(-1)), adding(good, "k-3-more"))
    assert [type(outcome) for outcome in outcomes] == [Answer, Overdrawn, Answer]
    assert (await world.account(good), await world.account(bad)) == ((2, 2), None)
    assert await world.rows("SELECT 1 FROM outbox WHERE aggregateid = :id", id=bad) == []
    assert await world.rows("SELECT 1 FROM command WHERE key = 'k-3'") == []
    assert (await commands.run(adding(bad, "k-3"))).body == {"total": 1, "version": 1}


async def test_a_key_used_for_another_request_is_refused(commands: Commands) -> None:
    (account,) = names("reused", 1)
    first = Command(body=Add(1), target=account, key=key("k-4"))
    other = replace(first, key=key("k-4", content="{ }"))
    outcomes = await together(commands, first, other)
    assert [type(outcome) for outcome in [*outcomes, *await together(commands, other)]] == [Answer, KeyReused, KeyReused]


@pytest.mark.parametrize("bad", [Add(TOO_LARGE), Add(1, "forbidden"), Add(1, "\x00")])
async def test_a_value_that_the_database_refuses_is_found_and_touches_no_other(
    world: TallyWorld, commands: Commands, bad: Add
) -> None:
    *good, worse = names("values", 8)
    many: list[Command[Add]] = [adding(account, f"value-{account}") for account in good]
    outcomes = await together(commands, *many[:5], Command(body=bad, target=worse, key=key(f"value-{worse}")), *many[5:])
    assert isinstance(outcomes[5], Exception)
    assert not isinstance(outcomes[5], Refusal)
    assert [type(outcome) for outcome in [*outcomes[:5], *outcomes[6:]]] == [Answer] * 7
    assert [await world.account(account) for account in good] == [(1, 1)] * 7
    assert await world.account(worse) is None
    assert await world.rows("SELECT 1 FROM command WHERE key = :key", key=f"value-{worse}") == []


async def test_whose_client_has_gone_is_done_and_its_answer_kept(world: TallyWorld, commands: Commands) -> None:
    (account,) = names("gone", 1)
    async with world.database.begin() as connection:
        await connection.exec_driver_sql("LOCK TABLE account IN EXCLUSIVE MODE")
        going = [asyncio.create_task(commands.run(adding(account, f"gone-{number}"))) for number in range(3)]
        await eventually(lambda: _waits_for_a_lock(world))
        for task in going:
            task.cancel()
        await asyncio.wait(going)
    await commands.drain()
    assert await world.account(account) == (3, 3)
    assert (await commands.run(adding(account, "gone-2"))).body == {"total": 3, "version": 3}


async def test_two_processes_that_cross_lock_in_one_order(world: TallyWorld, commands: Commands) -> None:
    accounts = names("crossing", 6)
    await together(commands, *(adding(account, f"first-{account}", 100) for account in accounts))
    other, random = replace(commands), Random(7)
    runs = []
    for number in range(120):
        source, target = random.sample(accounts, 2)
        command = Command(body=Move(target, 1), target=source, key=key(f"cross-{accounts[0]}-{number}"))
        runs.append((commands, other)[number % 2].run(command))
    assert all(isinstance(answer, Answer) for answer in await asyncio.gather(*runs))
    totals = [await world.account(account) for account in accounts]
    assert sum(total for total, _ in filter(None, totals)) == 600
    assert sum(count for _, count in filter(None, totals)) == 6 + 240


async def test_one_that_goes_alone_sees_what_those_before_it_did(world: TallyWorld, commands: Commands) -> None:
    (account,) = names("alone", 1)
    recount = Command(body=Recount(), target=account, key=key("alone-1"))
    outcomes = await together(commands, adding(account, "alone-0"), recount, adding(account, "alone-2"))
    assert [outcome.body["total"] for outcome in outcomes] == [1, 1, 2]
    assert await transactions(world, "alone-") == 3


class Conflicting:
    """A loader whose first transactions conflict with somebody else's."""

    def __init__(self, times: int) -> None:
        self.times, self.tries = times, 0

    async def load(self, _: AsyncConnection, __: Sequence[str]) -> dict[str, Account]:
        self.tries += 1
        if self.tries <= self.times:
            raise psycopg.errors.SerializationFailure
        return {}


def _said(_: Command[Add], __: UnitOfWork) -> Answer:
    return Answer({})


@pytest.mark.parametrize(("conflicts", "tries"), [(CONFLICT_TRIES - 1, CONFLICT_TRIES), (CONFLICT_TRIES, CONFLICT_TRIES)])
async def test_a_conflict_is_tried_again_and_not_for_ever(world: TallyWorld, conflicts: int, tries: int) -> None:
    loader = Conflicting(conflicts)
    table = CommandTable(order=(loader,), entries=(CommandEntry(body=Add, handler=_said, may=anybody, loads=(Load(loader),)),))
    (outcome,) = await together(
        Commands(database=world.database, table=table, clock=system_clock), adding("x", f"conflict-{conflicts}")
    )
    assert isinstance(outcome, Answer if conflicts < CONFLICT_TRIES else psycopg.errors.SerializationFailure)
    assert loader.tries == tries


async def test_a_fault_of_the_infrastructure_is_everybodys_answer_and_passes(world: TallyWorld, commands: Commands) -> None:
    accounts = names("away", 3)
    many = [adding(account, f"away-{account}") for account in accounts]
    async with world.database.begin() as connection:
        await connection.exec_driver_sql("LOCK TABLE account IN EXCLUSIVE MODE")
        runs = [asyncio.create_task(commands.run(command)) for command in many]
        await eventually(lambda: _waits_for_a_lock(world))
        waiting = "FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        await connection.exec_driver_sql(f"SELECT pg_terminate_backend(pid) {waiting}")
        outcomes = await asyncio.gather(*runs, return_exceptions=True)
    assert [type(outcome).__mro__[1:].count(DBAPIError) for outcome in outcomes] == [1, 1, 1]
    assert [type(outcome) for outcome in await together(commands, *many)] == [Answer] * 3
    assert [await world.account(account) for account in accounts] == [(1, 1)] * 3


async def test_more_than_can_wait_are_sent_away(world: TallyWorld, commands: Commands) -> None:
    (account,) = names("crowd", 1)
    small = replace(commands, most_waiting=3)
    outcomes = await together(small, *(adding(account, f"crowd-{number}") for number in range(5)))
    assert [type(outcome) for outcome in outcomes] == [Answer] * 3 + [Overloaded] * 2
    assert await world.account(account) == (3, 3)


async def test_an_event_that_kafka_would_not_take_is_refused_before_it_is_written(world: TallyWorld) -> None:
    """It would stop its lane for ever."""
    (account,) = names("large", 1)

    def large(command: Command[Add], work: UnitOfWork) -> Answer:
        work.record(ACCOUNTS, Decision(Account(command.target), (Deposited(amount=1, note="x" * LARGEST_PAYLOAD),)))
        return Answer({})

    table = CommandTable(order=(ACCOUNTS,), entries=(CommandEntry(body=Add, handler=large, may=anybody),))
    (outcome,) = await together(Commands(database=world.database, table=table, clock=system_clock), adding(account, "k-6"))
    assert isinstance(outcome, Refusal)
    assert outcome.code == "event-too-large"


async def test_answers_are_kept_for_a_week(world: TallyWorld, commands: Commands) -> None:
    (account,) = names("purged", 1)
    now = system_clock()
    for days in (0, 6, 8, 9):
        await replace(commands, clock=lambda days=days: now - timedelta(days=days)).run(adding(account, f"purged-{days}"))
    purge = AnswerPurge(database=world.database, clock=lambda: now, stopping=asyncio.Event())
    assert await purge.round() == 2
    assert await purge.round() == 0
    kept = await world.rows("SELECT key FROM command WHERE key LIKE 'purged-%' ORDER BY key")
    assert [row.key for row in kept] == ["purged-0", "purged-6"]
