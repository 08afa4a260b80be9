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

http_server.CLOCK_SECONDS = float(sys.argv[2])
http_server.HttpServer(app, host="127.0.0.1", port=int(sys.argv[1])).run()
"""


@asynccontextmanager
async def served(clock_seconds: float) -> AsyncIterator[tuple[asyncio.subprocess.Process, httpx.AsyncClient]]:
    (port,) = free_ports(1)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", SERVER, str(port), str(clock_seconds))
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
