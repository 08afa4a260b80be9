"""Connections of the pool: found dead before they are handed out, prepared statements kept, a migration survived."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging import connections
from messaging.connections import make_engine, without_transactions
from tests.support.wire_trace import traced

_PID = text("SELECT pg_backend_pid()")


@pytest.fixture
async def database(postgres) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(await postgres.create_database("pool"), pool_size=1)
    yield engine
    await engine.dispose()


async def _pid(database: AsyncEngine) -> int:
    async with database.connect() as connection:
        return int(await connection.scalar(_PID))


async def _end(postgres, pid: int) -> None:
    other = make_engine(await postgres.create_database("killer"))
    async with other.begin() as connection:
        assert await connection.scalar(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    await other.dispose()


async def test_one_that_idled_is_asked_before_it_is_handed_out(postgres, database, monkeypatch) -> None:
    pid = await _pid(database)
    await _end(postgres, pid)
    monkeypatch.setattr(connections, "IDLE_SECONDS", 0.0)
    assert await _pid(database) != pid


async def test_one_that_was_just_used_fails_once_and_is_replaced(postgres, database, monkeypatch) -> None:
    monkeypatch.setattr(connections, "IDLE_SECONDS", 3600.0)
    pid = await _pid(database)
    await _end(postgres, pid)
    with pytest.raises(DBAPIError):
        await _pid(database)
    assert await _pid(database) != pid


async def test_reading_is_one_statement_and_is_prepared_in_time(database) -> None:
    reads = without_transactions(database)
    for _ in range(10):
        await _pid(reads)
    with traced(database) as wire:
        await _pid(reads)
    assert [statement.split()[0] for statement in wire.statements] == ["Bind"]


async def test_a_column_added_meanwhile_costs_one_failure_at_most(database) -> None:
    reads = without_transactions(database)
    async with database.begin() as connection:
        await connection.execute(text("CREATE TABLE thing (id int)"))
        await connection.execute(text("INSERT INTO thing VALUES (1)"))
    for _ in range(10):
        async with reads.connect() as connection:
            await connection.execute(text("SELECT * FROM thing"))
    other = make_engine(database.url.render_as_string(hide_password=False))
    async with other.begin() as connection:
        await connection.execute(text("ALTER TABLE thing ADD COLUMN name text"))
    await other.dispose()
    failures = 0
    for _ in range(3):
        try:
            async with reads.connect() as connection:
                assert tuple((await connection.execute(text("SELECT * FROM thing"))).one()) == (1, None)
        except DBAPIError:
            failures += 1
    assert failures == 1
