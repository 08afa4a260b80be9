"""Copies of state topics: the newest version of each entity, kept in the reader's own database.

Highest version wins, so order and redelivery change nothing. A tombstone keeps its version with no value, so that an older
version that comes late cannot bring back what was forgotten.
"""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.registry import Event
from messaging.records import TOPIC_BY_NAME, InboundEvent

E = TypeVar("E", bound=Event)

# By primary key, in key order.
_APPLY = text("""
    INSERT INTO state_copy (topic, id, version, value)
    SELECT topic, id, version, CAST(value AS jsonb)
    FROM unnest(CAST(:topics AS text[]), CAST(:ids AS text[]), CAST(:versions AS bigint[]), CAST(:values AS text[]))
         AS given (topic, id, version, value)
    ORDER BY topic, id
    ON CONFLICT (topic, id) DO UPDATE SET version = excluded.version, value = excluded.value
    WHERE excluded.version > state_copy.version
""")
_MANY = text("SELECT id, value FROM state_copy WHERE topic = :topic AND id = ANY(:ids) AND value IS NOT NULL")
_ALL = text("SELECT id, value FROM state_copy WHERE topic = :topic AND value IS NOT NULL ORDER BY id")
_VERSIONS = text("SELECT id, version FROM state_copy WHERE topic = :topic AND id = ANY(:ids)")


async def apply(connection: AsyncConnection, states: Sequence[InboundEvent]) -> None:
    """Keep the highest version of each entity. The events have been decoded and are sound."""
    highest: dict[tuple[str, str], InboundEvent] = {}
    for state in states:
        entity = (TOPIC_BY_NAME[state.record.topic].base, state.subject)
        if entity not in highest or state.sequence > highest[entity].sequence:
            highest[entity] = state
    if highest:
        await connection.execute(
            _APPLY,
            {
                "topics": [topic for topic, _ in highest],
                "ids": [entity for _, entity in highest],
                "versions": [state.sequence for state in highest.values()],
                "values": [None if state.record.value is None else state.record.value.decode() for state in highest.values()],
            },
        )


async def one(connection: AsyncConnection, kind: type[E], entity: str) -> E | None:
    return (await many(connection, kind, [entity])).get(entity)


async def many(connection: AsyncConnection, kind: type[E], entities: Sequence[str]) -> dict[str, E]:
    """The entities that are known and not forgotten, by id."""
    rows = await connection.execute(_MANY, {"topic": kind.TOPIC.base, "ids": list(entities)})
    return {row.id: kind.model_validate(row.value) for row in rows}


async def everything(connection: AsyncConnection, kind: type[E]) -> dict[str, E]:
    """All entities of a small state topic."""
    rows = await connection.execute(_ALL, {"topic": kind.TOPIC.base})
    return {row.id: kind.model_validate(row.value) for row in rows}


async def versions(connection: AsyncConnection, kind: type[Event], entities: Sequence[str]) -> dict[str, int]:
    """The version of each entity that has come, forgotten ones too."""
    rows = await connection.execute(_VERSIONS, {"topic": kind.TOPIC.base, "ids": list(entities)})
    return {row.id: row.version for row in rows}
