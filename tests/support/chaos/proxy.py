"""A TCP proxy that can go wrong: bytes come late, not at all, or only so many; connections are cut, or nobody takes them up.

Without a fault it passes on what it is given, in both directions, and each side's end. A fault is of the link, so it befalls
the connections that are there and those that come, until `heal`. After a black hole no connection goes on: bytes were lost.
"""

import asyncio
import contextlib
import socket
import struct
from dataclasses import dataclass, field

from deploy.local.ports import HOST

CHUNK = 65_536


@dataclass(frozen=True)
class LinkFault:
    """`delay`: seconds before each piece. `cut_after`: bytes, both ways together. `swallow`: nothing is passed on."""

    delay: float = 0.0
    cut_after: int | None = None
    swallow: bool = False


SOUND = LinkFault()


@dataclass(eq=False)
class Connection:
    """The two streams of one client, and how many bytes it may still have before it is cut."""

    streams: tuple[asyncio.StreamWriter, ...]
    left: int | None
    swallowed: bool = False

    def cut(self) -> None:
        """A reset, not a farewell."""
        for stream in self.streams:
            _reset(stream)


def _reset(stream: asyncio.StreamWriter) -> None:
    """Closed with nothing left to send, TCP says RST."""
    if not stream.transport.is_closing():
        stream.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    stream.transport.abort()


@dataclass
class FaultProxy:
    """Listens on `port` and speaks to `upstream`, both on the loopback address. Used by one event loop."""

    port: int
    upstream: int
    fault: LinkFault = SOUND
    connections: set[Connection] = field(default_factory=set)
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, HOST, self.port)

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        await self._server.wait_closed()

    def suffer(self, fault: LinkFault) -> None:
        self.fault = fault
        for connection in self.connections:
            connection.left = fault.cut_after

    def heal(self) -> None:
        self.fault = SOUND
        for connection in list(self.connections):
            connection.left = None
            if connection.swallowed:
                connection.cut()

    def cut(self) -> None:
        """All connections that there are; new ones are served."""
        for connection in list(self.connections):
            connection.cut()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, to_there = await asyncio.open_connection(HOST, self.upstream)
        except OSError:
            _reset(writer)
            return
        connection = Connection((writer, to_there), self.fault.cut_after)
        self.connections.add(connection)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pass_on(connection, reader, to_there))
                both.create_task(self._pass_on(connection, there, writer))
        except* OSError:
            connection.cut()
        finally:
            self.connections.discard(connection)
            for stream in connection.streams:
                stream.close()

    async def _pass_on(self, connection: Connection, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while piece := await source.read(CHUNK):
            if self.fault.swallow:
                connection.swallowed = True
                continue
            if self.fault.delay:
                await asyncio.sleep(self.fault.delay)
            if connection.left is not None:
                piece = piece[: connection.left]
                connection.left -= len(piece)
            sink.write(piece)
            await sink.drain()
            if connection.left == 0:
                raise ConnectionResetError
        with contextlib.suppress(OSError, RuntimeError):
            sink.write_eof()
