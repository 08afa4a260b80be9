"""How often a secret may be guessed. An attempt is counted before it is judged, so that many at once cannot slip through.

Three things are counted: one address's attempts at one target, those of an address at whatever it likes, and those of everybody
at one target. Strangers can close the first two for themselves only. The third closes at a far higher number, and not for an
address from which nothing wrong was tried at that target: so the owner of a secret gets in while others guess at it. What nobody
has closes in the same way as what somebody has, so that trying teaches nothing.
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
    UPDATE guess SET attempts = given.attempts, since = given.since, closed_until = given.closed_until
    FROM unnest(
        CAST(:subjects AS bytea[]), CAST(:attempts AS bigint[]), CAST(:since AS timestamptz[]), CAST(:closed AS timestamptz[])
    ) AS given (subject, attempts, since, closed_until)
    WHERE guess.subject = given.subject
""")
_TAKE_BACK = text("""
    UPDATE guess SET attempts = attempts - 1, closed_until = NULL
    WHERE subject IN (
        SELECT subject FROM guess WHERE subject = ANY(CAST(:subjects AS bytea[])) AND attempts > 0 ORDER BY subject FOR UPDATE
    )
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


@dataclass(frozen=True, slots=True, kw_only=True)
class GuessLimits:
    """`pair`: one address at one target. `client`: one address at all targets. `target`: all addresses at one."""

    pair: GuessLimit
    client: GuessLimit
    target: GuessLimit


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One guess: the subjects under which it is counted; keyed hashes where they must not be readable."""

    pair: bytes
    client: bytes
    target: bytes

    @property
    def subjects(self) -> list[bytes]:
        return sorted({self.pair, self.client, self.target})


@dataclass(frozen=True, slots=True)
class Verdict:
    """Without `closed_until` it may be tried, and was counted under `counted`."""

    closed_until: datetime | None
    counted: tuple[bytes, ...] = ()


Counts = Mapping[bytes, Guesses]


def judge(attempt: Attempt, counts: Counts, now: datetime, limits: GuessLimits) -> tuple[Verdict, Counts]:
    """Whether it may be tried, and the counts that change by it: none if it may not."""
    closing = [attempt.pair, attempt.client]
    if not clean_at(counts[attempt.pair], now, limits.pair):
        closing.append(attempt.target)
    closed = [end for subject in closing if counts[subject].closed_at(now) and (end := counts[subject].closed_until)]
    if closed:
        return Verdict(max(closed)), {}
    limited = ((attempt.pair, limits.pair), (attempt.client, limits.client), (attempt.target, limits.target))
    changed = {subject: counted(counts[subject], now, limit) for subject, limit in limited if not counts[subject].closed_at(now)}
    return Verdict(None, tuple(changed)), changed


def clean_at(guesses: Guesses, now: datetime, limit: GuessLimit) -> bool:
    """Nothing wrong was tried within the limit's time."""
    return guesses.attempts == 0 or now - guesses.since >= limit.within


async def count_attempt(connection: AsyncConnection, attempt: Attempt, limits: GuessLimits, now: datetime) -> Verdict:
    """Count it, if it may be tried."""
    verdict, changed = judge(attempt, await _locked(connection, attempt.subjects, now), now, limits)
    await _save(connection, changed)
    return verdict


async def count_under(connection: AsyncConnection, limits: Mapping[bytes, GuessLimit], now: datetime) -> Verdict:
    """Not a guess, but what is bounded for itself: it counts under each of the subjects, unless one of them is closed."""
    counts = await _locked(connection, sorted(limits), now)
    closed = [end for guesses in counts.values() if guesses.closed_at(now) and (end := guesses.closed_until)]
    if closed:
        return Verdict(max(closed))
    await _save(connection, {subject: counted(counts[subject], now, limit) for subject, limit in limits.items()})
    return Verdict(None, tuple(limits))


async def _locked(connection: AsyncConnection, subjects: Sequence[bytes], now: datetime) -> Counts:
    await connection.execute(_PURGE, {"before": now - PURGE_AFTER})
    await connection.execute(_CREATE, {"subjects": subjects, "now": now})
    rows = (await connection.execute(_LOCK, {"subjects": subjects})).all()
    return {bytes(row.subject): Guesses(row.attempts, row.since, row.closed_until) for row in rows}


async def _save(connection: AsyncConnection, changed: Counts) -> None:
    given = {
        "subjects": list(changed),
        "attempts": [guesses.attempts for guesses in changed.values()],
        "since": [guesses.since for guesses in changed.values()],
        "closed": [guesses.closed_until for guesses in changed.values()],
    }
    if changed:
        await connection.execute(_SAVE, given)


async def take_back(connection: AsyncConnection, verdict: Verdict) -> None:
    """It was no guess: the secret was right, or nobody could look whether it was."""
    await connection.execute(_TAKE_BACK, {"subjects": sorted(verdict.counted)})


async def forget(connection: AsyncConnection, attempt: Attempt) -> None:
    """The secret is known at this address: what stood against the two of them is gone."""
    await connection.execute(_FORGET, {"subject": attempt.pair})
