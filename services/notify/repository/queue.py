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

# By index message_due: the first of each lane.
_NEXT_DUE: Final = text("""
    SELECT min(first.due_at) FROM unnest(CAST(:lanes AS text[])) AS served (lane) CROSS JOIN LATERAL (
        SELECT m.due_at FROM message m
        WHERE m.lane = served.lane AND m.state IN ('queued', 'sending') ORDER BY m.due_at LIMIT 1
    ) AS first
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


async def next_due(connection: AsyncConnection, lanes: Sequence[Lane]) -> datetime | None:
    """When the next message of these lanes may be taken up; None while nothing waits to be sent."""
    due: datetime | None = await connection.scalar(_NEXT_DUE, {"lanes": list(lanes)})
    return due


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
