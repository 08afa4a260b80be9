"""The senders' side of the ledger: what is due, who is to be written to, and the attempts as they begin and end.

What is due, and how long a lease runs, the database's clock says: those of two hosts need not agree.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.rows import insert, write
from contracts.topics import CONTACTS
from contracts.values import Lane
from services.notify.domain.contact import KnownContact
from services.notify.domain.message import Message, Result, Verdict
from services.notify.domain.precedence import SUPERSEDING, LaterMessages
from services.notify.repository.messages import contact_of, message_of
from services.notify.tables import UNDER_WAY, AttemptRow

# By index message_once. What goes before the message `m` of the same dossier: one on its way, whose answer is to be waited
# for; or an earlier one that waits, unless it was tried before and `m` supersedes it. Of two whose leases have run out the
# earlier goes first.
_IS_HELD: Final = """EXISTS (
    SELECT FROM message o WHERE o.dossier = m.dossier AND o.channel = m.channel AND o.sequence <> m.sequence AND (
        o.state = 'sending' AND (o.sequence < m.sequence OR o.due_at > now())
        OR o.state = 'queued' AND o.sequence < m.sequence
           AND NOT (o.attempt > 0 AND m.fact_type || ' ' || o.fact_type = ANY(:superseding)))
)"""
_SUPERSEDING: Final = [" ".join(pair) for pair in sorted(SUPERSEDING)]
_NOW: Final = text("SELECT now()")
# By index message_due: the first of each lane.
_NEXT_DUE: Final = text(f"""
    SELECT min(first.due_at) - now() FROM unnest(CAST(:lanes AS text[])) AS served (lane) CROSS JOIN LATERAL (
        SELECT m.due_at FROM message m
        WHERE m.lane = served.lane AND m.state IN ('queued', 'sending') AND NOT {_IS_HELD} ORDER BY m.due_at LIMIT 1
    ) AS first
""")  # noqa: S608 -- our own text
# By index message_due, one lane at a time, and the primary key of state_copy; for each what is said of its dossier later,
# and what waits that it supersedes, by index message_once. What another sender has locked is its own. Whether a message is held,
# and its contact, are asked for one by one in the index's order: else PostgreSQL asks it of all that is due, and sorts that.
_CLAIM: Final = text(f"""
    SELECT m.*, c.version AS contact_version, c.value AS contact,
           ARRAY(SELECT n.fact_type FROM message n
                 WHERE n.dossier = m.dossier AND n.channel = m.channel AND n.sequence > m.sequence) AS later_types,
           EXISTS (SELECT FROM message n WHERE n.dossier = m.dossier AND n.channel = m.channel AND n.sequence > m.sequence
                   AND n.state = 'sent') AS later_sent,
           ARRAY(SELECT e.id FROM message e WHERE e.dossier = m.dossier AND e.channel = m.channel AND e.sequence < m.sequence
                 AND e.state = 'queued') AS superseded
    FROM message m CROSS JOIN LATERAL (
        SELECT version, value FROM state_copy WHERE topic = :contacts AND id = m.dossier OFFSET 0
    ) AS c
    WHERE m.lane = :lane AND m.state IN ('queued', 'sending') AND m.due_at <= now() AND (SELECT NOT {_IS_HELD})
    ORDER BY m.due_at, m.queued_at LIMIT :limit
    FOR UPDATE OF m SKIP LOCKED
""")  # noqa: S608 -- our own text
# By primary key. One that another sender has locked, or has begun to send, is not among them.
_LOCK_WAITING: Final = text("""
    SELECT * FROM message WHERE id = ANY(:ids) AND state = 'queued' ORDER BY id FOR UPDATE SKIP LOCKED
""")
# By primary key.
_LAPSE: Final = text("""
    UPDATE attempt SET outcome = 'unknown', ended_at = :now, detail = 'no answer within its lease'
    WHERE message = ANY(:messages) AND outcome = 'under way'
