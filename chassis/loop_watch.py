"""How long anything holds the event loop while requests are under way: measured by the process itself, exported as metrics.

A timer is set while a request is under way, and only then, so that an idle process sleeps. How late it comes is how long
something else has held the loop, by the clock; on a busy machine that may be another process, so that the processor time which
the loop's own thread has used meanwhile is exported beside it.
"""

import asyncio
from collections.abc import Callable
from time import monotonic, thread_time
from typing import Final

from prometheus_client import Gauge, Histogram
from starlette.types import ASGIApp, Receive, Scope, Send

TICK_SECONDS: Final = 0.02
BLOCKS: Final = Histogram(
    "motcua_loop_block_seconds",
    "how long something held the event loop, looked at while requests are under way",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
LONGEST_BLOCK: Final = Gauge(
    "motcua_loop_longest_block_seconds",
    "the longest since the process started, by the clock and by the processor time of the loop's thread",
    ["by"],
)


class LoopWatch:
    """`machine_now`: seconds of a clock that never goes back. `processor_now`: of the time that this thread has been working."""

    def __init__(
        self, app: ASGIApp, machine_now: Callable[[], float] = monotonic, processor_now: Callable[[], float] = thread_time
    ) -> None:
        self.app, self._machine_now, self._processor_now = app, machine_now, processor_now
        self._under_way, self._set = 0, False
        self._longest = {"clock": 0.0, "processor": 0.0}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self._under_way += 1
        if not self._set:
            self._set_timer()
        try:
            await self.app(scope, receive, send)
        finally:
            self._under_way -= 1

    def _set_timer(self) -> None:
        self._set = True
        due = self._machine_now() + TICK_SECONDS
        asyncio.get_running_loop().call_later(TICK_SECONDS, self._look, due, self._processor_now())

    def _look(self, due: float, worked: float) -> None:
        late = max(0.0, self._machine_now() - due)
        BLOCKS.observe(late)
        self._keep("clock", late)
        self._keep("processor", min(late, self._processor_now() - worked))
        self._set = False
        if self._under_way:
            self._set_timer()

    def _keep(self, by: str, seconds: float) -> None:
        if seconds > self._longest[by]:
            self._longest[by] = seconds
            LONGEST_BLOCK.labels(by).set(seconds)
