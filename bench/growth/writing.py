"""Writes the copies into the services' databases: a statement for each table, without the indexes, which are built afterwards."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final

import psycopg

from bench.growth.copies import Copy, Original
from bench.growth.rows import TABLES

# Those with a code; a submission that waits or was handed back is no past.
_ORIGINALS: Final = """
    SELECT id, code, CAST(accepted_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date), unit_id, status = 10
    FROM dossier WHERE code IS NOT NULL ORDER BY id
"""
_GROWN: Final = "CREATE TABLE grown (original text, id text, days int, took int, code text, number text)"
_COPY_GROWN: Final = "COPY grown FROM STDIN"
_MESSAGES: Final = "CREATE TABLE original_message (id text PRIMARY KEY, dossier text)"
_COPY_MESSAGES: Final = "COPY original_message FROM STDIN"
_COUNTERS: Final = """
    INSERT INTO code_counter (unit, day, last)
    SELECT unit_id, CAST(accepted_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) AS day, count(*) FROM dossier
    WHERE code IS NOT NULL GROUP BY 1, 2 ON CONFLICT (unit, day) DO UPDATE SET last = GREATEST(code_counter.last, EXCLUDED.last)
"""
_INDEXES: Final = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = %s::regclass AND NOT indisprimary
"""
_FOREIGN: Final = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'"
_COLUMNS: Final = """
    SELECT column_name, data_type FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = %s ORDER BY ordinal_position
"""
KEPT: Final = {
    "intake": {"status_count": "0014_status_counts"},
    "routing": {"open_count": "0015_open_counts"},
    "reporting": {"tally": "0004_daily_sums"},
}
"""Numbers kept beside the rows: service -> table -> the migration whose FILL counts them anew."""
Connection = psycopg.Connection[Any]


def originals(intake: Connection) -> list[Original]:
    return [
        Original(id=ident, day=day, unit=unit, width=len(code.rpartition("-")[2]), finished=finished)
        for ident, code, day, unit, finished in intake.execute(_ORIGINALS)
    ]


def messages(notify: Connection) -> list[tuple[str, str]]:
    return notify.execute("SELECT id, dossier FROM message ORDER BY id").fetchall()


def write(database: Connection, service: str, copies: Sequence[Copy], of_messages: Sequence[tuple[str, str]]) -> None:
    """All of one service's rows, and its statistics. `copies` in the order of their ids: so no index is written at random."""
    database.execute("SET synchronous_commit = off")
    database.execute("SET maintenance_work_mem = '512MB'")
    _load(database, _GROWN, _COPY_GROWN, ((c.original, c.id, c.days, c.took, c.code, c.number) for c in copies))
    _load(database, _MESSAGES, _COPY_MESSAGES, of_messages)
    for table in TABLES[service]:
        columns = database.execute(_COLUMNS, [table.table]).fetchall()
        with _without_indexes(database, table.table):
            database.execute(table.statement(columns).encode())
    if service == "intake":
        database.execute(_COUNTERS)
    for kept, migration in KEPT.get(service, {}).items():
        database.execute(f"TRUNCATE {kept}".encode())
        fill = import_module(f"services.{service}.migrations.{migration}").FILL
        for statement in (fill,) if isinstance(fill, str) else fill:
            database.execute(statement.encode())
    database.execute("DROP TABLE grown, original_message")


def load_rows(database: Connection, table: str, copy: str, rows: Iterable[Sequence[object]]) -> None:
    """Many rows into a table that has indexes."""
    with _without_indexes(database, table):
        _copy(database, copy, rows)


@contextmanager
def _without_indexes(database: Connection, table: str) -> Iterator[None]:
    indexes = database.execute(_INDEXES, [table]).fetchall()
    foreign = database.execute(_FOREIGN, [table]).fetchall()
    for name, _ in foreign:
        database.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}".encode())
    for name, _ in indexes:
        database.execute(f"DROP INDEX {name}".encode())
    yield
    for _, definition in indexes:
        database.execute(definition.encode())
    for name, definition in foreign:
        database.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}".encode())


def _load(database: Connection, create: str, copy: str, rows: Iterable[Sequence[object]]) -> None:
    database.execute(create.encode())
    _copy(database, copy, rows)


def _copy(database: Connection, statement: str, rows: Iterable[Sequence[object]]) -> None:
    with database.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        for row in rows:
            copy.write_row(row)
