"""The senders' side of the ledger: what is due, who is to be written to, and the attempts as they begin and end."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.rows import insert, write
from contracts.topics import CONTACTS
from contracts.values import Lane
from services.notify.domain.contact import KnownContact
from services.notify.domain.message import Message, Result, Verdict
from services.notify.repository.messages import contact_of, message_of
from services.notify.tables import UNDER_WAY, AttemptRow

# By index message_due.
_DUE: Final = text("""
    SELECT EXISTS (SELECT FROM unnest(CAST(:lanes AS text[])) AS served (lane) CROSS JOIN LATERAL (
        SELECT FROM message m
        WHERE m.lane = served.lane AND m.state IN ('queued', 'sending') AND m.due_at <= :machine_now LIMIT 1
    ) AS due)
""")
# By index message_due, one lane at a time, and the primary key of state_copy. What another sender has locked is its own.
_CLAIM: Final = text("""
    SELECT m.*, c.version AS contact_version, c.value AS contact
    FROM message m JOIN state_copy c ON c.topic = :contacts AND c.id = m.dossier
    WHERE m.lane = :lane AND m.state IN ('queued', 'sending') AND m.due_at <= :machine_now
    ORDER BY m.due_at, m.queued_at LIMIT :limit
    FOR UPDATE OF m SKIP LOCKED
""")
# By primary key.
_LAPSE: Final = text("""
    UPDATE attempt SET outcome = 'unknown', ended_at = :now, detail = 'no answer within its lease'
    WHERE message = ANY(:messages) AND outcome = 'under way'
""")
_BEGIN: Final = insert(AttemptRow)
_END: Final = text("""
    UPDATE attempt SET outcome = :outcome, ended_at = :now, detail = :detail WHERE message = :message AND number = :number
""")
_DELETE: Final = text("DELETE FROM attempt WHERE message = :message AND number = :number AND outcome = 'under way'")


async def anything_due(connection: AsyncConnection, lanes: Sequence[Lane], machine_now: datetime) -> bool:
    return bool(await connection.scalar(_DUE, {"lanes": list(lanes), "machine_now": machine_now}))


async def claim(connection: AsyncConnection, lane: Lane, machine_now: datetime, limit: int) -> list[tuple[Message, KnownContact]]:
    """The longest due messages of a lane, locked, each with its contact as it is now."""
    values = {"contacts": CONTACTS.base, "lane": lane, "machine_now": machine_now, "limit": limit}
    rows = await connection.execute(_CLAIM, values)
    return [(message_of(row), contact_of(row.contact_version, row.contact)) for row in rows]


async def begin_attempts(connection: AsyncConnection, begun: Sequence[tuple[Message, int]], now: datetime) -> None:
    """Write down the attempts before they are made: (message, version of its contact). One still open is now unknown."""
    if not begun:
        return
    await connection.execute(_LAPSE, {"messages": [message.id for message, _ in begun], "now": now})
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


async def end_attempt(connection: AsyncConnection, message: str, number: int, result: Result, now: datetime) -> None:
    """What it came to. One that reached no server was never made, and leaves no line."""
    key = {"message": message, "number": number}
    if result.verdict is Verdict.AWAY:
        await connection.execute(_DELETE, key)
        return
    await connection.execute(_END, key | {"outcome": result.verdict.value, "detail": result.reason or None, "now": now})
