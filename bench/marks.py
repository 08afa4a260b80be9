"""When a row was committed: a deferred trigger in the services' own databases notes the moment of its commit.

All databases of an installation are on one server with one clock, so nothing is asked meanwhile and no poll blurs the figures.
The moment is taken just before the disk is waited for: between two marks lies the wait of the first, and not of the second.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg import sql

from contracts.intake import DossierAcceptedV1
from deploy.local.topology import Plan

_TABLE: Final = sql.SQL("CREATE UNLOGGED TABLE IF NOT EXISTS bench_mark (name text, dossier text, at timestamptz)")
_FUNCTION: Final = sql.SQL("""
    CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO bench_mark VALUES ({name}, NEW.{dossier}, clock_timestamp());
        RETURN NULL;
    END $$
""")
_TRIGGER: Final = sql.SQL("""
    CREATE CONSTRAINT TRIGGER {function} AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW {condition} EXECUTE FUNCTION {function}()
""")
_END: Final = sql.SQL("DROP FUNCTION {function}() CASCADE; DROP TABLE IF EXISTS bench_mark")
_MOMENTS: Final = "SELECT dossier, extract(epoch FROM min(at))::float8 FROM bench_mark WHERE name = %s GROUP BY dossier"


@dataclass(frozen=True, kw_only=True)
class Mark:
    """The first row of a dossier in that table; of that type, if `type_column` is given."""

    name: str
    service: str
    table: str
    dossier: str
    type_column: str | None = None


ACCEPTED: Final = Mark(name="accepted", service="intake", table="history", dossier="dossier", type_column="type")
LISTED: Final = Mark(name="in the officer's list", service="routing", table="routing_case", dossier="id")
RECORDED: Final = Mark(name="message recorded", service="notify", table="message", dossier="dossier", type_column="fact_type")
COUNTED: Final = Mark(name="figure changed", service="reporting", table="fact", dossier="subject", type_column="type")
MARKS: Final = (ACCEPTED, LISTED, RECORDED, COUNTED)
"""Of an acceptance, and of what follows it one hop further: relay, Kafka, consumer."""


@contextmanager
def placed(plan: Plan, marks: Sequence[Mark]) -> Iterator[None]:
    """As long as the block lasts; before and afterwards the databases know nothing of it. Locks each table for a moment."""
    for mark in marks:
        with _connect(plan, mark) as database:
            database.execute(_TABLE)
            for statement in _statements(mark):
                database.execute(statement)
    try:
        yield
    finally:
        for mark in marks:
            with _connect(plan, mark) as database:
                database.execute(_END.format(function=_function(mark)))


def read(plan: Plan, mark: Mark) -> dict[str, float]:
    """Dossier -> when, in seconds since 1970."""
    with _connect(plan, mark) as database:
        return dict(database.execute(_MOMENTS, (mark.name,)).fetchall())


def delays(since: Mapping[str, float], until: Mapping[str, float]) -> tuple[list[float], int]:
    """Seconds from the one to the other, in the order of the first; and how many never had the other."""
    arrived = [dossier for dossier in since if dossier in until]
    return [until[dossier] - since[dossier] for dossier in arrived], len(since) - len(arrived)


def _connect(plan: Plan, mark: Mark) -> psycopg.Connection[Any]:
    """As the service itself, whose tables these are."""
    return psycopg.connect(plan.owner_url(mark.service).replace("+psycopg", ""))


def _statements(mark: Mark) -> Iterable[sql.Composed]:
    function = _function(mark)
    accepted = sql.SQL("WHEN (NEW.{column} = {type})")
    condition = (
        sql.SQL("")
        if mark.type_column is None
        else accepted.format(column=sql.Identifier(mark.type_column), type=sql.Literal(DossierAcceptedV1.TYPE))
    )
    dossier = sql.Identifier(mark.dossier)
    yield _FUNCTION.format(function=function, name=sql.Literal(mark.name), dossier=dossier)
    yield _TRIGGER.format(function=function, table=sql.Identifier(mark.table), condition=condition)


def _function(mark: Mark) -> sql.Identifier:
    return sql.Identifier(f"bench_mark_{mark.table}")
