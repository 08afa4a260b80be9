"""Commands over HTTP, effectively once by their Idempotency-Key: all that wait while a transaction is under way are the next one.

No timer: one client gets a batch of one at once, many get larger batches. Whose client has gone is done all the same, and its
answer kept. A value that the database refuses sinks the transaction: then the batch is halved until the one is found.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncEngine

from messaging import metrics
from messaging.clock import Clock
from messaging.command_batch import CommandBatch
from messaging.command_folding import Outcome
from messaging.command_table import Answer, Command, CommandTable
from messaging.faults import is_bad_value, is_conflict

CONFLICT_TRIES: Final = 5
LARGEST_BATCH: Final = 200
MOST_WAITING: Final = 2000


class Overloaded(Exception):  # noqa: N818 -- it is the process that is overloaded
    """More commands wait than will be served in time: come back later."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    command: Command[Any]
    outcome: asyncio.Future[Outcome]


@dataclass(kw_only=True)
class Commands:
    """One process's commands on one database, one transaction at a time. `most_waiting` bounds the queue."""

    database: AsyncEngine
    table: CommandTable
    clock: Clock
    most_waiting: int = MOST_WAITING
    _waiting: deque[_Waiting] = field(init=False, default_factory=deque)
    _worker: asyncio.Task[None] | None = field(init=False, default=None)

    async def run(self, command: Command[Any]) -> Answer:
        """Do it once, or give the answer already given. A refusal leaves nothing behind, and the key is free again.

        Raises the command's Refusal, KeyReused, Overloaded, and faults of the infrastructure: then nobody knows yet, and the
        same command under the same key will tell.
        """
        if len(self._waiting) >= self.most_waiting:
            raise Overloaded
        waiting = _Waiting(command, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        outcome = await asyncio.shield(waiting.outcome)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def drain(self) -> None:
        """Until nothing is under way."""
        while self._worker is not None:
            with suppress(asyncio.CancelledError):
                await asyncio.shield(self._worker)

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), LARGEST_BATCH))]
                while batch:
                    batch = batch[await self._serve(batch) :]
        finally:
            self._worker = None

    async def _serve(self, batch: Sequence[_Waiting]) -> int:
        """How many of the first ones have their outcome now: all, unless a value is refused or one needs what was not loaded."""
        try:
            outcomes = await self._transaction([waiting.command for waiting in batch])
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is everybody's answer
            if is_bad_value(error) and len(batch) > 1:
                return await self._serve(batch[: len(batch) // 2])
            outcomes = [error] * len(batch)
        for waiting, outcome in zip(batch, outcomes, strict=False):
            waiting.outcome.set_result(outcome)
        metrics.COMMANDS_TOGETHER.observe(len(outcomes))
        return len(outcomes)

    async def _transaction(self, commands: Sequence[Command[Any]]) -> list[Outcome]:
        """A deadlock is tried again, a few times."""
        for attempt in range(1, CONFLICT_TRIES + 1):
            try:
                async with self.database.connect() as connection:
                    batch = CommandBatch(connection=connection, table=self.table, now=self.clock(), commands=commands)
                    outcomes = await batch.run()
                    if batch.changes:
                        await connection.commit()
                    return outcomes
            except Exception as error:
                if attempt == CONFLICT_TRIES or not is_conflict(error):
                    raise
        raise AssertionError("unreachable")
