"""uvicorn on a fast loop and parser, asleep while nothing is asked: it stops at once when told to, and wakes once a second else.
A connection whose request does not begin, or whose head does not end, is closed.

uvicorn itself wakes ten times a second, only to see whether it should stop and to set the clock of the Date header; and it waits
for a head of any length for ever.
"""

import asyncio
from types import FrameType
from typing import Any, Final

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

CLOCK_SECONDS: Final = 1.0
"""The Date header is this old at most."""
GRACE_SECONDS: Final = 5
"""Requests that are still answered when the process is told to stop."""
FULL_SECOND: Final = 10
"""uvicorn counts its ticks, and sets the Date header at every tenth."""
HEAD_SECONDS: Final = 10.0
"""From its first byte, or from the connection's beginning, until a request's head is there."""
HEAD_BYTES: Final = 32 * 1024


class HeadTooLarge(Exception):  # noqa: N818 -- a finding about what was sent
    """Raised to the parser, which ends the connection with 400."""


class BoundedHead(HttpToolsProtocol):
    """One connection."""

    _deadline: asyncio.TimerHandle | None = None
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_there()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        self._await_head()
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._head_is_there()
        super().on_headers_complete()

    def _await_head(self) -> None:
        self._head_is_there()
        self._head_bytes = 0
        self._deadline = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _head_is_there(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _count(self, more: int) -> None:
        self._head_bytes += more
        if self._head_bytes > HEAD_BYTES:
            raise HeadTooLarge


class HttpServer(uvicorn.Server):
    """Serve an application until SIGTERM or SIGINT."""

    def __init__(self, app: Any, **address: Any) -> None:
        config = uvicorn.Config(
            app,
            loop="uvloop",
            http=BoundedHead,
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
