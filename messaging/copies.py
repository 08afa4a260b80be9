"""Copies of state topics: the newest version of each entity, kept in the reader's own database.

Highest version wins, so order and redelivery change nothing. A tombstone keeps its version with no value, so that an older
version that comes late cannot bring back what was forgotten.

Topics without lanes are the reference data of every request: their entities are parsed once and kept in memory (`copy_memory`).
A transaction looks at the topics' revisions when it first reads, with one small statement; no entity is older than half a second.
Topics with lanes are read from the database each time: personal data stay in no memory.
"""

from collections.abc import Awaitable, Callable, Sequence
from time import monotonic
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Pool, text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.registry import Event
from messaging.copy_memory import CopyMemory, Entity, Revision, Revisions, is_known
from messaging.records import TOPIC_BY_NAME, InboundEvent
from messaging.statements import Statement

E = TypeVar("E", bound=Event)
T = TypeVar("T")

# By primary key, in key order. Topics with lanes get no revision: one row for all would make their lanes wait for each other.
_APPLY = text("""
    WITH changed AS (
        INSERT INTO state_copy (topic, id, version, value)
        SELECT topic, id, version, CAST(value AS jsonb)
        FROM unnest(CAST(:topics AS text[]), CAST(:ids AS text[]), CAST(:versions AS bigint[]), CAST(:values AS text[]))
             AS given (topic, id, version, value)
        ORDER BY topic, id
        ON CONFLICT (topic, id) DO UPDATE SET version = excluded.version, value = excluded.value
        WHERE excluded.version > state_copy.version
        RETURNING topic
    )
    INSERT INTO state_revision (topic, revision)
    SELECT topic, gen_random_uuid() FROM changed WHERE topic = ANY(:remembered) GROUP BY topic ORDER BY topic
    ON CONFLICT (topic) DO UPDATE SET revision = excluded.revision
""")
_REVISIONS = Statement("SELECT topic, revision FROM state_revision")
# By primary key: the rows that are no longer as they are remembered.
_CHANGED = Statement("""
    SELECT known.id, c.version, CAST(c.xmin AS text) AS written_by, CAST(c.value AS text) AS value
    FROM unnest(CAST(:ids AS text[]), CAST(:versions AS bigint[]), CAST(:writers AS text[])) AS known (id, version, written_by)
    LEFT JOIN state_copy c ON c.topic = :topic AND c.id = known.id
    WHERE c.version IS DISTINCT FROM known.version OR CAST(c.xmin AS text) IS DISTINCT FROM known.written_by
""")
_MANY = Statement("SELECT id, value FROM state_copy WHERE topic = :topic AND id = ANY(:ids) AND value IS NOT NULL")
_IDS = Statement("SELECT id FROM state_copy WHERE topic = :topic AND value IS NOT NULL ORDER BY id")
_VERSIONS = Statement("SELECT id, version FROM state_copy WHERE topic = :topic AND id = ANY(:ids)")

# Engines that differ in their options only share a pool, and a database.
_memories: Final[WeakKeyDictionary[Pool, CopyMemory]] = WeakKeyDictionary()


async def apply(connection: AsyncConnection, states: Sequence[InboundEvent]) -> None:
    """Keep the highest version of each entity. The events have been decoded and are sound."""
    highest: dict[tuple[str, str], InboundEvent] = {}
    remembered: set[str] = set()
    for state in states:
        topic = TOPIC_BY_NAME[state.record.topic]
        entity = (topic.base, state.subject)
        if entity not in highest or state.sequence > highest[entity].sequence:
            highest[entity] = state
        if not topic.laned:
            remembered.add(topic.base)
    if highest:
        await connection.execute(
            _APPLY,
            {
                "topics": [topic for topic, _ in highest],
                "ids": [entity for _, entity in highest],
                "versions": [state.sequence for state in highest.values()],
                "values": [None if state.record.value is None else state.record.value.decode() for state in highest.values()],
                "remembered": sorted(remembered),
            },
        )
        memory, sync = _memory(connection)
        memory.note_write(sync.get_transaction())


async def one(connection: AsyncConnection, kind: type[E], entity: str) -> E | None:
    return (await many(connection, kind, [entity])).get(entity)


