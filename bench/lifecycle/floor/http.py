"""As little of HTTP/1.1 as a server behind Caddy needs: one request at a time on each connection, bodies of a stated length."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, cast

END_OF_HEAD: Final = b"\r\n\r\n"
LENGTH: Final = b"\r\ncontent-length:"


@dataclass(frozen=True, slots=True)
class Asked:
    """`path` with its query."""

    method: str
    path: str
    body: bytes


Answer = tuple[int, bytes]
Handler = Callable[[Asked], Awaitable[Answer]]


class Http(asyncio.Protocol):
    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._running: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if (asked := read(self._buffer)) is not None:
            self._buffer.clear()
            self._running = asyncio.create_task(self._answer(asked))

    async def _answer(self, asked: Asked) -> None:
        status, body = await self._handler(asked)
        head = f"HTTP/1.1 {status} .\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        if self._transport is not None:
            self._transport.write(head.encode() + body)


def read(buffer: bytes | bytearray) -> Asked | None:
    """None while the request is not whole."""
    end = buffer.find(END_OF_HEAD)
    if end < 0:
        return None
    head = bytes(buffer[:end])
    _, present, rest = head.lower().partition(LENGTH)
    whole = end + len(END_OF_HEAD) + (int(rest.partition(b"\r\n")[0]) if present else 0)
    if len(buffer) < whole:
        return None
    method, path, _ = head.partition(b"\r\n")[0].decode().split(" ")
    return Asked(method, path, bytes(buffer[end + len(END_OF_HEAD) : whole]))
