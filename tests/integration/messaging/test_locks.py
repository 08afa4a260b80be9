"""What somebody who is frozen has locked: PostgreSQL ends it, and until then only what needs it waits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging import set_aside
from messaging.clock import system_clock
from messaging.command_table import Answer, Command
from messaging.commands import Commands, Overloaded
from messaging.connections import COMMANDS, CONSUMERS, JOBS, PAGES, Limits, make_engine
from messaging.metrics import COMMANDS_ASIDE
from messaging.statements import Statement, pipeline
from tests.support.eventually import eventually
from tests.support.tally_commands import TABLE, Add, key
from tests.support.tally_process import TallyProcess, tally_process
from tests.support.tally_service import Gate
from tests.support.tally_world import TallyWorld, names, tally_world


@pytest.fixture(scope="module")
async def world(kafka_bootstrap, postgres) -> AsyncIterator[TallyWorld]:
    async with tally_world(kafka_bootstrap, postgres) as made:
        yield made


@asynccontextmanager
async def limited(world: TallyWorld, limits: Limits) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(world.url, pool_size=4, limits=limits)
    yield engine
    await engine.dispose()


@pytest.fixture
async def commands(world: TallyWorld) -> AsyncIterator[Commands]:
    async with limited(world, replace(COMMANDS, lock=0.3)) as database:
        yield Commands(database=database, table=TABLE, clock=system_clock)


def adding(account: str) -> Command[Add]:
    return Command(body=Add(1), target=account, key=key(f"add-{account}"))


@asynccontextmanager
async def frozen_holder(world: TallyWorld, what: str) -> AsyncIterator[TallyProcess]:
    """A process that has locked it, and whose host has stopped."""
    async with tally_process(world, "holder", what) as process:
        await process.says("locked")
        process.freeze()
        yield process


# --- limits -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limits", [COMMANDS, CONSUMERS, PAGES, JOBS])
async def test_every_connection_has_the_limits_of_its_kind_and_notices_a_host_that_is_gone(
    world: TallyWorld, limits: Limits
) -> None:
    wanted = limits.settings() | {
        "tcp_keepalives_idle": "10",
        "tcp_user_timeout": "20000",
        "client_connection_check_interval": "5000",
    }
    sought = text("SELECT name, setting FROM pg_settings WHERE name = ANY(:names)")
    async with limited(world, limits) as database, database.connect() as connection:
        rows = await connection.execute(sought, {"names": list(wanted)})
        assert {row.name: row.setting for row in rows} == wanted


@pytest.mark.parametrize("limits", [COMMANDS, CONSUMERS, PAGES, JOBS])
def test_no_kind_lets_a_host_that_froze_keep_its_locks(limits: Limits) -> None:
    """Behind a pipeline only the transaction's own limit counts; a job pipelines nothing while others wait for it."""
    assert 0 < limits.idle <= 60
    assert limits.lock > 0
    assert limits is JOBS or limits.idle < limits.transaction <= 30


async def test_an_address_with_options_of_its_own_keeps_them(world: TallyWorld) -> None:
    more = replace(world, url=f"{world.url}?options=-csearch_path=elsewhere")
    async with limited(more, PAGES) as database, database.connect() as connection:
        shown = [await connection.scalar(text(f"SHOW {name}")) for name in ("search_path", "lock_timeout")]
    assert shown == ["elsewhere", "2s"]


@pytest.mark.parametrize("pipelined", [True, False])
async def test_a_transaction_cut_off_is_an_outage_and_the_next_goes_on(world: TallyWorld, pipelined: bool) -> None:
    """SQLAlchemy would have it an internal error, which is nobody's to wait for."""
    async with limited(world, Limits(statement=0, lock=0, idle=0.2, transaction=0.4)) as database:
        async with database.connect() as connection:
            async with pipeline(connection) if pipelined else nullcontext():
                answers = await Statement("SELECT pg_backend_pid() AS pid").send(connection)
            (row,) = await answers.rows()
            await eventually(partial(_gone, world, row.pid), describe="cut off by PostgreSQL")
            with pytest.raises(OperationalError, match="due to"):
                await connection.execute(text("SELECT 1"))
        async with database.connect() as connection:
            assert await connection.scalar(text("SELECT 1")) == 1


async def _gone(world: TallyWorld, pid: int) -> bool:
    return not await world.rows("SELECT 1 FROM pg_stat_activity WHERE pid = :pid", pid=pid)


# --- lanes ------------------------------------------------------------------------------------------------


async def test_a_lane_goes_on_when_a_frozen_host_holds_one_of_its_rows(world: TallyWorld) -> None:
    accounts = names("frozen", 5)
    async with world.ready(), frozen_holder(world, f"inbox:{accounts[2]}"):
        await world.good(accounts, 3)
        await world.was_applied_effectively_once(dict.fromkeys(accounts, 3))


