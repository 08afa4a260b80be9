"""The front door as Caddy runs it: a service hears of a request when all of it is there, and by whom it was sent."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from secrets import token_hex

import pytest

from deploy.local import front_door, vendor
from deploy.local.ports import free_ports
from deploy.local.site import InternalPorts, Site, State
from deploy.local.topology import EVERYTHING_ELSE, Part, Plan
from tests.support.eventually import eventually

PORTS = InternalPorts(postgres=1111, kafka=2222, kafka_controller=3333, smtp=4444)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


class Upstream:
    """Stands where a service would, and keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heard.append(head)
        length = next((int(line.split(b":")[1]) for line in head.lower().splitlines() if line.startswith(b"content-length")), 0)
        self.heard[-1] += await reader.readexactly(length)
        writer.write(ANSWER)
        writer.close()


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Iterator[Plan]:
    monkeypatch.setattr("deploy.local.topology.TOPOLOGY", (Part(name="directory", module="x", paths=(EVERYTHING_ELSE,)),))
    with tempfile.TemporaryDirectory(prefix="motcua-test-") as folder:
        made = Plan(Site(Path(folder)), State(instance=token_hex(6), ports=PORTS, port=free_ports(1)[0]))
        made.sockets = Path(folder)
        made.caddyfile.parent.mkdir(parents=True, exist_ok=True)
        front_door.write(made)
        yield made


@asynccontextmanager
async def standing(plan: Plan) -> AsyncIterator[Upstream]:
    upstream = Upstream()
    (program,) = plan.programs()
    server = await asyncio.start_unix_server(upstream.answer, str(program.socket))
    command = (str(vendor.caddy()), "run", "--adapter", "caddyfile", "--config", str(plan.caddyfile))
    caddy = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    try:
        await eventually(lambda: answers(plan), describe="Caddy")
        upstream.heard.clear()
        yield upstream
    finally:
        caddy.terminate()
        await caddy.wait()
        server.close()


async def answers(plan: Plan) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", plan.state.port)
    except OSError:
        return False
    writer.close()
    return True


async def test_a_service_hears_of_a_request_when_all_of_it_is_there(plan: Plan) -> None:
    async with standing(plan) as upstream:
        slow_reader, slow = await asyncio.open_connection("127.0.0.1", plan.state.port)
        slow.write(b"POST /submit HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345")
        await slow.drain()
        reader, other = await asyncio.open_connection("127.0.0.1", plan.state.port)
        other.write(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert (await reader.read()).endswith(b"ok")
        assert [head.split()[0] for head in upstream.heard] == [b"GET"]
        slow.write(b"67890")
        await slow_reader.readuntil(b"ok")
        assert upstream.heard[-1].endswith(b"1234567890")
        for writer in (slow, other):
            writer.close()


async def test_a_client_cannot_say_who_it_is(plan: Plan) -> None:
    async with standing(plan) as upstream:
        reader, writer = await asyncio.open_connection("127.0.0.1", plan.state.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.1\r\nConnection: close\r\n\r\n")
        await reader.read()
        writer.close()
        said = [line for line in upstream.heard[-1].lower().splitlines() if line.startswith(b"x-forwarded-for")]
        assert said == [b"x-forwarded-for: 127.0.0.1"]
