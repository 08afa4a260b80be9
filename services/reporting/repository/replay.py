"""The table `replay`: what was requested, and how far it has come.

Read and written with its schema named, because the same connection may look at the shadow tables by default.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.outbox import CHANNEL
from services.reporting.domain.replay import Attempt, Replay, ReplayState, ReplayUnderWay, Superseded

RING: Final = "replay"
"""What wakes the watchers of all processes."""

# By partial unique index replay_one_at_a_time.
_REQUEST = text("""
    INSERT INTO public.replay (state, attempt, has_read, to_read, requested_by, requested_at)
    VALUES ('running', 0, 0, 0, :by, :at) ON CONFLICT (state) WHERE state = 'running' DO NOTHING RETURNING id
""")
_WAKE = text("SELECT pg_notify(:channel, :ring)")
# By primary key.
_NEWEST = text("""
    SELECT id, state, attempt, has_read, to_read, requested_at, ended_at, error FROM public.replay
    ORDER BY id DESC LIMIT 1
""")
_RUNNING = text("SELECT id FROM public.replay WHERE state = 'running'")
_BEGIN_ATTEMPT = text("""
    UPDATE public.replay SET attempt = attempt + 1, has_read = 0, to_read = 0
    WHERE id = :id AND state = 'running' RETURNING attempt
""")
_RECORD_PROGRESS = text("""
    UPDATE public.replay SET has_read = :has_read, to_read = :to_read
    WHERE id = :id AND attempt = :attempt AND state = 'running'
""")
_FINISH = text("""
    UPDATE public.replay SET state = :state, error = :error, ended_at = :at
    WHERE id = :id AND attempt = :attempt AND state = 'running' RETURNING id
""")
_RECORD_FAILURE = text("UPDATE public.replay SET error = :error WHERE id = :id AND attempt = :attempt AND state = 'running'")


async def request(connection: AsyncConnection, by: str, at: datetime) -> int:
    """Its id. Raises ReplayUnderWay."""
    row = (await connection.execute(_REQUEST, {"by": by, "at": at})).first()
    if row is None:
        raise ReplayUnderWay
    await connection.execute(_WAKE, {"channel": CHANNEL, "ring": RING})
    return int(row.id)


async def newest(connection: AsyncConnection) -> Replay | None:
    row = (await connection.execute(_NEWEST)).mappings().first()
    return None if row is None else Replay(**{**row, "state": ReplayState(row["state"])})


async def running(connection: AsyncConnection) -> int | None:
    """The id of the replay that is not over."""
    replay: int | None = await connection.scalar(_RUNNING)
    return replay


async def begin_attempt(connection: AsyncConnection, replay: int) -> Attempt | None:
    """None: it has ended meanwhile."""
    number = await connection.scalar(_BEGIN_ATTEMPT, {"id": replay})
    return None if number is None else Attempt(replay, number)


async def record_progress(connection: AsyncConnection, attempt: Attempt, has_read: int, to_read: int) -> None:
    """Raises Superseded."""
    values = {"id": attempt.replay, "attempt": attempt.number, "has_read": has_read, "to_read": to_read}
    if (await connection.execute(_RECORD_PROGRESS, values)).rowcount != 1:
        raise Superseded


async def record_failure(connection: AsyncConnection, attempt: Attempt, error: str) -> None:
    """For whoever looks meanwhile; another attempt is due."""
    await connection.execute(_RECORD_FAILURE, {"id": attempt.replay, "attempt": attempt.number, "error": error})


async def finish(connection: AsyncConnection, attempt: Attempt, at: datetime, *, error: str | None = None) -> None:
    """Done, or given up for `error`. Raises Superseded."""
    state = ReplayState.DONE if error is None else ReplayState.FAILED
    values = {"id": attempt.replay, "attempt": attempt.number, "state": state, "error": error, "at": at}
    if (await connection.execute(_FINISH, values)).first() is None:
        raise Superseded
