"""How often a secret may be guessed. An attempt is counted before it is judged, so that many at once cannot slip through.

It counts what is guessed at (a name, a code, an address), not people: what nobody has closes in the same way, so that trying
teaches nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, LargeBinary, MetaData, Table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.tables import MOMENT

PURGE_AFTER: Final = timedelta(days=1)
"""Longer than any window: what nobody has guessed at for so long is forgotten."""

# By primary key, in key order.
_CREATE = text("""
    INSERT INTO guess (subject, attempts, since)
    SELECT subject, 0, :now FROM unnest(CAST(:subjects AS bytea[])) AS given (subject) ORDER BY subject ON CONFLICT DO NOTHING
""")
_LOCK = text("""
    SELECT subject, attempts, since, closed_until FROM guess WHERE subject = ANY(CAST(:subjects AS bytea[]))
    ORDER BY subject FOR UPDATE
""")
_SAVE = text("""
    UPDATE guess SET attempts = :attempts, since = :since, closed_until = :closed_until WHERE subject = :subject
""")
_TAKE_BACK = text("""
    UPDATE guess SET attempts = attempts - 1, closed_until = NULL
    WHERE subject = ANY(CAST(:subjects AS bytea[])) AND attempts > 0
""")
_FORGET = text("DELETE FROM guess WHERE subject = :subject")
# By index guess_since; rows that somebody holds are left for the next one.
_PURGE = text("""
    DELETE FROM guess WHERE subject IN (
        SELECT subject FROM guess WHERE since < :before ORDER BY since LIMIT 100 FOR UPDATE SKIP LOCKED
    )
""")


def add_guess_table(metadata: MetaData) -> Table:
    """Declare it in a service's metadata. `subject`: what is guessed at; a keyed hash where it must not be readable."""
    return Table(
        "guess",
        metadata,
        Column("subject", LargeBinary, primary_key=True),
        Column("attempts", BigInteger, nullable=False),
        Column("since", MOMENT, nullable=False),
        Column("closed_until", MOMENT),
        CheckConstraint("attempts >= 0", name="guess_attempts_from_zero"),
        Index("guess_since", "since"),
    )


@dataclass(frozen=True, slots=True)
class GuessLimit:
    """`most` attempts `within` a time since the first; then it is closed `closed_for` a time, or (None) until that time ends."""

    most: int
    within: timedelta
    closed_for: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Guesses:
    """`attempts` since `since`; after the last one allowed, `closed_until` says from when on to try again."""

    attempts: int
    since: datetime
    closed_until: datetime | None = None

    def closed_at(self, now: datetime) -> bool:
        return self.closed_until is not None and now < self.closed_until


def counted(before: Guesses, now: datetime, limit: GuessLimit) -> Guesses:
    """With one more attempt, which may be tried; unchanged while it is closed (`closed_at`), when it may not."""
    if before.closed_at(now):
        return before
    if before.attempts == 0 or before.closed_until is not None or now - before.since >= limit.within:
        before = Guesses(0, now)
    attempts = before.attempts + 1
    if attempts < limit.most:
        return Guesses(attempts, before.since)
    return Guesses(attempts, before.since, before.since + limit.within if limit.closed_for is None else now + limit.closed_for)


async def count_attempt(connection: AsyncConnection, limits: Mapping[bytes, GuessLimit], now: datetime) -> datetime | None:
    """Count one attempt at each of the subjects. None: it may be tried; otherwise until when one of them is closed."""
    subjects = {"subjects": sorted(limits)}
    await connection.execute(_PURGE, {"before": now - PURGE_AFTER})
    await connection.execute(_CREATE, subjects | {"now": now})
    closed: list[datetime] = []
    for row in (await connection.execute(_LOCK, subjects)).all():
        before = Guesses(row.attempts, row.since, row.closed_until)
        if before.closed_until is not None and before.closed_at(now):
            closed.append(before.closed_until)
            continue
        after = counted(before, now, limits[bytes(row.subject)])
        given = {"attempts": after.attempts, "since": after.since, "closed_until": after.closed_until}
        await connection.execute(_SAVE, given | {"subject": row.subject})
    return max(closed, default=None)


async def take_back(connection: AsyncConnection, subjects: Sequence[bytes]) -> None:
    """It was no guess. The rows are locked already by `count_attempt`."""
    await connection.execute(_TAKE_BACK, {"subjects": sorted(subjects)})


async def forget(connection: AsyncConnection, subject: bytes) -> None:
    """The secret is known: nothing stands against it any more."""
    await connection.execute(_FORGET, {"subject": subject})
