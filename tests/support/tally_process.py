"""The tally service as a process of its own, for tests that kill or freeze it: `python -m tests.support.tally_process`.

It is told by its environment: KAFKA, DATABASE, RUN (its topics), ROLE (`tally` or `relay`), and STOP_AT, the point at which it
writes a line to standard output and goes on only when it reads one. The line is the point's name.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from messaging.bell import Bell, listen
from messaging.clock import system_clock
from messaging.connections import make_engine
from messaging.consumer import GroupConsumer
from messaging.outbox import COMMON
from messaging.relay import Relay
from messaging.runtime import Messaging
from tests.support.tally_service import Amounts, service

IDLE_SECONDS = 1.0
"""How soon PostgreSQL cuts off a frozen relay; in earnest 10."""

POINTS: dict[str, tuple[type, str]] = {
    "before-sending": (Relay, "_produce"),
    "acknowledged": (Relay, "_forget"),
    "committed": (GroupConsumer, "_commit"),
}


def stop_at(point: str) -> None:
    owner, name = POINTS[point]
    real: Callable[..., Awaitable[Any]] = getattr(owner, name)

    async def stopping(*arguments: Any) -> Any:
        print(point, flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        return await real(*arguments)

    setattr(owner, name, stopping)


async def main() -> None:
    database = make_engine(os.environ["DATABASE"])
    kafka = os.environ["KAFKA"]
    table = service(Amounts(os.environ["RUN"]))
    if point := os.environ.get("STOP_AT"):
        stop_at(point)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    if os.environ["ROLE"] == "relay":
        bell = Bell()
        relay = Relay(
            database=database, kafka=kafka, service="tally", lane=COMMON, bell=bell, stopping=ended, idle_seconds=IDLE_SECONDS
        )
        listening = asyncio.create_task(listen(os.environ["DATABASE"], bell, ended, [COMMON]))
        print("started", flush=True)
        await relay.run()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    else:
        messaging = Messaging(table=table, database=database, kafka=kafka, clock=system_clock)
        await messaging.start()
        print("started", flush=True)
        await ended.wait()
        await messaging.stop()
    await database.dispose()


class TallyProcess:
    """The tests' end of it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def says(self, line: str) -> None:
        """Until it says so; what it logs in between is passed over."""
        assert self.process.stdout is not None
        while heard := await asyncio.wait_for(self.process.stdout.readline(), 60):
            if heard.decode().strip() == line:
                return
        raise AssertionError(f"it ended without saying {line}")

    def go_on(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"\n" * 1000)

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()


@asynccontextmanager
async def tally_process(world: Any, role: str = "tally", point: str = "") -> AsyncIterator[TallyProcess]:
    environment = {"KAFKA": world.kafka, "DATABASE": world.url, "RUN": world.amounts.run, "ROLE": role, "STOP_AT": point}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.support.tally_process"),
        env=os.environ | environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield TallyProcess(process)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
        await process.communicate()


if __name__ == "__main__":
    asyncio.run(main())
