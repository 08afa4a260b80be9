"""The tally service as a process of its own, for tests that kill or freeze it: `python -m tests.support.tally_process`.

It is told by its environment: KAFKA, DATABASE, RUN (its topics), ROLE (`tally`, `relay` or `holder`), and STOP_AT, the point at
which it writes a line to standard output and goes on only when it reads one. The line is the point's name. A `holder` locks what
its point names, as a consumer or a command would, says `locked` and keeps it. MEMBER and SESSION_SECONDS are its place in the
consumer group. IDLE_SECONDS: how soon PostgreSQL cuts off a frozen relay; in earnest 10. LOOK_SECONDS: how often it looks for
what nobody rang for.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

import messaging.bell
import messaging.relay
from messaging import command_keys, inbox
from messaging.bell import Bell, listen
from messaging.clock import system_clock
from messaging.connections import Limits, make_engine
from messaging.consumer import GroupConsumer
from messaging.fenced_producer import FencedProducer
from messaging.membership import SESSION_SECONDS
from messaging.outbox import COMMON
from messaging.relay import Relay
from messaging.runtime import Messaging
from messaging.statements import pipeline
from tests.support.eventually import eventually
from tests.support.tally_commands import key
from tests.support.tally_service import Accounts, Amounts, service

IDLE_SECONDS = "1"

UNLIMITED = Limits(statement=0, lock=0, idle=0, transaction=0)
SHORT = Limits(statement=0, lock=0, idle=1, transaction=2)

POINTS: dict[str, tuple[type, str]] = {
    "before-sending": (Relay, "_produce"),
    "before-the-id": (FencedProducer, "_held"),
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


async def hold(url: str, what: str) -> None:
    """`inbox:a` as a consumer, behind a pipeline; `account:a` as a command; `key:k` as a command that has claimed its key. With a
    `!` before it PostgreSQL sets it no limit.
    """
    database = make_engine(url, limits=UNLIMITED if what.startswith("!") else SHORT)
    kind, _, name = what.removeprefix("!").partition(":")
    async with database.begin() as connection:
        match kind:
            case "inbox":
                async with pipeline(connection):
                    await inbox.send_lock(connection, [("bank", name)])
            case "account":
                await Accounts().load(connection, [name])
            case _:
                await command_keys.claim(connection, [key(name)], system_clock())
        print("locked", flush=True)
        await asyncio.Event().wait()


async def run_relay(database: AsyncEngine, kafka: str, ended: asyncio.Event) -> None:
    """Says `started`, and `waits` once its relay has looked for the first time."""
    bell, idle = Bell(), float(os.environ.get("IDLE_SECONDS", IDLE_SECONDS))
    relay = Relay(database=database, kafka=kafka, service="tally", lane=COMMON, bell=bell, stopping=ended, idle_seconds=idle)
    listening = asyncio.create_task(listen(os.environ["DATABASE"], bell, ended, [COMMON]))
    print("started", flush=True)
    relaying = asyncio.create_task(relay.run())
    await eventually(lambda: bell.serves(COMMON) or relaying.done())
    print("waits", flush=True)
    await relaying
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def main() -> None:
    if look := os.environ.get("LOOK_SECONDS"):
        messaging.bell.IDLE_LOOK_SECONDS = messaging.bell.POLL_SECONDS = float(look)
        messaging.relay.LONGEST_SLEEP_SECONDS = float(look)
    if os.environ["ROLE"] == "holder":
        await hold(os.environ["DATABASE"], os.environ["STOP_AT"])
    database = make_engine(os.environ["DATABASE"])
    kafka = os.environ["KAFKA"]
    table = service(Amounts(os.environ["RUN"]))
    if point := os.environ.get("STOP_AT"):
        stop_at(point)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    if os.environ["ROLE"] == "relay":
        await run_relay(database, kafka, ended)
    else:
        parts = Messaging(
            table=table,
            database=database,
            kafka=kafka,
            clock=system_clock,
            member=os.environ.get("MEMBER") or None,
            session_seconds=float(os.environ.get("SESSION_SECONDS") or SESSION_SECONDS),
        )
        await parts.start()
        print("started", flush=True)
        await ended.wait()
        await parts.stop()
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

    def go_on(self, times: int = 1000) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"\n" * times)

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()


@asynccontextmanager
async def tally_process(
    world: Any,
    role: str = "tally",
    point: str = "",
    *,
    member: str = "",
    session_seconds: float = SESSION_SECONDS,
    **more: str,
) -> AsyncIterator[TallyProcess]:
    environment = {"KAFKA": world.kafka, "DATABASE": world.url, "RUN": world.amounts.run, "ROLE": role, "STOP_AT": point}
    environment |= {"MEMBER": member, "SESSION_SECONDS": str(session_seconds)}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.support.tally_process"),
        env=os.environ | environment | more,
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
