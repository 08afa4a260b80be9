"""Dead letters: what a consumer could not apply. Published by reference, listed, tried again, or let go with a reason.

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
from contracts.refusal import Invalid, NotFound
from contracts.topics import dead_letter_topic
from contracts.values import Lane
from messaging.outbox import CHANNEL, PARKING_LOT, Draft
from messaging.parking_lot import Parked
from messaging.records import is_state_source
from messaging.statements import Statement

# By index parking_lot_dead.
_LIST = text("""
    SELECT w.id, w.source, w.subject, w.sequence, w.reason, w.topic, w.partition, w."offset", w.since,
           (SELECT count(*) FROM parking_lot b
            WHERE b.source = w.source AND b.subject = w.subject AND b.state = 'behind') AS behind
    FROM parking_lot w WHERE w.state = 'dead' ORDER BY w.id LIMIT :most
""")
_COUNT = text("SELECT state, count(*) AS number, min(since) AS oldest FROM parking_lot GROUP BY state")
_SHOW = text("""SELECT * FROM parking_lot WHERE id = :id""")
_RETRY = Statement("UPDATE parking_lot SET state = 'ready' WHERE id = :id AND state = 'dead' RETURNING id")
# Locks in the order of the consumers: the inbox row, then its events.
_AGGREGATE = Statement("SELECT source, subject FROM parking_lot WHERE id = :id AND state = 'dead'")
_LOCK_INBOX = Statement("SELECT last FROM inbox WHERE source = :source AND subject = :subject FOR UPDATE")
_ARE_DEAD = text("SELECT id FROM parking_lot WHERE id = ANY(:ids) AND state = 'dead'")
_LOCK = Statement("SELECT * FROM parking_lot WHERE id = :id AND state = 'dead' FOR UPDATE")
_AUDIT = Statement("""
    INSERT INTO skipped (id, source, subject, sequence, died_of, topic, partition, "offset", actor, why, at)
    VALUES (:id, :source, :subject, :sequence, :died_of, :topic, :partition, :offset, :actor, :why, :at)
""")
_LET_GO = Statement("DELETE FROM parking_lot WHERE id = :id")
_ADVANCE = Statement("""
    UPDATE inbox SET last = GREATEST(last, :sequence) WHERE source = :source AND subject = :subject
""")
# Whether it used up a number is shown by the next event that tells its own (folding). A state topic has no numbers.
_LEAVE_A_MARK = Statement("UPDATE parking_lot SET state = 'skipped' WHERE id = :id")
_FREE = Statement(
    "UPDATE parking_lot SET state = 'ready' WHERE source = :source AND subject = :subject AND state IN ('behind', 'early')"
)
_WAKE = Statement("SELECT pg_notify(:channel, :payload)")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One line of `motcua dead-letters list`. `behind` counts the events that it holds."""

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


async def dead(connection: AsyncConnection, most: int = 500) -> list[DeadLetter]:
    return [DeadLetter(**row._mapping) for row in await connection.execute(_LIST, {"most": most})]  # noqa: SLF001 -- public by documentation


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


async def retry(connection: AsyncConnection, letter: int) -> None:
    """Let it be tried again: what was at fault has been mended."""
    if not await _RETRY.rows(connection, {"id": letter}):
        raise unknown(letter)
    await _wake(connection)


async def skip(connection: AsyncConnection, letter: int, *, actor: str, why: str, now: datetime) -> None:
    """Let it go, for a reason that is kept, and let through what it held."""
    if not why.strip():
        raise Invalid("why-missing", vi="Hãy ghi lý do bỏ qua.", en="Say why it is skipped.", field="why")
    keys = await _AGGREGATE.rows(connection, {"id": letter})
    if not keys:
        raise unknown(letter)
    letter_key = keys[0]
    aggregate = {"source": letter_key.source, "subject": letter_key.subject}
    await _LOCK_INBOX.send(connection, aggregate)
    locked = await _LOCK.rows(connection, {"id": letter})
    if not locked:
        raise unknown(letter)
    row = locked[0]
    await _AUDIT.send(
        connection,
        aggregate
        | {"id": row.id, "sequence": row.sequence, "died_of": row.reason, "topic": row.topic, "partition": row.partition}
        | {"offset": row.offset, "actor": actor, "why": why, "at": now},
    )
    if row.presumed and not is_state_source(row.source):
        await _LEAVE_A_MARK.send(connection, {"id": letter})
    else:
        await _LET_GO.send(connection, {"id": letter})
        await _ADVANCE.send(connection, aggregate | {"sequence": row.sequence})
    await _FREE.send(connection, aggregate)
    await _wake(connection)


async def _wake(connection: AsyncConnection) -> None:
    await _WAKE.send(connection, {"channel": CHANNEL, "payload": PARKING_LOT})


@dataclass(frozen=True, slots=True)
class Retry:
    """What was at fault has been mended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Let go, by whom and why."""

    actor: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter, and what a person says of it."""

    id: int
    verdict: Retry | Skipped | None = None


class Letters:
    """The store of the operator's commands: a few at most, so each verdict is carried out by itself."""

    async def load(self, connection: AsyncConnection, keys: Sequence[int]) -> dict[int, Letter]:
        """Not locked here: a consumer locks the inbox row first, and so does each verdict."""
        return {row.id: Letter(row.id) for row in await connection.execute(_ARE_DEAD, {"ids": list(keys)})}

    async def save(self, connection: AsyncConnection, states: Sequence[Letter]) -> None:
        """Raises NotFound for one that is dead no longer."""
        for letter in states:
            if isinstance(letter.verdict, Retry):
                await retry(connection, letter.id)
            elif letter.verdict is not None:
                verdict = letter.verdict
                await skip(connection, letter.id, actor=verdict.actor, why=verdict.why, now=verdict.at)


LETTERS = Letters()


def unknown(letter: int) -> NotFound:
    return NotFound("no-dead-letter", vi=f"Không có thư chết số {letter}.", en=f"There is no dead letter {letter}.")
