"""How long anything holds the event loop while requests are under way: measured by the process itself, exported as metrics.

A timer is set while a request is under way, and only then, so that an idle process sleeps. How late it comes is how long
something else has held the loop.
"""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Final

from prometheus_client import Gauge, Histogram
from starlette.types import ASGIApp, Receive, Scope, Send

TICK_SECONDS: Final = 0.02
BLOCKS: Final = Histogram(
    "motcua_loop_block_seconds",
    "how long something held the event loop, looked at while requests are under way",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
LONGEST_BLOCK: Final = Gauge("motcua_loop_longest_block_seconds", "the longest of these since the process started")


class LoopWatch:
    """`machine_now`: seconds of a clock that never goes back."""

    def __init__(self, app: ASGIApp, machine_now: Callable[[], float] = monotonic) -> None:
        self.app, self._machine_now = app, machine_now
        self._under_way, self._longest = 0, 0.0
        self._due: float | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self._under_way += 1
        if self._due is None:
            self._set()
        try:
            await self.app(scope, receive, send)
        finally:
            self._under_way -= 1

    def _set(self) -> None:
        self._due = self._machine_now() + TICK_SECONDS
        asyncio.get_running_loop().call_later(TICK_SECONDS, self._look, self._due)

    def _look(self, due: float) -> None:
        held = max(0.0, self._machine_now() - due)
        BLOCKS.observe(held)
        if held > self._longest:
            self._longest = held
            LONGEST_BLOCK.set(held)
        self._due = None
        if self._under_way:
            self._set()
