"""The parking lot: what cannot be applied yet, and why. A bad event holds its own aggregate here, and nothing else.

*early*: its predecessor has not come. *waiting*: for a version of some entity. *dead*: unreadable, unknown, refused by its
handler or by the database; only `retry` or an audited `skip` moves it. *newer*: of a type that a later release knows and takes
up. *behind*: one of these holds its aggregate.
*ready*: what held it is gone, the consumer takes it up again. *skipped*: let go, but nobody knows whether it was one of its
aggregate's numbered events or a stray record: the next event that tells its number shows it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.registry import EVENTS
from messaging.inbox import AggregateKey
from messaging.records import InboundEvent, Record, headers_from, inbound_event
from messaging.statements import Answers, Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """One event on its way into the parking lot, or to another state in it. `kind` is the part of the reason that quotes nothing;
    `error` is what a handler raised that is no refusal.
    """

    event: InboundEvent
    state: str
    reason: str
    kind: str = "unreadable"
    waits: tuple[str, str, int] | None = None
    error: Exception | None = None


# Rows of some aggregates up to the first dead one, by index parking_lot_aggregate: however much stands behind it, a batch reads
# none of it. Other states there are those of before it, and become "behind".
_LOAD = Statement("""
    SELECT w.*, given.highest
    FROM (
        SELECT source, subject,
               (SELECT max(sequence) FROM parking_lot m WHERE m.source = g.source AND m.subject = g.subject) AS highest,
               (SELECT sequence FROM parking_lot b LEFT JOIN inbox p USING (source, subject)
                WHERE b.source = g.source AND b.subject = g.subject AND b.sequence > coalesce(p.last, 0) AND b.state = 'dead'
                ORDER BY b.source, b.subject, b.sequence LIMIT 1) AS blocked_at
        FROM unnest(CAST(:sources AS text[]), CAST(:subjects AS text[])) AS g (source, subject)
    ) AS given
    JOIN parking_lot w USING (source, subject)
    WHERE given.blocked_at IS NULL OR w.sequence <= given.blocked_at OR w.state IN ('ready', 'early', 'waiting', 'newer')
    ORDER BY w.source, w.subject, w.sequence, w.id
""")
# Those that hold nothing and can be taken up, each by itself, by the same index.
_LOAD_READY = Statement("""
    SELECT w.* FROM parking_lot w
    JOIN unnest(CAST(:sources AS text[]), CAST(:subjects AS text[])) AS given (source, subject) USING (source, subject)
    WHERE w.state = 'ready' OR (w.state = 'newer' AND w.waits_id = ANY (CAST(:known AS text[])))
    ORDER BY w.source, w.subject, w.sequence, w.id
""")
_PARK = Statement("""
    INSERT INTO parking_lot (source, subject, sequence, presumed, state, reason, waits_topic, waits_id, waits_version,
                              topic, partition, "offset", key, value, headers, since)
    VALUES (:source, :subject, :sequence, :presumed, :state, :reason, :waits_topic, :waits_id, :waits_version,
            :topic, :partition, :offset, :key, :value, CAST(:headers AS jsonb), :since)
    ON CONFLICT (topic, partition, "offset") DO NOTHING
""")
_MOVE = Statement("""
    UPDATE parking_lot SET state = :state, reason = :reason,
           waits_topic = :waits_topic, waits_id = :waits_id, waits_version = :waits_version
    WHERE id = :id
""")
_REMOVE = Statement("DELETE FROM parking_lot WHERE id = ANY(:ids)")
# What waited for a version that has come, by index parking_lot_waits_for and the primary key of state_copy.
_RELEASE = text("""
    UPDATE parking_lot w SET state = 'ready'
    FROM state_copy c
    WHERE w.state = 'waiting' AND c.topic = w.waits_topic AND c.id = w.waits_id AND c.version >= w.waits_version
""")
# By indexes parking_lot_ready and parking_lot_newer.
_READY = text("""
    SELECT source, subject FROM parking_lot WHERE state = 'ready'
    UNION SELECT source, subject FROM parking_lot WHERE state = 'newer' AND waits_id = ANY (:known)
    LIMIT :most
""")


@dataclass(slots=True)
class ParkedQueue:
    """What is parked of one aggregate, in sequence, up to what holds it. `highest` is the number of the very last."""

    highest: int = 0
    events: list[InboundEvent] = field(default_factory=list)


async def load(connection: AsyncConnection, aggregates: Sequence[AggregateKey]) -> dict[AggregateKey, ParkedQueue]:
    return await loaded(await send_load(connection, aggregates)) if aggregates else {}


async def send_load(connection: AsyncConnection, aggregates: Sequence[AggregateKey]) -> Answers:
    """As `load`, to be read by `loaded`."""
    return await _LOAD.send(connection, _keys(aggregates))


async def load_ready(connection: AsyncConnection, aggregates: Sequence[AggregateKey]) -> list[InboundEvent]:
    """What can be taken up of these, whatever else is parked of them: records of state topics hold nothing."""
    if not aggregates:
        return []
    return [_event(row) for row in await _LOAD_READY.rows(connection, _keys(aggregates) | {"known": list(EVENTS)})]


def _keys(aggregates: Sequence[AggregateKey]) -> dict[str, list[str]]:
    return {"sources": [source for source, _ in aggregates], "subjects": [subject for _, subject in aggregates]}


async def loaded(answers: Answers) -> dict[AggregateKey, ParkedQueue]:
    queues: dict[AggregateKey, ParkedQueue] = {}
    for row in await answers.rows():
        queues.setdefault((row.source, row.subject), ParkedQueue(row.highest)).events.append(_event(row))
    return queues


def _event(row: Any) -> InboundEvent:
    event = inbound_event(
        Record(
            topic=row.topic,
            partition=row.partition,
            offset=row.offset,
            key=row.key,
            value=row.value,
            headers=headers_from(row.headers),
        )
    )
    event.source, event.subject, event.sequence = row.source, row.subject, row.sequence
    event.parked, event.state, event.presumed = row.id, row.state, bool(row.presumed)
    return event


async def park(connection: AsyncConnection, parked: Iterable[Parked], now: datetime) -> None:
    """Put new ones in, and give those already here their new state."""
    for entry in parked:
        if entry.event.parked is None:
            await _PARK.send(connection, _row(entry, now))
        else:
            await _MOVE.send(connection, _row(entry, now) | {"id": entry.event.parked})


def _row(entry: Parked, now: datetime) -> dict[str, object]:
    event, record = entry.event, entry.event.record
    topic, entity, version = entry.waits or (None, None, None)
    return {
        "source": event.source,
        "subject": event.subject,
        "sequence": event.sequence,
        "presumed": int(event.presumed),
        "state": entry.state,
        "reason": _storable(entry.reason),
        "waits_topic": topic,
        "waits_id": entity,
        "waits_version": version,
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "key": record.key,
        "value": record.value,
        "headers": record.headers_json(),
        "since": now,
    }


def _storable(reason: str) -> str:
    """A reason may quote what PostgreSQL refuses."""
    return reason.replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode()


async def remove(connection: AsyncConnection, ids: Sequence[int]) -> None:
    if ids:
        await _REMOVE.send(connection, {"ids": list(ids)})


async def release(connection: AsyncConnection) -> None:
    """Make ready what waited for a version that is there now."""
    await connection.execute(_RELEASE)


async def ready(connection: AsyncConnection, most: int) -> list[AggregateKey]:
    """Aggregates of which something can be taken up again, also because this release knows what an older one did not."""
    rows = await connection.execute(_READY, {"most": most, "known": list(EVENTS)})
    return [(row.source, row.subject) for row in rows]
