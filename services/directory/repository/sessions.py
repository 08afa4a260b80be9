"""Sign-ins by person: when, until when, and whether in a browser or by a program. Nothing else is kept of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from web.tokens import TokenClaims

MOST_LISTED: Final = 20

# Both by index session_staff_newest.
_FORGET_OVER: Final = text("DELETE FROM session WHERE staff = :staff AND until <= :since")
_OPEN: Final = text("""
    SELECT s.id, s.by_program, s.since, s.until FROM session s JOIN account a ON a.id = s.staff
    WHERE s.staff = :staff AND s.until > :now AND s.since >= CAST(a.value ->> 'tokens_valid_from' AS timestamptz)
      AND NOT COALESCE(a.value -> 'ended_sessions', '[]') @> jsonb_build_array(jsonb_build_object('sid', s.id))
    ORDER BY s.since DESC LIMIT :most
""")
_ADD: Final = text("""
    INSERT INTO session (id, staff, by_program, since, until) VALUES (:id, :staff, :by_program, :since, :until)
""")


@dataclass(frozen=True, slots=True)
class Session:
    id: str
    by_program: bool
    since: datetime
    until: datetime


async def add(connection: AsyncConnection, claims: TokenClaims, *, by_program: bool) -> None:
    """What is over of this person is forgotten."""
    times = {"since": claims.issued_at, "until": claims.expires_at}
    await connection.execute(_FORGET_OVER, {"staff": claims.sub, "since": claims.issued_at})
    await connection.execute(_ADD, {"id": claims.sid, "staff": claims.sub, "by_program": by_program} | times)


async def open_sessions(connection: AsyncConnection, staff: str, now: datetime) -> Sequence[Session]:
    """What signing out would end, the newest first."""
    rows = await connection.execute(_OPEN, {"staff": staff, "now": now, "most": MOST_LISTED})
    return [Session(*row) for row in rows]
