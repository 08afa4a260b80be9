"""The senders' side of the ledger: what is due, who is to be written to, and the attempts as they begin and end."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.intake import ContactV1
from contracts.topics import CONTACTS
from contracts.values import Lane
from services.notify.domain.contact import KnownContact
from services.notify.domain.message import Message, Result, Verdict
from services.notify.repository.messages import message_of
from services.notify.tables import UNDER_WAY

# By index message_due.
_DUE: Final = text("""
    SELECT EXISTS (SELECT FROM unnest(CAST(:lanes AS text[])) AS served (lane) CROSS JOIN LATERAL (
        SELECT FROM message m WHERE m.lane = served.lane AND m.state IN ('queued', 'sending') AND m.due_at <= :tick LIMIT 1
    ) AS due)
""")
# By index message_due, one lane at a time, and the primary key of state_copy. What another sender has locked is its own.
_CLAIM: Final = text("""
    SELECT m.*, c.version AS contact_version, c.value AS contact
    FROM message m JOIN state_copy c ON c.topic = :contacts AND c.id = m.dossier
    WHERE m.lane = :lane AND m.state IN ('queued', 'sending') AND m.due_at <= :tick
    ORDER BY m.due_at, m.queued_at LIMIT :most
    FOR UPDATE OF m SKIP LOCKED
""")
# By primary key.
_LAPSED: Final = text("""
    UPDATE attempt SET outcome = 'unknown', ended_at = :now, detail = 'no answer within its lease'
    WHERE message = ANY(:messages) AND outcome = 'under way'
""")
_BEGIN: Final = text("""
    INSERT INTO attempt (message, number, contact_version, started_at, outcome)
    SELECT message, number, contact_version, :now, :outcome
    FROM unnest(CAST(:messages AS text[]), CAST(:numbers AS int[]), CAST(:versions AS bigint[]))
         AS given (message, number, contact_version)
""")
_END: Final = text("""
    UPDATE attempt SET outcome = :outcome, ended_at = :now, detail = :detail WHERE message = :message AND number = :number
""")
_NEVER_MADE: Final = text("DELETE FROM attempt WHERE message = :message AND number = :number AND outcome = 'under way'")


async def anything_due(connection: AsyncConnection, lanes: Sequence[Lane], tick: datetime) -> bool:
    return bool(await connection.scalar(_DUE, {"lanes": list(lanes), "tick": tick}))


async def claim(connection: AsyncConnection, lane: Lane, tick: datetime, most: int) -> list[tuple[Message, KnownContact]]:
    """The longest due messages of a lane, locked, each with its contact as it is now."""
    rows = await connection.execute(_CLAIM, {"contacts": CONTACTS.base, "lane": lane, "tick": tick, "most": most})
    return [(message_of(row), _contact(row.contact_version, row.contact)) for row in rows]


def _contact(version: int, value: Mapping[str, object] | None) -> KnownContact:
    return KnownContact(version, None if value is None else ContactV1.model_validate(value))


async def begin_attempts(connection: AsyncConnection, begun: Sequence[tuple[Message, int]], now: datetime) -> None:
    """Write down the attempts before they are made: (message, version of its contact). One still open is now unknown."""
    if not begun:
        return
    messages = [message.id for message, _ in begun]
    await connection.execute(_LAPSED, {"messages": messages, "now": now})
    await connection.execute(
        _BEGIN,
        {
            "messages": messages,
            "numbers": [message.attempt for message, _ in begun],
            "versions": [version for _, version in begun],
            "now": now,
            "outcome": UNDER_WAY,
        },
    )


async def end_attempt(connection: AsyncConnection, message: str, number: int, result: Result, now: datetime) -> None:
    """What it came to. One that found no server was never made, and leaves no line."""
    place = {"message": message, "number": number}
    if result.verdict is Verdict.AWAY:
        await connection.execute(_NEVER_MADE, place)
        return
    await connection.execute(_END, place | {"outcome": result.verdict.value, "detail": result.reason or None, "now": now})
