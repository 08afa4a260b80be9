"""SQL run by psycopg itself, inside a transaction that SQLAlchemy keeps: for the statements of every batch.

SQLAlchemy takes twice as long for a statement as psycopg and the wire together (docs/decisions/0013). In a pipeline statements
are sent one behind the other without waiting for answers; these are read when the pipeline has ended.
"""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_PARAMETER: Final = re.compile(r"(?<![:\w]):([a-z_]+)")
_PIPELINED: Final = "pipelined"
_PLAN_CHANGED: Final = "0A000"
NOTHING: Final[Mapping[str, Any]] = {}


class Answers:
    """What a statement has answered, or will have at the end of its pipeline."""

    __slots__ = ("_connection", "_cursor")

    def __init__(self, connection: AsyncConnection, cursor: psycopg.AsyncCursor[Any]) -> None:
        self._connection, self._cursor = connection, cursor

    async def rows(self) -> list[Any]:
        """Named tuples. Raises psycopg.Error, of this statement or one before it in the pipeline."""
        try:
            return await self._cursor.fetchall()
        except psycopg.Error as error:
            await _give_up_spoilt(self._connection, error)
            raise


class Statement:
    """Parameters are named `:name`. Prepared when it is first run on a connection."""

    def __init__(self, sql: str) -> None:
        self._query = _PARAMETER.sub(r"%(\1)s", sql.replace("%", "%%")).encode()

    async def send(self, connection: AsyncConnection, values: Mapping[str, Any] = NOTHING) -> Answers:
        """Run it; in a pipeline only queue it."""
        cursor = _driver(connection).cursor(row_factory=namedtuple_row)
        try:
            await cursor.execute(self._query, values, prepare=True)
        except psycopg.Error as error:
            await _give_up_spoilt(connection, error)
            raise
        return Answers(connection, cursor)

    async def rows(self, connection: AsyncConnection, values: Mapping[str, Any] = NOTHING) -> Sequence[Any]:
        return await (await self.send(connection, values)).rows()


@asynccontextmanager
async def pipeline(connection: AsyncConnection) -> AsyncIterator[None]:
    """Statements inside are queued. The end waits for all of them, and raises the first error; then answers are read.

    Not before: PostgreSQL's time limit for idle transactions does not run in a pipeline, nor behind one until the next
    statement, so a process that froze there would hold its locks for ever. What relies on that limit uses none.
    """
    raw = _driver(connection)
    info = _info(connection)
    info[_PIPELINED] = True
    try:
        async with raw.pipeline():
            yield
    except psycopg.Error as error:
        await _give_up_spoilt(connection, error)
        raise
    finally:
        info.pop(_PIPELINED, None)


def refuse_others_in_pipelines(engine: AsyncEngine) -> None:
    """SQLAlchemy would take a queued statement for one without rows: inside a pipeline it is told so aloud."""

    def refuse(connection: Any, _: Any, statement: str, *__: Any) -> None:
        if connection.info.get(_PIPELINED):
            raise RuntimeError(f"inside a pipeline only a Statement can be run, not: {statement.strip()[:80]}")

    event.listen(engine.sync_engine, "before_cursor_execute", refuse)


def _driver(connection: AsyncConnection) -> psycopg.AsyncConnection[Any]:
    raw = _sync(connection).connection.driver_connection
    assert isinstance(raw, psycopg.AsyncConnection)  # noqa: S101 -- narrows the driver's type
    return raw


def _info(connection: AsyncConnection) -> dict[Any, Any]:
    info: dict[Any, Any] = _sync(connection).info
    return info


def _sync(connection: AsyncConnection) -> Any:
    """With its transaction begun: else nothing would be committed that only psycopg has seen."""
    sync = connection.sync_connection
    assert sync is not None  # noqa: S101 -- a connection that was opened
    if not sync.in_transaction():
        sync.begin()
    return sync


async def _give_up_spoilt(connection: AsyncConnection, error: psycopg.Error) -> None:
    """A connection that the server has closed, or whose plans a migration has spoilt, goes back to no pool."""
    if not connection.invalidated and (_driver(connection).closed or spoils_plans(error)):
        await connection.invalidate()


def spoils_plans(error: BaseException | None) -> bool:
    """A prepared `SELECT *` of a table that has a new column since fails for ever on its connection."""
    return getattr(error, "sqlstate", None) == _PLAN_CHANGED
