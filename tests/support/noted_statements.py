"""Which statements reach a database while a test looks, by SQLAlchemy or by psycopg itself, with their parameters."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from messaging.statements import NOTHING, Statement


@contextmanager
def noted_statements(database: AsyncEngine) -> Iterator[list[tuple[str, Any]]]:
    """In psycopg's own spelling."""
    sent: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        sent.append((statement, parameters))

    send = Statement.send

    async def noted(statement: Statement, connection: AsyncConnection, values: Any = NOTHING) -> Any:
        if connection.engine.pool is database.pool:
            sent.append((statement._query.decode(), dict(values)))
        return await send(statement, connection, values)

    event.listen(database.sync_engine, "before_cursor_execute", note)
    Statement.send = noted  # type: ignore[method-assign]
    try:
        yield sent
    finally:
        Statement.send = send  # type: ignore[method-assign]
        event.remove(database.sync_engine, "before_cursor_execute", note)
