"""Writing many rows of a table in one statement, whatever their number: the database unpacks one JSON parameter."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from messaging.statements import Statement


def table_of(row: type[SQLModel]) -> Table:
    table: Table = vars(row)["__table__"]
    return table


def upsert(row: type[SQLModel], changing: Sequence[str] = ()) -> Statement:
    """Insert by primary key, in key order, or replace the columns `changing` (all but the key, if none is named)."""
    return Statement(upsert_text(row, changing))


def upsert_text(row: type[SQLModel], changing: Sequence[str] = ()) -> str:
    """The text of `upsert`, for a statement that does more beside it."""
    table = table_of(row)
    keys = _keys(table)
    names = changing or [column.name for column in table.columns if column.name not in keys]
    replaced = ", ".join(f'"{name}" = excluded."{name}"' for name in names)
    return f"{_insert(table)} ON CONFLICT ({_quoted(keys)}) DO UPDATE SET {replaced}"


def insert(row: type[SQLModel]) -> Statement:
    """Insert rows that are new."""
    return Statement(_insert(table_of(row)))


def insert_missing(row: type[SQLModel]) -> Statement:
    """Insert those that are not there; one that is there stays as it is."""
    return Statement(f"{_insert(table_of(row))} ON CONFLICT DO NOTHING")


def _keys(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]


def _insert(table: Table) -> str:
    names, keys = [column.name for column in table.columns], _keys(table)
    source = f"jsonb_populate_recordset(CAST(NULL AS {table.name}), CAST(:rows AS jsonb))"
    return f"INSERT INTO {table.name} ({_quoted(names)}) SELECT {_quoted(names)} FROM {source} ORDER BY {_quoted(keys)}"  # noqa: S608 -- names of our own tables


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


async def write(connection: AsyncConnection, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        await statement.send(connection, {"rows": json.dumps(list(rows), default=_plain)})


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no column type")
