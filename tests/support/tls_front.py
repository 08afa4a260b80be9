"""TLS in front of a PostgreSQL that was built without: the embedded one is. To clients it is a server with TLS and without GSS.

As a pooler or a service mesh does it in a machine room: the client's encryption ends here, on the server's own machine.
"""

import asyncio
import contextlib
import ssl
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from deploy.local.ports import HOST
from tests.support.certificates import Pair

SSL_REQUEST, GSS_REQUEST = 80877103, 80877104
REQUEST = struct.Struct(">ii")


class TlsFront:
    """`refused`: how many clients wanted to go on in the clear, and were shown out."""

    def __init__(self, pair: Pair, upstream: int) -> None:
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(pair.certificate, pair.key)
        self._upstream = upstream
        self._open: set[asyncio.Task[None]] = set()
        self.refused = 0

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[int]:
        """The port at which it is."""
        server = await asyncio.start_server(self._accept, HOST, 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for task in self._open:
                task.cancel()
            await asyncio.gather(*self._open, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                if await self._encrypts(reader, writer):
                    await self._pass_on(reader, writer)
        finally:
            self._open.discard(task)
            writer.close()

    async def _encrypts(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        while (request := REQUEST.unpack(await reader.readexactly(REQUEST.size))[1]) == GSS_REQUEST:
            writer.write(b"N")
        if request != SSL_REQUEST:
            self.refused += 1
            return False
        writer.write(b"S")
        await writer.drain()
        await writer.start_tls(self._context)
        return True

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Both ways, until one side has ended."""
        upstream_reader, upstream_writer = await asyncio.open_connection(HOST, self._upstream)
        ways = [asyncio.create_task(_pump(reader, upstream_writer)), asyncio.create_task(_pump(upstream_reader, writer))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            upstream_writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while received := await reader.read(65_536):
        writer.write(received)
        await writer.drain()
