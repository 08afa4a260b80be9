"""What the database says of a row is in no log line: neither its parameters nor its DETAIL, whoever ran the statement."""

from collections.abc import AsyncIterator

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from chassis.logs import exception_text
from messaging.connections import make_engine
from messaging.faults import loggable
from messaging.statements import Statement
from tests.support.servers import PostgresServer

NUMBER = "034085005555"
TABLE = "CREATE TABLE person (number text CONSTRAINT person_once UNIQUE, age integer CHECK (age > 0))"
INSERTS = (
    "INSERT INTO person (number, age) VALUES (:number, 1), (:number, 2)",
    "INSERT INTO person (number, age) VALUES (:number, -1)",
    "INSERT INTO person (number, age) VALUES ('x', CAST('x' || :number AS integer))",
)
EXPECTED = (
    "UniqueViolation 23505 person person_once",
    "CheckViolation 23514 person person_age_check",
    "InvalidTextRepresentation 22P02",
)


@pytest.fixture(scope="module")
async def database(postgres: PostgresServer) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(await postgres.create_database("lines"))
    async with engine.begin() as connection:
        await connection.execute(text(TABLE))
    yield engine
    await engine.dispose()


async def by_sqlalchemy(connection: AsyncConnection, sql: str) -> None:
    await connection.execute(text(sql), {"number": NUMBER})


async def by_psycopg(connection: AsyncConnection, sql: str) -> None:
    await Statement(sql).rows(connection, {"number": NUMBER})


@pytest.mark.parametrize("run", [by_sqlalchemy, by_psycopg])
@pytest.mark.parametrize(("sql", "expected"), [*zip(INSERTS, EXPECTED, strict=True)], ids=["unique", "check", "cast"])
async def test_no_log_line_quotes_a_row(database: AsyncEngine, run, sql: str, expected: str) -> None:
    with pytest.raises((DBAPIError, psycopg.Error)) as caught:
        async with database.connect() as connection:
            await run(connection, sql)
    line = exception_text((caught.type, caught.value, caught.tb))
    assert NUMBER not in line
    assert line.endswith(expected)
    assert loggable(caught.value) == expected
    assert NUMBER not in str(caught.value).partition("[SQL:")[2], "the parameters, where SQLAlchemy shows them"


async def test_a_table_that_is_missing_says_its_kind(database: AsyncEngine) -> None:
    with pytest.raises(DBAPIError, match="nowhere") as caught:
        async with database.connect() as connection:
            await by_sqlalchemy(connection, "SELECT * FROM nowhere WHERE x = :number")
    assert loggable(caught.value) == "UndefinedTable 42P01"
