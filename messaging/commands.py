"""A command over HTTP: a batch of one, effectively once by its Idempotency-Key, kept with its answer in the same transaction."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeVar

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contracts.refusal import Invalid
from contracts.registry import Event
from contracts.topics import Topic
from contracts.values import Lane
from messaging import outbox
from messaging.clock import Clock
from messaging.faults import is_conflict
from messaging.handler_table import Decision, numbered

S = TypeVar("S")
CONFLICT_TRIES = 5

# By primary key. A second request with the same key waits here for the first one's end.
_CLAIM = text("""
    INSERT INTO command (key, actor, fingerprint, at) VALUES (:key, :actor, :fingerprint, :at)
    ON CONFLICT (key, actor) DO NOTHING RETURNING key
""")
_ANSWERED = text("SELECT fingerprint, status, answer FROM command WHERE key = :key AND actor = :actor")
_ANSWER = text("UPDATE command SET status = :status, answer = :answer WHERE key = :key AND actor = :actor").bindparams(
    # Typed, so that SQLAlchemy writes JSON.
    bindparam("answer", type_=JSONB)
)


@dataclass(frozen=True, slots=True)
class CommandKey:
    """Who sent what under which key. `fingerprint`: the same key for another request is a mistake and refused."""

    key: str
    actor: str
    fingerprint: str

    @classmethod
    def of(cls, key: str, actor: str, route: str, body: bytes | str) -> "CommandKey":
        content = body if isinstance(body, bytes) else body.encode("utf-8", "backslashreplace")
        return cls(key, actor, hashlib.sha256(route.encode() + b"\n" + content).hexdigest())


@dataclass(frozen=True, slots=True)
class Answer:
    """What the client gets, now and whenever it sends the same command again."""

    body: dict[str, Any]
    status: int = HTTPStatus.OK


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """One transaction. `record_events` queues a decision's events and gives back the state that has recorded them."""

    connection: AsyncConnection
    now: datetime
    correlation: str | None

    async def record_events(self, decision: Decision[S]) -> S:
        state, rows = numbered(decision, self.now, correlation=self.correlation)
        await outbox.write(self.connection, rows)
        return state

    async def publish_state(
        self, topic: Topic, event: Event | None, kind: str, entity: str, version: int, lane: Lane | None
    ) -> None:
        """Publish an entity of a state topic in a version; None is a tombstone."""
        payload = None if event is None else event.model_dump_json(exclude_none=True).encode()
        await outbox.write(
            self.connection,
            [
                outbox.Draft(
                    topic=topic,
                    type=kind,
                    subject=entity,
                    sequence=version,
                    lane=lane,
                    payload=payload,
                    time=self.now,
                    correlation=self.correlation,
                )
            ],
        )


@dataclass(frozen=True, slots=True)
class Commands:
    database: AsyncEngine
    clock: Clock

    async def run(
        self, key: CommandKey, work: Callable[[UnitOfWork], Awaitable[Answer]], *, correlation: str | None = None
    ) -> Answer:
        """Do it once, or give the answer already given. A refusal rolls everything back, and the key is free again.

        Raises Invalid when the key was used for another request. A deadlock is tried again, a few times.
        """
        for attempt in range(1, CONFLICT_TRIES + 1):
            try:
                return await self._once(key, work, correlation)
            except Exception as error:
                if attempt == CONFLICT_TRIES or not is_conflict(error):
                    raise
        raise AssertionError("unreachable")

    async def _once(self, key: CommandKey, work: Callable[[UnitOfWork], Awaitable[Answer]], correlation: str | None) -> Answer:
        async with self.database.begin() as connection:
            now = self.clock()
            claim = {"key": key.key, "actor": key.actor, "fingerprint": key.fingerprint, "at": now}
            if (await connection.execute(_CLAIM, claim)).first() is None:
                return await _given(connection, key)
            answer = await work(UnitOfWork(connection, now, correlation))
            await connection.execute(
                _ANSWER, {"key": key.key, "actor": key.actor, "status": answer.status, "answer": answer.body}
            )
            return answer


async def _given(connection: AsyncConnection, key: CommandKey) -> Answer:
    row = (await connection.execute(_ANSWERED, {"key": key.key, "actor": key.actor})).one()
    if row.fingerprint != key.fingerprint:
        raise Invalid(
            "key-reused",
            vi="Idempotency-Key này đã dùng cho một yêu cầu khác. Hãy dùng khoá mới.",
            en="This Idempotency-Key was used for another request. Use a new one.",
            field="Idempotency-Key",
        )
    return Answer(row.answer, row.status)
