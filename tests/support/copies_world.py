"""A service of which only the copies matter: tables, processes that share them, statements that reach the database."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from typing import Any, Final

from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contracts.envelope import Attributes
from contracts.registry import Event
from messaging import copies
from messaging.clock import system_clock
from messaging.connections import make_engine
from messaging.records import InboundEvent, Record, inbound_event
from messaging.tables import add_messaging_tables
from tests.support.noted_statements import noted_statements
from tests.support.reference_data import entity_id
from tests.support.servers import PostgresServer

_offsets: Final = count()


def copies_metadata() -> MetaData:
    metadata = MetaData()
    add_messaging_tables(metadata)
    return metadata


@asynccontextmanager
async def processes(postgres: PostgresServer, number: int = 2) -> AsyncIterator[Sequence[AsyncEngine]]:
    """Engines on one new database, each as if in a process of its own."""
    url = await postgres.create_database("copies")
    engines = [make_engine(url, pool_size=3) for _ in range(number)]
    async with engines[0].begin() as connection:
        await connection.run_sync(copies_metadata().create_all)
    try:
        yield engines
    finally:
        for engine in engines:
            await engine.dispose()


def state(kind: type[Event], identifier: str, version: int, entity: Event | None) -> InboundEvent:
    """As it comes from Kafka; None is a tombstone."""
    attributes = Attributes(
        id=f"{identifier}-{version}",
        source=kind.TOPIC.owner,
        type=kind.TYPE,
        subject=identifier,
        time=system_clock(),
        sequence=version,
    )
    return inbound_event(
        Record(
            topic=kind.TOPIC.names()[0],
            partition=0,
            offset=next(_offsets),
            key=identifier.encode(),
            value=None if entity is None else entity.model_dump_json(exclude_none=True).encode(),
            headers=attributes.headers(),
        )
    )


async def publish(database: AsyncEngine, version: int, *entities: Event) -> None:
    """They arrive, in one transaction, each in this version."""
    async with database.begin() as connection:
        await copies.apply(connection, [state(type(entity), entity_id(entity), version, entity) for entity in entities])


async def plainly(connection: AsyncConnection, kind: type[Event]) -> dict[str, Any]:
    """What SQL says, with nothing remembered."""
    rows = await connection.execute(
        text("SELECT id, value FROM state_copy WHERE topic = :topic AND value IS NOT NULL"), {"topic": kind.TOPIC.base}
    )
    return {row.id: kind.model_validate(row.value) for row in rows}


@contextmanager
def statements(database: AsyncEngine) -> Iterator[list[str]]:
    """The texts of those that have reached the database; told at the end."""
    texts: list[str] = []
    with noted_statements(database) as sent:
        yield texts
    texts += [statement for statement, _ in sent]
