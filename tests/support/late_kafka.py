"""A broker whose answers come late, so that a client can be told to stop in the middle of asking it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class LateKafka:
    """In front of a broker. Its answer number `late` comes a moment after it was there."""

    def __init__(self, kafka: str, late: int) -> None:
        self.connections, self.asked = 0, asyncio.Event()
        self._host, _, self._port = kafka.partition(":")
        self._left = late

    @asynccontextmanager
    async def served(self) -> AsyncIterator[str]:
        async with await asyncio.start_server(self._serve, "127.0.0.1") as server:
            yield "{}:{}".format(*server.sockets[0].getsockname())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        broker, to_broker = await asyncio.open_connection(self._host, self._port)
        self.connections += 1
        answering = asyncio.create_task(self._answer(broker, writer))
        while piece := await reader.read(65_536):
            to_broker.write(piece)
        self.connections -= 1
        to_broker.close()
        await answering
        writer.close()

    async def _answer(self, broker: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await broker.read(65_536):
            self._left -= 1
            if self._left == 0:
                self.asked.set()
                await asyncio.sleep(0.05)  # the network's delay, not ours
            writer.write(piece)
