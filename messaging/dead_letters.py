"""Dead letters: what a consumer could not apply, and what else holds an aggregate. Published by reference, and listed.

The dead-letter topic carries where the record lies and what kind of death it was, never its content nor a message that may
quote it: a contact may be in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.messaging import EventDiedV1
from contracts.refusal import NotFound
from contracts.topics import dead_letter_topic
from contracts.values import Lane
from messaging.outbox import Draft
from messaging.parking_lot import Parked

# The dead by index parking_lot_dead; of other states there are few, by the primary key.
_LIST = text("""
    SELECT w.id, w.source, w.subject, w.sequence, w.reason, w.topic, w.partition, w."offset", w.since,
           (SELECT count(*) FROM parking_lot b
            WHERE b.source = w.source AND b.subject = w.subject AND b.state = 'behind') AS behind
    FROM parking_lot w WHERE w.state = :state AND w.id > :after ORDER BY w.id LIMIT :most
""")
# By index parking_lot_dead.
_DIED_OF = text("""
    SELECT id FROM parking_lot WHERE state = 'dead' AND id > :after AND position(:reason IN reason) > 0 ORDER BY id LIMIT :most
""")
_COUNT = text("SELECT state, count(*) AS number, min(since) AS oldest FROM parking_lot GROUP BY state")
_SHOW = text("""SELECT * FROM parking_lot WHERE id = :id""")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One line of `motcua dead-letters list`: an event that holds its aggregate. `behind` counts what it holds."""

    id: int
    source: str
    subject: str
    sequence: int
    reason: str
    topic: str
    partition: int
    offset: int
    since: datetime
    behind: int


def dead_letter_drafts(service: str, parked: Sequence[Parked], now: datetime) -> list[Draft]:
    """What has just died, as rows for the consumer's dead-letter topic. Each is an aggregate of its own, published once."""
    topic = dead_letter_topic(service)
    return [
        Draft(
            topic=topic,
            type=EventDiedV1.TYPE,
            subject=_coordinates(entry),
            sequence=1,
            lane=_lane(entry.event.record.topic),
            payload=_reference(entry),
            time=now,
        )
        for entry in parked
        if entry.state == "dead"
    ]


def _coordinates(entry: Parked) -> str:
    record = entry.event.record
    return f"{record.topic}/{record.partition}/{record.offset}"


def _lane(topic: str) -> Lane | None:
    suffix = topic.rpartition(".")[2]
    return Lane(suffix) if suffix in set(Lane) else None


def _reference(entry: Parked) -> bytes:
    inbound = entry.event
    event = EventDiedV1(
        source=inbound.source,
        subject=inbound.subject,
        sequence=inbound.sequence,
        record=_coordinates(entry),
        reason=entry.kind,
    )
    return event.model_dump_json().encode()


async def listed(connection: AsyncConnection, state: str = "dead", *, after: int = 0, most: int = 500) -> list[DeadLetter]:
    """Those in a state that holds, with ids above `after`, in their order."""
    rows = await connection.execute(_LIST, {"state": state, "after": after, "most": most})
    return [DeadLetter(**row._mapping) for row in rows]  # noqa: SLF001 -- public by documentation


async def died_of(connection: AsyncConnection, reason: str, *, after: int, most: int) -> list[int]:
    """The ids above `after` of those in whose reason these words stand."""
    return list(await connection.scalars(_DIED_OF, {"reason": reason, "after": after, "most": most}))


async def counts(connection: AsyncConnection) -> dict[str, tuple[int, datetime]]:
    """Per state: how many wait, and since when the oldest."""
    return {row.state: (row.number, row.oldest) for row in await connection.execute(_COUNT)}


async def show(connection: AsyncConnection, letter: int) -> dict[str, Any]:
    """Everything that is known of a waiting event, its bytes as text where they can be read."""
    row = (await connection.execute(_SHOW, {"id": letter})).mappings().first()
    if row is None:
        raise unknown(letter)
    letter_data = dict(row)
    for name in ("key", "value"):
        letter_data[name] = None if letter_data[name] is None else bytes(letter_data[name]).decode("utf-8", "backslashreplace")
    return letter_data


def unknown(letter: int) -> NotFound:
    return NotFound("no-dead-letter", vi=f"Không có thư chết số {letter}.", en=f"There is no dead letter {letter}.")
