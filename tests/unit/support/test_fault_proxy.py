"""The fault proxy does to a link what it says: late, cut, so many bytes, nothing at all; and afterwards everything again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from deploy.local.ports import HOST, free_ports
from tests.support.chaos.proxy import FaultProxy, LinkFault
from tests.support.eventually import eventually

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65_536):
        writer.write(piece)
        await writer.drain()
    writer.close()


@pytest.fixture
async def proxy() -> AsyncIterator[FaultProxy]:
    port, upstream = free_ports(2)
    server = await asyncio.start_server(echo, HOST, upstream)
    made = FaultProxy(port, upstream)
    await made.start()
    yield made
    await made.stop()
    server.close()
    await server.wait_closed()


@asynccontextmanager
async def connected(proxy: FaultProxy) -> AsyncIterator[Streams]:
    reader, writer = await asyncio.open_connection(HOST, proxy.port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def answer(streams: Streams, sent: bytes) -> bytes:
    streams[1].write(sent)
    return await streams[0].readexactly(len(sent))


async def test_a_sound_link_passes_everything_on_and_the_end_too(proxy: FaultProxy) -> None:
    async with connected(proxy) as streams:
        much = b"0123456789" * 50_000
        sent = asyncio.create_task(answer(streams, much))
        assert await sent == much
        streams[1].write_eof()
        assert await streams[0].read() == b""


async def test_a_cut_resets_what_is_there_and_serves_what_comes(proxy: FaultProxy) -> None:
    async with connected(proxy) as streams:
        await answer(streams, b"before")
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            await streams[0].readexactly(1)
    async with connected(proxy) as streams:
        assert await answer(streams, b"after") == b"after"


@pytest.mark.parametrize("there_before", [True, False])
async def test_so_many_bytes_and_then_a_cut(proxy: FaultProxy, there_before: bool) -> None:
    """Both ways together: three of the five bytes that come back."""
    if not there_before:
        proxy.suffer(LinkFault(cut_after=8))
    async with connected(proxy) as streams:
        if there_before:
            await answer(streams, b"before")
            proxy.suffer(LinkFault(cut_after=8))
        streams[1].write(b"12345")
        assert await streams[0].readexactly(3) == b"123"
        with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
            await streams[0].readexactly(1)


async def test_a_black_hole_passes_nothing_and_its_connections_do_not_outlive_it(proxy: FaultProxy) -> None:
    async with connected(proxy) as early, connected(proxy) as quiet:
        await answer(early, b"before")
        await answer(quiet, b"before")
        proxy.suffer(LinkFault(swallow=True))
        early[1].write(b"into the dark")
        await eventually(lambda: any(connection.swallowed for connection in proxy.connections))
        proxy.heal()
        with pytest.raises(ConnectionResetError):
            await early[0].readexactly(1)
        assert await answer(quiet, b"nothing of it was lost") == b"nothing of it was lost"


async def test_a_delay_holds_back_each_piece(proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    delays = list[float]()
    real_sleep = asyncio.sleep

    async def noted(seconds: float) -> None:
        delays.append(seconds)
        await real_sleep(0)

    monkeypatch.setattr("tests.support.chaos.proxy.asyncio.sleep", noted)
    proxy.suffer(LinkFault(delay=0.25))
    async with connected(proxy) as streams:
        assert await answer(streams, b"late") == b"late"
    assert delays == [0.25, 0.25], "there and back"


async def test_an_upstream_that_is_away_is_a_reset(proxy: FaultProxy) -> None:
    (nobody,) = free_ports(1)
    proxy.upstream = nobody
    with pytest.raises(ConnectionResetError):
        async with connected(proxy) as streams:
            await streams[0].readexactly(1)
