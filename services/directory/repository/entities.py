"""Units, calendars, procedures and keys, kept whole. Only an import writes them, one at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.rows import table_of, upsert, write
from contracts.directory import CalendarV1, KeyV1, ProcedureV1, UnitV1
from contracts.registry import Event
from services.directory.domain.versioned import E, Versioned
from services.directory.tables import CalendarRow, Entity, KeyRow, ProcedureRow, UnitRow

EVERY_UNIT: Final = "all"
_ROWS: Final[Mapping[type[Event], type[Entity]]] = {UnitV1: UnitRow, CalendarV1: CalendarRow, ProcedureV1: ProcedureRow}
_TABLES: Final = {kind: table_of(row).name for kind, row in _ROWS.items()}

_ONE_IMPORT = text("SELECT pg_advisory_xact_lock(hashtext('directory.import'))")
# By primary key. Tables are named by _ROWS above, never by a caller.
_LOAD_ALL = {kind: text(f"SELECT id, version, value FROM {table} ORDER BY id") for kind, table in _TABLES.items()}  # noqa: S608
_FIND = {kind: text(f"SELECT version, value FROM {table} WHERE id = :id") for kind, table in _TABLES.items()}  # noqa: S608
_UPSERT = {kind: upsert(row) for kind, row in _ROWS.items()}
# There are a handful; those in the way of one another wait for the import's lock.
_FIND_KEYS = text("SELECT id, version, value FROM signing_key WHERE id = ANY(:ids)")
_ALL_KEYS = text("SELECT id, version, value FROM signing_key ORDER BY value ->> 'valid_from' DESC, id")
_UPSERT_KEY = upsert(KeyRow)


async def one_import_at_a_time(connection: AsyncConnection) -> None:
    """Until the transaction ends."""
    await connection.execute(_ONE_IMPORT)


async def load_all(connection: AsyncConnection, kind: type[E]) -> dict[str, Versioned[E]]:
    """By id."""
    rows = await connection.execute(_LOAD_ALL[kind])
    return {row.id: Versioned(kind.model_validate(row.value), row.version) for row in rows}


async def find(connection: AsyncConnection, kind: type[E], entity_id: str) -> Versioned[E] | None:
    row = (await connection.execute(_FIND[kind], {"id": entity_id})).first()
    return None if row is None else Versioned(kind.model_validate(row.value), row.version)


async def save(connection: AsyncConnection, kind: type[E], changed: Sequence[Versioned[E]]) -> None:
    rows = [
        {"id": item.id, "version": item.version, "value": item.entity.model_dump(mode="json", exclude_none=True)}
        for item in changed
    ]
    await write(connection, _UPSERT[kind], rows)


async def all_keys(connection: AsyncConnection) -> "list[SigningKey]":
    """The newest first."""
    return [_signing_key(row) for row in await connection.execute(_ALL_KEYS)]


def _signing_key(row: Any) -> "SigningKey":
    return SigningKey(KeyV1.model_validate(row.value), row.version)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """`version`: the newest that was published."""

    key: KeyV1
    version: int

    @property
    def id(self) -> str:
        return self.key.kid


class SigningKeys:
    async def load(self, connection: AsyncConnection, keys: Sequence[str]) -> dict[str, SigningKey]:
        """One process at a time provides what is missing, until its transaction ends."""
        await one_import_at_a_time(connection)
        rows = await connection.execute(_FIND_KEYS, {"ids": list(keys)})
        return {row.id: _signing_key(row) for row in rows}

    async def save(self, connection: AsyncConnection, states: Sequence[SigningKey]) -> None:
        rows = [{"id": state.id, "version": state.version, "value": state.key.model_dump(mode="json")} for state in states]
        await write(connection, _UPSERT_KEY, rows)


class AllUnits:
    """Under the one key EVERY_UNIT: who is below whom takes them all. Read, not locked."""

    async def load(self, connection: AsyncConnection, keys: Sequence[str]) -> dict[str, dict[str, UnitV1]]:
        units = {unit.id: unit.entity for unit in (await load_all(connection, UnitV1)).values()}
        return {key: units for key in keys}  # noqa: C420 -- one tree, and there is one key


SIGNING_KEYS: Final = SigningKeys()
ALL_UNITS: Final = AllUnits()
