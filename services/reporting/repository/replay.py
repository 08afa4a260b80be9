"""The table `replay`: what was requested, and how far it has come.

Read and written with its schema named, because the same connection may look at the shadow tables by default.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.outbox import CHANNEL
from messaging.statements import Statement
from services.reporting.domain.replay import Attempt, Replay, ReplayState, ReplayUnderWay, Superseded

NEXT: Final = "next"
RING: Final = "replay"
"""What wakes the watchers of all processes."""

# By partial unique index replay_one_at_a_time.
_REQUEST = Statement("""
    INSERT INTO public.replay (id, state, attempt, has_read, to_read, requested_by, requested_at)
    VALUES (:id, 'running', 0, 0, 0, :by, :at) ON CONFLICT (state) WHERE state = 'running' DO NOTHING RETURNING id
""")
_NEXT = text("""
    SELECT nextval(pg_get_serial_sequence('public.replay', 'id')) AS number,
           EXISTS (SELECT FROM public.replay WHERE state = 'running') AS under_way
""")
_WAKE = Statement("SELECT pg_notify(:channel, :ring)")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class NextReplay:
    """The number that the next replay will have, and whether one is under way; `requested_...` once it is asked for."""

    number: int
    under_way: bool
    requested_by: str = ""
    requested_at: datetime | None = None
    id: str = NEXT


class Replays:
    async def load(self, connection: AsyncConnection, keys: Sequence[str]) -> dict[str, NextReplay]:
        row = (await connection.execute(_NEXT)).one()
        return dict.fromkeys(keys, NextReplay(number=row.number, under_way=row.under_way))

    async def save(self, connection: AsyncConnection, states: Sequence[NextReplay]) -> None:
        """Raises ReplayUnderWay when another process was first."""
        for state in states:
            values = {"id": state.number, "by": state.requested_by, "at": state.requested_at}
            if not await _REQUEST.rows(connection, values):
                raise ReplayUnderWay
            await _WAKE.send(connection, {"channel": CHANNEL, "ring": RING})


REPLAYS: Final = Replays()


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
