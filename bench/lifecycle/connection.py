"""HTTP/1.1 over one kept connection, one request at a time. It costs a thirtieth of what httpx does.

That is why it exists: whoever makes the load shares the processors with what is measured. It knows bodies of a stated length and
nothing else; an answer that it cannot read is an error, never a guess.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, Final, cast

from deploy.local.ports import HOST

END_OF_HEAD: Final = b"\r\n\r\n"


class UnreadableError(ConnectionError):
    """The answer is not of the kind that is read here."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`head` is the status line and the headers, as they came but in small letters."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str | None:
        _, present, rest = self.head.partition(b"\r\n" + name.encode() + b":")
        return rest.partition(b"\r\n")[0].strip().decode() if present else None


class Connection(asyncio.Protocol):
    """Opened with the first request, and again after the other side has closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._waiting: asyncio.Future[Answer] | None = None

    async def request(self, method: str, path: str, headers: str, body: bytes = b"") -> Answer:
        """Raises ConnectionError when there is no whole answer. `headers` are lines, each with its line end."""
        loop = asyncio.get_running_loop()
        transport = self._transport
        if transport is None or transport.is_closing():
            transport, _ = await loop.create_connection(lambda: self, HOST, self._port)
        self._waiting = loop.create_future()
        length = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
        head = f"{method} {path} HTTP/1.1\r\nHost: {HOST}:{self._port}\r\n{headers}{length}\r\n"
        transport.write(head.encode() + body)
        return await self._waiting

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._buffer.clear()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        try:
            answer = read_answer(self._buffer)
        except UnreadableError as error:
            self.close()
            self._end(error)
            return
        if answer is not None:
            self._buffer.clear()
            self._end(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(ConnectionError(f"closed before the answer: {exc}"))

    def _end(self, result: Any) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is None or waiting.done():
            return
        if isinstance(result, Exception):
            waiting.set_exception(result)
        else:
            waiting.set_result(result)


def read_answer(buffer: bytes | bytearray) -> Answer | None:
    """None while it is not whole. Raises UnreadableError."""
    end = buffer.find(END_OF_HEAD)
    if end < 0:
        return None
    head = bytes(buffer[:end]).lower()
    answer = Answer(int(head[9:12]), head, b"")
    length = answer.header("content-length")
    if length is None:
        raise UnreadableError(f"an answer of no stated length: {head[:200]!r}")
    start, whole = end + len(END_OF_HEAD), end + len(END_OF_HEAD) + int(length)
    if len(buffer) > whole:
        raise UnreadableError("more than one answer to one request")
    return Answer(answer.status, head, bytes(buffer[start:whole])) if len(buffer) == whole else None
