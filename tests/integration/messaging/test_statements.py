"""psycopg inside SQLAlchemy's transaction: committed and rolled back with it, queued in a pipeline, and never mixed up there."""

from collections.abc import AsyncIterator

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.connections import make_engine, without_transactions
from messaging.statements import Statement, pipeline
from tests.support.wire_trace import traced

ADD = Statement("INSERT INTO thing (id, name) VALUES (:id, :name)")
ALL = Statement("SELECT id, name FROM thing ORDER BY id")
ODD = Statement("SELECT CAST('10:30' AS text) AS half, 7 % 4 AS rest, CAST(:id AS int) + CAST(:id AS int) AS twice")
PID = Statement("SELECT pg_backend_pid() AS pid")


@pytest.fixture
async def database(postgres) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(await postgres.create_database("statements"), pool_size=1)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE thing (id int PRIMARY KEY, name text)"))
    yield engine
    await engine.dispose()


async def things(database: AsyncEngine) -> list[tuple[int, str]]:
    async with without_transactions(database).connect() as connection:
        return [tuple(row) for row in await ALL.rows(connection)]


async def test_it_is_part_of_the_transaction(database: AsyncEngine) -> None:
    async with database.connect() as connection:
        await ADD.send(connection, {"id": 1, "name": "kept"})
        await connection.commit()
        await ADD.send(connection, {"id": 2, "name": "lost"})
    with pytest.raises(RuntimeError):  # noqa: PT012 -- the transaction must end by it
        async with database.begin() as connection:
            await ADD.send(connection, {"id": 3, "name": "lost"})
            raise RuntimeError
    assert await things(database) == [(1, "kept")]


async def test_names_are_parameters_and_nothing_else_is(database: AsyncEngine) -> None:
    async with database.connect() as connection:
        (row,) = await ODD.rows(connection, {"id": 21})
    assert (row.half, row.rest, row.twice) == ("10:30", 3, 42)


async def test_in_a_pipeline_all_are_sent_before_one_is_read(database: AsyncEngine) -> None:
    async with database.begin() as connection, pipeline(connection):
        await ADD.send(connection, {"id": 1, "name": "a"})
        answers = await ALL.send(connection)
        await ADD.send(connection, {"id": 2, "name": "b"})
        assert [row.name for row in await answers.rows()] == ["a"]
    assert await things(database) == [(1, "a"), (2, "b")]


async def test_an_error_in_a_pipeline_is_raised_and_the_connection_goes_on(database: AsyncEngine) -> None:
    with pytest.raises(psycopg.errors.UniqueViolation):  # noqa: PT012 -- raised by the second, told at the end
        async with database.begin() as connection, pipeline(connection):
            await ADD.send(connection, {"id": 1, "name": "a"})
            await ADD.send(connection, {"id": 1, "name": "again"})
            await ADD.send(connection, {"id": 2, "name": "b"})
    assert await things(database) == []


async def test_sqlalchemy_is_refused_inside_a_pipeline_and_only_there(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        with pytest.raises(RuntimeError, match="only a Statement can be run, not: SELECT 1"):
            async with pipeline(connection):
                await connection.execute(text("SELECT 1"))
        assert await connection.scalar(text("SELECT 1")) == 1


async def test_a_connection_that_the_server_has_closed_is_given_up(postgres, database: AsyncEngine) -> None:
    other = make_engine(database.url.render_as_string(hide_password=False))
    for piped in (False, True):
        async with database.connect() as connection:
            (row,) = await PID.rows(connection)
            async with other.begin() as killer:
                await killer.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": row.pid})
            with pytest.raises(psycopg.OperationalError):  # noqa: PT012 -- in a pipeline its end tells
                if piped:
                    async with pipeline(connection):
                        await PID.send(connection)
                else:
                    await PID.rows(connection)
            assert connection.invalidated
        assert await things(database) == []
    await other.dispose()


async def test_it_is_prepared_at_once(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        await ALL.rows(connection)
    with traced(database) as wire:
        async with database.begin() as connection:
            await ALL.rows(connection)
    assert [statement.split()[:2] for statement in wire.statements][1] == ["Bind", '""']
    assert len(wire.statements) == 3, "BEGIN, the statement, COMMIT"


async def test_a_column_added_meanwhile_costs_one_failure_at_most(database: AsyncEngine) -> None:
    """Without a transaction no ROLLBACK makes psycopg forget what it has prepared."""
    everything, reads = Statement("SELECT * FROM thing"), without_transactions(database)
    async with reads.connect() as connection:
        await everything.rows(connection)
    other = make_engine(database.url.render_as_string(hide_password=False))
    async with other.begin() as migrating:
        await migrating.execute(text("ALTER TABLE thing ADD COLUMN note text"))
    await other.dispose()
    with pytest.raises(psycopg.errors.FeatureNotSupported):
        async with reads.connect() as connection:
            await everything.rows(connection)
    async with reads.connect() as connection:
        assert await everything.rows(connection) == []
