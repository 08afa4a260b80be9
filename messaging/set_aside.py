"""Commands for what somebody else has locked wait here, on one connection for all of them; every other command goes on.

A host that froze with a unit's counter locked keeps that unit waiting until PostgreSQL ends its transaction, and no other unit.
What has waited for PATIENCE_SECONDS, and what is more than a key's share, is sent away: the same command, sent again, will tell.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Final

from messaging import metrics
from messaging.command_folding import Outcome, Overloaded
from messaging.command_table import Command, LocksTaken, StateKey

LOCK_SECONDS: Final = 0.2
"""How long a turn waits for its lock."""
MOST_OF_A_KEY: Final = 64
"""Half of the requests that a process works on at once: the other half are for everybody else."""
PATIENCE_SECONDS: Final = 5.0
"""Longer than a transaction that does not hang. A frozen one is ended some seconds later: what is sent again goes through."""
REST_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class WaitingCommand:
    """`arrived`: by the loop's clock."""

    command: Command[Any]
    outcome: asyncio.Future[Outcome]
    arrived: float

    @classmethod
    def of(cls, command: Command[Any]) -> "WaitingCommand":
        loop = asyncio.get_running_loop()
        return cls(command, loop.create_future(), loop.time())


Serve = Callable[[Sequence[WaitingCommand], AbstractSet[StateKey]], Awaitable[int]]
"""(commands, keys that are held) -> how many of the first ones are dealt with. Raises LocksTaken."""


@dataclass(kw_only=True)
class SetAside:
    """By key, in turns, each in order of arrival. A key whose commands are through goes with all others again."""

    serve: Serve
    _queues: dict[StateKey, deque[WaitingCommand]] = field(init=False, default_factory=dict)
    _worker: asyncio.Task[None] | None = field(init=False, default=None)

    def __len__(self) -> int:
        return sum(map(len, self._queues.values()))

    @property
    def worker(self) -> asyncio.Task[None] | None:
        return self._worker

    @property
    def keys(self) -> AbstractSet[StateKey]:
        """What needs one of these is not to be locked by others of this process."""
        return frozenset(self._queues)

    def hold(self, keys: Iterable[StateKey]) -> None:
        """One of them is locked by somebody else; which, their turns will show."""
        for key in keys:
            self._queues.setdefault(key, deque())
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())

    def add(self, key: StateKey, waiting: WaitingCommand) -> None:
        self.hold([key])
        queue = self._queues[key]
        if len(queue) < MOST_OF_A_KEY:
            queue.append(waiting)
        else:
            waiting.outcome.set_result(Overloaded())
        metrics.COMMANDS_ASIDE.set(len(self))

    async def _work(self) -> None:
        try:
            while self._queues:
                moved = [await self._take_turn(key) for key in self.keys]
                if not any(moved):
                    await asyncio.sleep(REST_SECONDS)
        finally:
            self._worker = None

    async def _take_turn(self, key: StateKey) -> bool:
        """Whether anything has come of it."""
        queue = self._queues[key]
        self._send_away(queue)
        batch = list(queue)
        if not batch:
            del self._queues[key]
            return True
        served = 0
        try:
            served = await self.serve(batch, self.keys - {key})
        except LocksTaken as taken:
            self.hold(taken.keys)
        for _ in range(served):
            queue.popleft()
        metrics.COMMANDS_ASIDE.set(len(self))
        return any(waiting.outcome.done() for waiting in batch)

    def _send_away(self, queue: deque[WaitingCommand]) -> None:
        oldest = asyncio.get_running_loop().time() - PATIENCE_SECONDS
        while queue and queue[0].arrived < oldest:
            queue.popleft().outcome.set_result(Overloaded())
        metrics.COMMANDS_ASIDE.set(len(self))