async def many(connection: AsyncConnection, kind: type[E], entities: Sequence[str]) -> dict[str, E]:
    """The entities that are known and not forgotten, by id. They are shared: nobody changes them."""
    if kind.TOPIC.laned:
        rows = await _MANY.rows(connection, {"topic": kind.TOPIC.base, "ids": list(entities)})
        return {row.id: kind.model_validate(row.value) for row in rows}
    known = await _entities(connection, kind, entities)
    return {identifier: entity.event for identifier, entity in known.items() if entity.event is not None}


async def everything(connection: AsyncConnection, kind: type[E]) -> dict[str, E]:
    """All entities of a small state topic."""
    rows = await _IDS.rows(connection, {"topic": kind.TOPIC.base})
    return await many(connection, kind, [row.id for row in rows])


async def versions(connection: AsyncConnection, kind: type[Event], entities: Sequence[str]) -> dict[str, int]:
    """The version of each entity that has come, forgotten ones too."""
    if kind.TOPIC.laned:
        rows = await _VERSIONS.rows(connection, {"topic": kind.TOPIC.base, "ids": list(entities)})
        return {row.id: row.version for row in rows}
    known = await _entities(connection, kind, entities)
    return {identifier: entity.version for identifier, entity in known.items() if entity.version is not None}


async def derive(connection: AsyncConnection, kind: type[Event], key: object, build: Callable[[], Awaitable[T]]) -> T:
    """What `build` makes of a topic without lanes, made once while nothing in the topic changes. `key` is the caller's own."""
    revision = await revision_of(connection, kind)
    memory, _ = _memory(connection)
    value: T | None = memory.derived(key, revision)
    if value is None:
        value = await build()
        memory.keep_derived(key, value, revision)
    return value


async def revision_of(connection: AsyncConnection, kind: type[Event]) -> Revision | None:
    """Which content of its topic this transaction sees; None if that cannot be told, and then nothing may be kept."""
    return (await _look(connection)).get(kind.TOPIC.base)


def _memory(connection: AsyncConnection) -> tuple[CopyMemory, Connection]:
    sync = connection.sync_connection
    if sync is None:
        raise AssertionError("a connection that was never opened")
    memory = _memories.get(sync.engine.pool)
    if memory is None:
        memory = _memories[sync.engine.pool] = CopyMemory()
    return memory, sync


async def _look(connection: AsyncConnection) -> Revisions:
    (memory, sync), now = _memory(connection), monotonic()
    revisions = memory.look(sync.get_transaction(), now)
    if revisions is None:
        rows = await _REVISIONS.rows(connection)
        revisions = memory.remember_look(sync.get_transaction(), {row.topic: row.revision for row in rows}, now)
    return revisions


async def _entities(connection: AsyncConnection, kind: type[Event], ids: Sequence[str]) -> dict[str, Entity]:
    """From memory what is known to be so still, the rest with one query."""
    if not ids:
        return {}
    revision, topic = await revision_of(connection, kind), kind.TOPIC.base
    memory, _ = _memory(connection)
    entities = {identifier: memory.entity((kind, topic, identifier)) for identifier in ids}
    doubtful = [identifier for identifier, entity in entities.items() if not is_known(entity, revision)]
    if doubtful:
        entities |= await _changed(connection, kind, {identifier: entities[identifier] for identifier in doubtful})
        for identifier in doubtful:
            memory.keep((kind, topic, identifier), entities[identifier], revision)
    return entities


async def _changed(connection: AsyncConnection, kind: type[Event], remembered: dict[str, Entity]) -> dict[str, Entity]:
    rows = await _CHANGED.rows(
        connection,
        {
            "topic": kind.TOPIC.base,
            "ids": list(remembered),
            "versions": [entity.version for entity in remembered.values()],
            "writers": [entity.written_by for entity in remembered.values()],
        },
    )
    return {row.id: _parsed(kind, row) for row in rows}


def _parsed(kind: type[Event], row: Any) -> Entity:
    if row.value is None:
        return Entity(version=row.version, written_by=row.written_by)
    event = kind.model_validate_json(row.value)
    return Entity(version=row.version, written_by=row.written_by, event=event, characters=len(row.value))
