"""The generator's HTTP: an answer is whole or it is an error, and a connection is used again and again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bench.lifecycle.connection import Connection, UnreadableError, read_answer
from bench.lifecycle.floor.http import Asked, Http

WHOLE = b'HTTP/1.1 201 Created\r\nETag: "2"\r\nContent-Length: 4\r\n\r\nbody'


@pytest.mark.parametrize("length", range(len(WHOLE)))
def test_a_part_of_an_answer_is_none(length: int) -> None:
    assert read_answer(WHOLE[:length]) is None


def test_a_whole_answer_has_status_headers_and_body() -> None:
    answer = read_answer(WHOLE)
    assert answer is not None
    assert (answer.status, answer.body, answer.header("etag"), answer.header("tag")) == (201, b"body", '"2"', None)


@pytest.mark.parametrize("bad", [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", WHOLE + WHOLE])
def test_what_cannot_be_read_is_an_error(bad: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_answer(bad)


class Echo:
    """Answers with what was asked, and counts its connections; closes without an answer when asked to."""

    def __init__(self) -> None:
        self.connections = 0

    async def answer(self, asked: Asked) -> tuple[int, bytes]:
        return 200, f"{asked.method} {asked.path} {asked.body.decode()}".encode()

    def protocol(self) -> Http:
        self.connections += 1
        return Http(self.answer)


@asynccontextmanager
async def served(protocol: type[asyncio.Protocol] | Echo) -> AsyncIterator[int]:
    make = protocol.protocol if isinstance(protocol, Echo) else protocol
    async with await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def test_one_connection_serves_many_requests() -> None:
    echo = Echo()
    async with served(echo) as port:
        connection = Connection(port)
        answers = [await connection.request("POST", "/a?b=c", "", body) for body in (b"x" * 100_000, b"second")]
        answers.append(await connection.request("GET", "/d", "X: y\r\n"))
        connection.close()
    assert [answer.body for answer in answers] == [b"POST /a?b=c " + b"x" * 100_000, b"POST /a?b=c second", b"GET /d "]
    assert echo.connections == 1


async def test_a_closed_connection_is_opened_again() -> None:
    echo = Echo()
    async with served(echo) as port:
        connection = Connection(port)
        await connection.request("GET", "/", "")
        connection.close()
        assert (await connection.request("GET", "/again", "")).body == b"GET /again "
        connection.close()
    assert echo.connections == 2


class Rude(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, _: bytes) -> None:
        self.transport.close()


async def test_no_answer_is_an_error() -> None:
    async with served(Rude) as port:
        with pytest.raises(ConnectionError):
            await Connection(port).request("GET", "/", "")