""")
_BEGIN: Final = insert(AttemptRow)
_RESULTS: Final = """unnest(
    CAST(:messages AS text[]), CAST(:numbers AS int[]), CAST(:outcomes AS text[]), CAST(:details AS text[])
) AS result (message, number, outcome, detail)"""
_END: Final = text(f"""
    UPDATE attempt a SET outcome = result.outcome, ended_at = :now, detail = result.detail FROM {_RESULTS}
    WHERE a.message = result.message AND a.number = result.number AND result.outcome <> 'away'
""")  # noqa: S608 -- our own text
_DELETE: Final = text(f"""
    DELETE FROM attempt a USING {_RESULTS}
    WHERE a.message = result.message AND a.number = result.number AND result.outcome = 'away' AND a.outcome = 'under way'
""")  # noqa: S608 -- our own text


@dataclass(frozen=True, slots=True)
class Due:
    """A message that may be taken up, its contact as it is now, what is later than it, and the ids of those it supersedes."""

    message: Message
    contact: KnownContact
    later: LaterMessages
    supersedes: frozenset[str]


async def machine_now(connection: AsyncConnection) -> datetime:
    """When this transaction began, by the database's clock."""
    now: datetime = await connection.scalar(_NOW)
    return now


async def next_due(connection: AsyncConnection, lanes: Sequence[Lane]) -> timedelta | None:
    """In how long the next message of these lanes may be taken up; None while nothing waits to be sent."""
    due: timedelta | None = await connection.scalar(_NEXT_DUE, {"lanes": list(lanes), "superseding": _SUPERSEDING})
    return due


async def claim(connection: AsyncConnection, lane: Lane, limit: int) -> list[Due]:
    """The longest due messages of a lane, locked, that none of their dossier's goes before."""
    values = {
        "contacts": CONTACTS.base,
        "lane": lane,
        "limit": limit,
        "superseding": _SUPERSEDING,
    }
    return [_due(row) for row in await connection.execute(_CLAIM, values)]


def _due(row: Any) -> Due:
    later = LaterMessages(frozenset(row.later_types), row.later_sent)
    return Due(message_of(row), contact_of(row.contact_version, row.contact), later, frozenset(row.superseded))


async def lock_waiting(connection: AsyncConnection, messages: AbstractSet[str]) -> dict[str, Message]:
    """Those of these that still wait and that no other sender has taken up, locked."""
    if not messages:
        return {}
    rows = await connection.execute(_LOCK_WAITING, {"ids": sorted(messages)})
    return {row.id: message_of(row) for row in rows}


async def lapse(connection: AsyncConnection, messages: Sequence[Message], now: datetime) -> None:
    """Of what was sent to them under a lease that has run out nothing is known."""
    if messages:
        await connection.execute(_LAPSE, {"messages": [message.id for message in messages], "now": now})


async def begin_attempts(connection: AsyncConnection, begun: Sequence[tuple[Message, int]], now: datetime) -> None:
    """Write down the attempts before they are made: (message, version of its contact)."""
    rows = [
        {
            "message": message.id,
            "number": message.attempt,
            "contact_version": version,
            "started_at": now,
            "outcome": UNDER_WAY,
        }
        for message, version in begun
    ]
    await write(connection, _BEGIN, rows)


async def end_attempts(connection: AsyncConnection, results: Sequence[tuple[Message, Result]], now: datetime) -> None:
    """What they came to. One that reached no server was never made, and leaves no line."""
    columns = {
        "messages": [message.id for message, _ in results],
        "numbers": [message.attempt for message, _ in results],
        "outcomes": [result.verdict.value for _, result in results],
        "details": [result.reason or None for _, result in results],
    }
    verdicts = {result.verdict for _, result in results}
    if Verdict.AWAY in verdicts:
        await connection.execute(_DELETE, columns)
    if verdicts - {Verdict.AWAY}:
        await connection.execute(_END, columns | {"now": now})
