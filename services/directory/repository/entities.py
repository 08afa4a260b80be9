"""Units, calendars, procedures and keys, kept whole. Only an import writes them, one at a time."""

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directory import CalendarV1, KeyV1, ProcedureV1, UnitV1
from contracts.registry import Event
from services.directory.handlers import Versioned

E = TypeVar("E", UnitV1, CalendarV1, ProcedureV1)
TABLES: Final[Mapping[type[Event], str]] = {
    UnitV1: "unit",
    CalendarV1: "calendar",
    ProcedureV1: "procedure",
    KeyV1: "signing_key",
}

_ONE_IMPORT = text("SELECT pg_advisory_xact_lock(hashtext('directory.import'))")
# By primary key. Tables are named by TABLES above, never by a caller.
_ALL = {kind: text(f"SELECT id, version, value FROM {table} ORDER BY id") for kind, table in TABLES.items()}  # noqa: S608
_ONE = {kind: text(f"SELECT version, value FROM {table} WHERE id = :id") for kind, table in TABLES.items()}  # noqa: S608
_SAVE = {
    kind: text(f"""
        INSERT INTO {table} (id, version, value)
        SELECT id, version, CAST(value AS jsonb)
        FROM unnest(CAST(:ids AS text[]), CAST(:versions AS bigint[]), CAST(:values AS text[])) AS given (id, version, value)
        ORDER BY id
        ON CONFLICT (id) DO UPDATE SET version = excluded.version, value = excluded.value
    """)  # noqa: S608
    for kind, table in TABLES.items()
}
_ADD_KEY = text("""
    INSERT INTO signing_key (id, version, value) VALUES (:id, 1, CAST(:value AS jsonb)) ON CONFLICT (id) DO NOTHING RETURNING id
""")


async def one_import_at_a_time(connection: AsyncConnection) -> None:
    """Until the transaction ends."""
    await connection.execute(_ONE_IMPORT)


async def everything(connection: AsyncConnection, kind: type[E]) -> dict[str, Versioned[E]]:
    rows = await connection.execute(_ALL[kind])
    return {row.id: Versioned(kind.model_validate(row.value), row.version) for row in rows}


async def one(connection: AsyncConnection, kind: type[E], entity: str) -> Versioned[E] | None:
    row = (await connection.execute(_ONE[kind], {"id": entity})).first()
    return None if row is None else Versioned(kind.model_validate(row.value), row.version)


async def save(connection: AsyncConnection, kind: type[E], changed: Sequence[tuple[str, Versioned[E]]]) -> None:
    if changed:
        await connection.execute(
            _SAVE[kind],
            {
                "ids": [ident for ident, _ in changed],
                "versions": [versioned.version for _, versioned in changed],
                "values": [versioned.entity.model_dump_json(exclude_none=True) for _, versioned in changed],
            },
        )


async def add_key(connection: AsyncConnection, key: KeyV1) -> bool:
    """False if it is known already."""
    return (await connection.execute(_ADD_KEY, {"id": key.kid, "value": key.model_dump_json()})).first() is not None
