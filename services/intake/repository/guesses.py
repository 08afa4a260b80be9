"""Counted guesses. Every try is counted before it is judged, so that many at once are not judged before they are counted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.domain.guessing import WINDOW

# By primary key, in key order.
_COUNT: Final = text("""
    INSERT INTO guess (subject, since, tries)
    SELECT subject, :now, 1 FROM unnest(CAST(:subjects AS bytea[])) AS given (subject) ORDER BY subject
    ON CONFLICT (subject) DO UPDATE
    SET tries = CASE WHEN guess.since <= :expired THEN 1 ELSE guess.tries + 1 END,
        since = CASE WHEN guess.since <= :expired THEN excluded.since ELSE guess.since END
    RETURNING subject, tries
""")
_FORGIVE: Final = text("UPDATE guess SET tries = tries - 1 WHERE subject = ANY(CAST(:subjects AS bytea[])) AND tries > 0")
# By index guess_since; rows that somebody holds are left for the next one.
_FORGET: Final = text("""
    DELETE FROM guess WHERE subject IN (
        SELECT subject FROM guess WHERE since <= :expired ORDER BY since LIMIT 100 FOR UPDATE SKIP LOCKED
    )
""")


async def count(connection: AsyncConnection, subjects: Sequence[bytes], now: datetime) -> dict[bytes, int]:
    """This try included, how many there were of each subject in the window."""
    expired = now - WINDOW
    await connection.execute(_FORGET, {"expired": expired})
    given = {"subjects": sorted(subjects), "now": now, "expired": expired}
    return {bytes(row.subject): row.tries for row in await connection.execute(_COUNT, given)}


async def forgive(connection: AsyncConnection, subjects: Sequence[bytes]) -> None:
    """It was no guess. The rows are locked already by `count`."""
    await connection.execute(_FORGIVE, {"subjects": sorted(subjects)})
