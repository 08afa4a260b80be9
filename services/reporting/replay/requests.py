"""The table `replay`: what was asked for, and how far it has come. At most one runs in the whole installation.

Read and written with its schema named, because the same connection may look at the shadow tables by default.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.refusal import Refusal
from messaging.outbox import CHANNEL

RING: Final = "replay"
ATTEMPTS: Final = 5

# By partial unique index replay_one_at_a_time.
_ASK = text("""
    INSERT INTO public.replay (state, attempt, has_read, to_read, requested_by, requested_at)
    VALUES ('running', 0, 0, 0, :by, :at) ON CONFLICT (state) WHERE state = 'running' DO NOTHING RETURNING id
""")
_WAKE = text("SELECT pg_notify(:channel, :ring)")
# By primary key.
_NEWEST = text("""
    SELECT id, state, attempt, has_read, to_read, requested_at, ended_at, error FROM public.replay
    ORDER BY id DESC LIMIT 1
""")
_WAITING = text("SELECT id FROM public.replay WHERE state = 'running'")
_TAKE_UP = text("""
    UPDATE public.replay SET attempt = attempt + 1, has_read = 0, to_read = 0
    WHERE id = :id AND state = 'running' RETURNING attempt
""")
_ADVANCE = text("""
    UPDATE public.replay SET has_read = :has_read, to_read = :to_read
    WHERE id = :id AND attempt = :attempt AND state = 'running'
""")
_END = text("""
    UPDATE public.replay SET state = :state, error = :error, ended_at = :at
    WHERE id = :id AND attempt = :attempt AND state = 'running' RETURNING id
""")
_STUMBLE = text("UPDATE public.replay SET error = :error WHERE id = :id AND attempt = :attempt AND state = 'running'")


class ReplayUnderWay(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "replay-under-way",
            vi="Số liệu đang được dựng lại. Hãy đợi lần này xong rồi yêu cầu lần khác.",
            en="The figures are being rebuilt already. Wait for that to end before asking for another.",
        )


class Overtaken(Exception):  # noqa: N818 -- says what happened
    """Another process has taken this replay up; it alone may go on."""


@dataclass(frozen=True, slots=True)
class Replay:
    """`error` says why the last attempt ended, if one failed."""

    id: int
    state: str
    attempt: int
    has_read: int
    to_read: int
    requested_at: datetime
    ended_at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Attempt:
    replay: int
    number: int


async def ask(connection: AsyncConnection, by: str, at: datetime) -> int:
    """Its id. Raises ReplayUnderWay."""
    row = (await connection.execute(_ASK, {"by": by, "at": at})).first()
    if row is None:
        raise ReplayUnderWay
    await connection.execute(_WAKE, {"channel": CHANNEL, "ring": RING})
    return int(row.id)


async def newest(connection: AsyncConnection) -> Replay | None:
    row = (await connection.execute(_NEWEST)).mappings().first()
    return None if row is None else Replay(**row)


async def waiting(connection: AsyncConnection) -> int | None:
    found: int | None = await connection.scalar(_WAITING)
    return found


async def take_up(connection: AsyncConnection, replay: int) -> Attempt | None:
    """None: it has ended meanwhile."""
    number = await connection.scalar(_TAKE_UP, {"id": replay})
    return None if number is None else Attempt(replay, number)


async def advance(connection: AsyncConnection, attempt: Attempt, has_read: int, to_read: int) -> None:
    """Raises Overtaken."""
    values = {"id": attempt.replay, "attempt": attempt.number, "has_read": has_read, "to_read": to_read}
    if (await connection.execute(_ADVANCE, values)).rowcount != 1:
        raise Overtaken


async def end(connection: AsyncConnection, attempt: Attempt, at: datetime, *, error: str | None = None) -> None:
    """Done, or given up for `error`. Raises Overtaken."""
    state = "done" if error is None else "failed"
    values = {"id": attempt.replay, "attempt": attempt.number, "state": state, "error": error, "at": at}
    if (await connection.execute(_END, values)).first() is None:
        raise Overtaken


async def stumble(connection: AsyncConnection, attempt: Attempt, error: str) -> None:
    await connection.execute(_STUMBLE, {"id": attempt.replay, "attempt": attempt.number, "error": error})
