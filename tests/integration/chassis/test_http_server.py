"""The server of a real process: on the fast loop, with a clock that goes on, and gone as soon as it is told to end."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from deploy.local.ports import free_ports
from tests.support.eventually import eventually

SERVER = """
import asyncio, sys
from fastapi import FastAPI
from chassis import http_server

app = FastAPI()

@app.get("/loop")
async def loop() -> str:
    return type(asyncio.get_running_loop()).__module__

http_server.CLOCK_SECONDS, http_server.HEAD_SECONDS = float(sys.argv[2]), float(sys.argv[3])
http_server.HttpServer(app, host="127.0.0.1", port=int(sys.argv[1])).run()
"""


@asynccontextmanager
async def served(
    clock_seconds: float, head_seconds: float = 86_400
) -> AsyncIterator[tuple[asyncio.subprocess.Process, httpx.AsyncClient]]:
    (port,) = free_ports(1)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", SERVER, str(port), str(clock_seconds), str(head_seconds))
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            await eventually(lambda: answers(client), describe="the server")
            yield process, client
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def answers(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/loop")).is_success
    except httpx.TransportError:
        return False


async def test_it_runs_on_the_fast_loop_and_its_date_goes_on() -> None:
    async with served(0.01) as (_, client):
        answer = await client.get("/loop")
        assert answer.json() == "uvloop"

        async def ticked() -> bool:
            return (await client.get("/loop")).headers["date"] != answer.headers["date"]

        await eventually(ticked, describe="a later Date")


async def test_asleep_it_ends_at_once_when_told_to() -> None:
    async with served(86_400) as (process, _):
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == -signal.SIGTERM


async def ended(client: httpx.AsyncClient, sent: bytes) -> bytes:
    """What comes until the server closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
    writer.write(sent)
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


async def test_a_head_that_does_not_come_or_does_not_end_is_given_up() -> None:
    async with served(0.01, head_seconds=0.2) as (_, client):
        assert await ended(client, b"") == b""
        assert await ended(client, b"GET /loop HTTP/1.1\r\nHost: a\r\n") == b""
        answered = await ended(client, b"GET /loop HTTP/1.1\r\nHost: a\r\n\r\nGET /loop HTTP/1.1\r\n")
        assert answered.startswith(b"HTTP/1.1 200"), "the second head on the same connection is waited for as long"
        assert answered.count(b"HTTP/1.1") == 1
        assert (await client.get("/loop")).is_success


async def test_a_head_beyond_any_that_a_browser_sends_ends_the_connection() -> None:
    async with served(0.01) as (_, client):
        fields = b"".join(b"X-%d: %s\r\n" % (number, b"x" * 100) for number in range(400))
        for head in (b"GET /loop HTTP/1.1\r\nHost: a\r\n" + fields, b"GET /" + b"x" * 40_000):
            assert (await ended(client, head)).startswith(b"HTTP/1.1 400")
        small = await client.get("/loop", headers={f"X-{number}": "x" * 100 for number in range(200)})
        assert small.is_success
