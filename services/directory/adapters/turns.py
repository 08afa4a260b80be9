"""Who may work next, shared out by address: nobody who asks often keeps out those who ask once.

Turns go round the addresses that wait. When there is no room to wait, a newcomer takes that of the last to come of the address
that has most waiting, if it has more of them than the newcomer's own; whoever has to go may come back.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from web.problems import Unavailable

RETRY_SECONDS: Final = 1


class Turns:
    """`at_once` have a turn; `room` more may wait for theirs."""

    def __init__(self, at_once: int, room: int) -> None:
        self._free, self._room = at_once, room
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, address: str) -> AsyncIterator[None]:
        """Raises Unavailable at once when there is no room, or later when the place is needed for somebody else."""
        if self._free > 0:
            self._free -= 1
        else:
            await self._wait(address)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, address: str) -> None:
        if sum(map(len, self._waiting.values())) >= self._room:
            self._make_room(address)
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(address, deque()).append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.cancelled():
                self._leave(address, waiter)
            elif waiter.exception() is None:
                self._pass_on()  # the turn came as its owner went
            raise

    def _make_room(self, address: str) -> None:
        greediest = max(self._waiting, key=lambda waiting: len(self._waiting[waiting]), default=address)
        if len(self._waiting.get(greediest, ())) <= len(self._waiting.get(address, ())) + 1:
            raise Unavailable(RETRY_SECONDS)
        last = self._waiting[greediest].pop()
        if not last.done():
            last.set_exception(Unavailable(RETRY_SECONDS))

    def _leave(self, address: str, waiter: "asyncio.Future[None]") -> None:
        queue = self._waiting.get(address)
        if queue and waiter in queue:
            queue.remove(waiter)
            if not queue:
                del self._waiting[address]

    def _pass_on(self) -> None:
        while self._waiting:
            address, queue = next(iter(self._waiting.items()))
            waiter = queue.popleft()
            if queue:
                self._waiting.move_to_end(address)
            else:
                del self._waiting[address]
            if not waiter.done():
                waiter.set_result(None)
                return
        self._free += 1