@dataclass
class LongBatches(Gate):
    """A batch of more than `most` events takes longer than PostgreSQL allows."""

    most: int = 4
    cancelled: list[int] = field(default_factory=list)

    async def pass_through(self, events: int) -> None:
        if events > self.most:
            self.cancelled.append(events)
            raise psycopg.errors.QueryCanceled
        await super().pass_through(events)


def long_batches() -> LongBatches:
    gate = LongBatches(asyncio.Event(), asyncio.Event())
    gate.opened.set()
    return gate


async def test_a_batch_that_takes_too_long_is_halved(world: TallyWorld) -> None:
    accounts, gate = names("long", 20), long_batches()
    await world.good(accounts, 3)
    async with world.running(gate=gate):
        await world.was_applied_effectively_once(dict.fromkeys(accounts, 3))
    assert gate.cancelled
    assert await world.parked(*accounts) == []


async def test_one_event_that_takes_too_long_is_tried_again_and_never_dies(world: TallyWorld) -> None:
    (account,), gate = names("slow", 1), long_batches()
    gate.most = 0
    async with world.running(gate=gate):
        await world.deposit(account, 1)
        await eventually(lambda: len(gate.cancelled) > 3, describe="tried again")
        assert await world.parked(account) == []
        gate.most = 1
        await world.was_applied_effectively_once({account: 1})


# --- commands ---------------------------------------------------------------------------------------------


async def test_one_locked_counter_keeps_its_own_waiting_and_serves_all_others(world: TallyWorld, commands: Commands) -> None:
    busy, *others = names("counter", 20)
    await commands.run(adding(busy))
    async with frozen_holder(world, f"!account:{busy}") as holder:
        waiting = [asyncio.create_task(commands.run(replace(adding(busy), key=key(f"more-{busy}-{n}")))) for n in range(5)]
        answers = await asyncio.gather(*(commands.run(adding(account)) for account in others))
        assert [type(answer) for answer in answers] == [Answer] * 19
        again = [await commands.run(replace(adding(account), key=None)) for account in others]
        assert [answer.body["total"] for answer in again] == [2] * 19
        assert not any(task.done() for task in waiting)
        await eventually(lambda: COMMANDS_ASIDE._value.get() == 5, describe="only its own counted as waiting")
        locked = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        assert len(await world.rows(locked)) <= 1, "a busy counter takes one connection"
        await holder.kill()
        assert [(await task).body["total"] for task in waiting] == [2, 3, 4, 5, 6]
    await commands.drain()
    assert COMMANDS_ASIDE._value.get() == 0
    assert (await commands.run(adding(busy))).body["total"] == 1, "its key is kept with its answer"


async def test_what_waits_for_a_lock_too_long_is_sent_away_and_its_key_is_free(
    world: TallyWorld, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(set_aside, "PATIENCE_SECONDS", 0.5)
    (busy,) = names("patience", 1)
    await commands.run(replace(adding(busy), key=None))
    async with frozen_holder(world, f"!account:{busy}") as holder:
        with pytest.raises(Overloaded):
            await commands.run(adding(busy))
        await holder.kill()
    monkeypatch.undo()
    assert (await commands.run(adding(busy))).body["total"] == 2


async def test_a_busy_counter_keeps_no_more_waiting_than_its_share(
    world: TallyWorld, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(set_aside, "MOST_OF_A_KEY", 3)
    (busy,) = names("share", 1)
    await commands.run(replace(adding(busy), key=None))
    async with frozen_holder(world, f"!account:{busy}") as holder:
        runs = [asyncio.create_task(commands.run(replace(adding(busy), key=None))) for _ in range(5)]
        await eventually(lambda: sum(run.done() for run in runs) == 2, describe="what is beyond the share sent away")
        await holder.kill()
        outcomes = await asyncio.gather(*runs, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Answer] * 3 + [Overloaded] * 2


async def test_a_key_in_the_hands_of_a_frozen_host_keeps_no_other_command_waiting(world: TallyWorld, commands: Commands) -> None:
    """As when clients repeat to another process what they had sent to the one that froze."""
    held, *others = names("claimed", 10)
    async with frozen_holder(world, f"!key:add-{held}") as holder:
        repeated = asyncio.create_task(commands.run(adding(held)))
        answers = await asyncio.gather(*(commands.run(adding(account)) for account in others))
        assert [type(answer) for answer in answers] == [Answer] * 9
        assert not repeated.done()
        await holder.kill()
        assert (await repeated).body["total"] == 1
