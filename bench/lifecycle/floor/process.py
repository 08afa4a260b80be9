"""The bare server with its own PostgreSQL and Kafka, behind the same Caddy with the same settings as the product."""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg

from bench.lifecycle.cast import Cast
from bench.lifecycle.target import Target
from bench.servers import Servers, process, servers, wait_for
from deploy.local import front_door, vendor
from deploy.local.ports import HOST, accepts, answers, free_ports

GIVE_UP_SECONDS: Final = 120.0
PAUSE_SECONDS: Final = 0.05
_DONE: Final = """SELECT NOT EXISTS (SELECT FROM outbox)
    AND (SELECT count(*) FROM dossier) = (SELECT count(*) FROM routing_case)"""


@dataclass(frozen=True, kw_only=True)
class Floor:
    """A bare server that runs, and where it keeps what it was told."""

    target: Target
    database: str
    kafka: str


@contextmanager
def floor(cast: Cast, data: Path | None) -> Iterator[Floor]:
    """It asks nobody who they are, so the product's cast will do."""
    port = free_ports(1)[0]
    with tempfile.TemporaryDirectory(prefix="motcua-floor-") as folder, servers(data) as running:
        sockets, database = Path(folder), running.database("floor")
        socket, caddyfile = sockets / "floor.sock", sockets / "Caddyfile"
        caddyfile.write_text(_caddyfile(port, socket, sockets))
        caddy = [str(vendor.caddy()), "run", "--adapter", "caddyfile", "--config", str(caddyfile)]
        command = [sys.executable, "-m", "bench.lifecycle.floor.main", str(socket), database, running.kafka]
        with process(command, sockets / "log") as server, process(caddy, sockets / "log") as door:
            wait_for(lambda: accepts(socket) and answers(port), "floor", sockets / "log")
            target = _target(port, cast, running, database, {"floor": server, "caddy": door})
            yield Floor(target=target, database=database, kafka=running.kafka)


def _target(port: int, cast: Cast, running: Servers, database: str, processes: dict[str, "subprocess.Popen[bytes]"]) -> Target:
    pids = running.pids | {name: started.pid for name, started in processes.items()}

    async def drained() -> float:
        began = time.perf_counter()
        async with await psycopg.AsyncConnection.connect(database, autocommit=True) as connection:
            while await (await connection.execute(_DONE)).fetchone() != (True,):
                if time.perf_counter() > began + GIVE_UP_SECONDS:
                    raise TimeoutError("the bare server does not come to an end")
                await asyncio.sleep(PAUSE_SECONDS)
        return time.perf_counter() - began

    return Target(name="floor", port=port, cast=cast, pids=lambda: pids, drained=drained)


def _caddyfile(port: int, socket: Path, folder: Path) -> str:
    return front_door.CADDYFILE.format(
        admin=folder / "caddy.sock",
        storage=folder / "caddy",
        port=port,
        host=HOST,
        static="",
        routes=front_door.ROUTE.format(name="floor", paths="*", upstreams=f"unix/{socket}"),
        retry_after=front_door.RETRY_AFTER,
        away="`{}`",
        pages=folder,
        page="away.html",
    )
