"""The outbox: what a transaction wants published, written in that transaction, so that both happen or neither.

Rows leave in the order of their `position`. Two transactions on one aggregate take its row lock in turn and write their
outbox rows under it, so positions of one aggregate rise with its sequence.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.refusal import Invalid
from contracts.registry import Event
from contracts.topics import Topic
from contracts.values import Lane
from messaging import given_numbers
from messaging.bell import CHANNEL, PARKING_LOT
from messaging.doorbell import ring_after_commit
from messaging.publisher_guard import guards_of, require_compared
from messaging.statements import Statement

__all__ = ["CHANNEL", "COMMON", "PARKING_LOT", "Draft", "EventTooLarge", "drafts", "write"]

COMMON: Final = "common"
"""The lane of a publisher that has none (directory)."""
LARGEST_PAYLOAD: Final = 900_000
"""Bytes. Kafka takes a megabyte with all headers; a row that it refuses would stop its lane for ever."""


class EventTooLarge(Invalid):
    """An event that Kafka would not take."""

    def __init__(self, kind: str, size: int) -> None:
        super().__init__(
            "event-too-large",
            vi=f"Nội dung quá lớn ({size} byte); tối đa {LARGEST_PAYLOAD} byte.",
            en=f"{kind} is too large: {size} bytes of at most {LARGEST_PAYLOAD}.",
        )


WRITE_SQL: Final = """
    INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, lane, sequence, time, correlation, causation)
    SELECT id, aggregatetype, aggregateid, type, convert_to(payload, 'UTF8'), lane, sequence, time, correlation, causation
    FROM unnest(CAST(:ids AS text[]), CAST(:topics AS text[]), CAST(:subjects AS text[]), CAST(:types AS text[]),
                CAST(:payloads AS text[]), CAST(:lanes AS text[]), CAST(:sequences AS bigint[]), CAST(:times AS timestamptz[]),
                CAST(:correlations AS text[]), CAST(:causations AS text[]))
         WITH ORDINALITY AS given (id, aggregatetype, aggregateid, type, payload, lane, sequence, time, correlation, causation,
                                   place)
    ORDER BY place
"""
_WRITE: Final = Statement(WRITE_SQL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One event on its way out. `data` None with a `topic` is a tombstone of a state topic."""

    topic: Topic
    type: str
    subject: str
    sequence: int
    lane: Lane | None
    payload: bytes | None
    time: datetime
    correlation: str | None = None
    causation: str | None = None

    def __post_init__(self) -> None:
        """Raises EventTooLarge where the event is decided, not where the relay would trip over it."""
        if self.payload is not None and len(self.payload) > LARGEST_PAYLOAD:
            raise EventTooLarge(self.type, len(self.payload))


def drafts(
    subject: str,
    lane: Lane | None,
    last: int,
    events: Iterable[Event],
    time: datetime,
    *,
    correlation: str | None = None,
    causation: str | None = None,
) -> list[Draft]:
    """Number an aggregate's new events from `last` + 1 on."""
    return [
        Draft(
            topic=event.TOPIC,
            type=event.TYPE,
            subject=subject,
            sequence=last + step,
            lane=lane,
            payload=event.model_dump_json(exclude_none=True).encode(),
            time=time,
            correlation=correlation,
            causation=causation,
        )
        for step, event in enumerate(events, 1)
    ]


async def write(connection: AsyncConnection, rows: Sequence[Draft]) -> None:
    """Add rows to the outbox, in their order, and wake the relays of their lanes when the transaction is committed.

    Their aggregates are saved before. Raises PublisherBehind where their numbers may have been given before.
    """
    if not rows:
        return
    require_compared(connection)
    rows = await _behind_given_numbers(connection, rows)
    lanes = [_lane(row) for row in rows]
    values = {
        "ids": _fresh_ids(len(rows)),
        "topics": [row.topic.name(row.lane) for row in rows],
        "subjects": [row.subject for row in rows],
        "types": [row.type for row in rows],
        "payloads": [None if row.payload is None else row.payload.decode() for row in rows],
        "lanes": lanes,
        "sequences": [row.sequence for row in rows],
        "times": [row.time.isoformat() for row in rows],
        "correlations": [row.correlation for row in rows],
        "causations": [row.causation for row in rows],
    }
    await _WRITE.send(connection, values)
    await ring_after_commit(connection, lanes)


async def _behind_given_numbers(connection: AsyncConnection, rows: Sequence[Draft]) -> Sequence[Draft]:
    """Where a restored database begins an aggregate anew that Kafka knows; nowhere else does this cost a statement."""
    for guard in guards_of(connection):
        shifts = given_numbers.shifts(guard.given, (((row.topic.base, row.subject), row.sequence) for row in rows))
        if shifts:
            await given_numbers.raise_rows(connection, guard.publication, shifts)
            return [replace(row, sequence=row.sequence + shifts.get((row.topic.base, row.subject), 0)) for row in rows]
    return rows


def _lane(row: Draft) -> str:
    return row.lane or COMMON


def _fresh_ids(number: int) -> list[str]:
    """UUIDs of version 4, their chance fetched from the system at once."""
    chance = os.urandom(16 * number)
    return [str(UUID(bytes=chance[at : at + 16], version=4)) for at in range(0, len(chance), 16)]
