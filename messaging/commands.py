"""Commands over HTTP, effectively once by their Idempotency-Key: all that wait while a transaction is under way are the next one.

No timer: one client gets a batch of one at once, many get larger batches. Whose client has gone is done all the same, and its
answer kept. A value that the database refuses sinks the transaction: then the batch is halved until the one is found. What waits
for a lock of somebody else's waits apart from the others (`set_aside`).
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncEngine

from messaging import metrics
from messaging.clock import Clock
from messaging.command_batch import CommandBatch
from messaging.command_folding import Held, Outcome, Overloaded
from messaging.command_table import Answer, Command, CommandTable, LocksTaken, StateKey
from messaging.faults import is_bad_value, is_conflict, is_locked, is_too_long
from messaging.set_aside import LOCK_SECONDS, SetAside, WaitingCommand

__all__ = ["Commands", "Overloaded"]

CONFLICT_TRIES: Final = 5
LARGEST_BATCH: Final = 200
MOST_WAITING: Final = 2000


@dataclass(kw_only=True)
class Commands:
    """One process's commands on one database, one transaction at a time. `most_waiting` bounds the queue."""

    database: AsyncEngine
    table: CommandTable
    clock: Clock
    most_waiting: int = MOST_WAITING
    _waiting: deque[WaitingCommand] = field(init=False, default_factory=deque)
    _worker: asyncio.Task[None] | None = field(init=False, default=None)
    _aside: SetAside = field(init=False)

    def __post_init__(self) -> None:
        self._aside = SetAside(serve=partial(self._serve, lock_seconds=LOCK_SECONDS))

    async def run(self, command: Command[Any]) -> Answer:
        """Do it once, or give the answer already given. A refusal leaves nothing behind, and the key is free again.

        Raises the command's Refusal, KeyReused, Overloaded, and faults of the infrastructure: then nobody knows yet, and the
        same command under the same key will tell.
        """
        if len(self._waiting) + len(self._aside) >= self.most_waiting:
            raise Overloaded
        waiting = WaitingCommand.of(command)
        self._waiting.append(waiting)
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        outcome = await asyncio.shield(waiting.outcome)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def drain(self) -> None:
        """Until nothing is under way."""
        while worker := self._worker or self._aside.worker:
            with suppress(asyncio.CancelledError):
                await asyncio.shield(worker)

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), LARGEST_BATCH))]
                while batch:
                    try:
                        batch = batch[await self._serve(batch, self._aside.keys) :]
                    except LocksTaken as taken:
                        self._aside.hold(taken.keys)
        finally:
            self._worker = None

    async def _serve(
        self, batch: Sequence[WaitingCommand], held: AbstractSet[StateKey], lock_seconds: float | None = None
    ) -> int:
        """How many of the first ones are dealt with: all, unless a value is refused or one needs what was not loaded."""
        try:
            outcomes = await self._transaction([waiting.command for waiting in batch], held, lock_seconds)
        except LocksTaken:
            raise
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is everybody's answer
            if len(batch) > 1 and (is_bad_value(error) or is_too_long(error) or is_locked(error)):
                return await self._serve(batch[: len(batch) // 2], held, lock_seconds)
            outcomes = [error] * len(batch)
        for waiting, outcome in zip(batch, outcomes, strict=False):
            if isinstance(outcome, Held):
                self._aside.add(outcome.key, waiting)
            else:
                waiting.outcome.set_result(outcome)
        metrics.COMMANDS_TOGETHER.observe(len(outcomes))
        return len(outcomes)

    async def _transaction(
        self, commands: Sequence[Command[Any]], held: AbstractSet[StateKey], lock_seconds: float | None
    ) -> list[Outcome | Held]:
        """A deadlock is tried again, a few times."""
        for attempt in range(1, CONFLICT_TRIES + 1):
            try:
                async with self.database.connect() as connection:
                    batch = CommandBatch(connection=connection, table=self.table, now=self.clock(), commands=commands, held=held)
                    outcomes = await batch.run(lock_seconds)
                    if batch.changes:
                        await connection.commit()
                    return outcomes
            except Exception as error:
                if attempt == CONFLICT_TRIES or not is_conflict(error):
                    raise
        raise AssertionError("unreachable")
