"""uvicorn on a fast loop and parser, asleep while nothing is asked: it stops at once when told to, and wakes once a second else.

uvicorn itself wakes ten times a second, only to see whether it should stop and to set the clock of the Date header.
"""

import asyncio
from types import FrameType
from typing import Any, Final

import uvicorn

CLOCK_SECONDS: Final = 1.0
"""The Date header is this old at most."""
GRACE_SECONDS: Final = 5
"""Requests that are still answered when the process is told to stop."""
FULL_SECOND: Final = 10
"""uvicorn counts its ticks, and sets the Date header at every tenth."""


class HttpServer(uvicorn.Server):
    """Serve an application until SIGTERM or SIGINT."""

    def __init__(self, app: Any, **address: Any) -> None:
        config = uvicorn.Config(
            app,
            loop="uvloop",
            http="httptools",
            ws="none",
            log_config=None,
            access_log=False,
            # Whose word on the client's address is taken is for web.client_address to say: uvicorn would take any local peer's.
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            **address,
        )
        super().__init__(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending = asyncio.Event()

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        while not await self.on_tick(FULL_SECOND):
            try:
                await asyncio.wait_for(self._ending.wait(), CLOCK_SECONDS)
            except TimeoutError:
                continue

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._ending.set)
