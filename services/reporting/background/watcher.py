"""Runs in every reporting process and begins the replay that was requested; a lock lets one of them work on it.

A process that is killed in the middle loses its lock with its connection: the next one, or itself restarted, starts over.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from chassis.process import Process
from messaging.backoff import Stopped, pause, retry_forever
from messaging.bell import LONGEST_SLEEP_SECONDS, POLL_SECONDS, Bell
from services.reporting.background.rebuild import Rebuild
from services.reporting.domain.replay import MOST_ATTEMPTS, Attempt, Superseded
from services.reporting.repository import replay as replays
from services.reporting.repository import shadow

log = structlog.get_logger(__name__)


async def watch_for_replays(process: Process, stopping: asyncio.Event, bell: Bell) -> None:
    """Until the process stops."""
    while not stopping.is_set():
        requested = await retry_forever(lambda: _run_requested(process, stopping), stopping, "replay")
        await bell.wait(replays.RING, POLL_SECONDS if requested else LONGEST_SLEEP_SECONDS)


async def _run_requested(process: Process, stopping: asyncio.Event) -> bool:
    """Whether one was requested; it may have ended, failed or be another process's."""
    async with process.reads.connect() as connection:
        replay = await replays.running(connection)
    if replay is None:
        return False
    async with _engines(process.database) as (live_engine, shadow_engine), live_engine.connect() as lock_connection:
        if await shadow.try_replay_lock(lock_connection):
            try:
                await _attempt(process, stopping, lock_connection, replay, live_engine, shadow_engine)
            finally:
                await shadow.release_replay_lock(lock_connection)
    return True


@asynccontextmanager
async def _engines(database: AsyncEngine) -> AsyncIterator[tuple[AsyncEngine, AsyncEngine]]:
    live_engine, shadow_engine = shadow.make_live_engine(database), shadow.make_shadow_engine(database)
    try:
        yield live_engine, shadow_engine
    finally:
        await shadow_engine.dispose()
        await live_engine.dispose()


async def _attempt(
    process: Process,
    stopping: asyncio.Event,
    lock_connection: AsyncConnection,
    replay: int,
    live_engine: AsyncEngine,
    shadow_engine: AsyncEngine,
) -> None:
    attempt = await replays.begin_attempt(lock_connection, replay)
    await lock_connection.commit()
    if attempt is None:
        return
    rebuild = Rebuild(
        attempt=attempt,
        live_engine=live_engine,
        shadow_engine=shadow_engine,
        table=process.messaging.table,
        kafka=process.messaging.kafka,
        clock=process.clock,
        batch_records=process.settings.batch_records,
        stopping=stopping,
    )
    log.info("replay begins", replay=replay, attempt=attempt.number)
    try:
        await rebuild.run()
    except (Stopped, Superseded) as reason:
        log.info("replay left", replay=replay, attempt=attempt.number, reason=type(reason).__name__)
    except Exception as error:  # noqa: BLE001 -- whatever it was, the serving tables are untouched and another try is due
        await _record_failure(process, stopping, lock_connection, attempt, error)


async def _record_failure(
    process: Process, stopping: asyncio.Event, lock_connection: AsyncConnection, attempt: Attempt, error: Exception
) -> None:
    problem = f"{type(error).__name__}: {error}"[:500]
    log.warning("replay failed", replay=attempt.replay, attempt=attempt.number, error=problem)
    if attempt.number >= MOST_ATTEMPTS:
        await replays.finish(lock_connection, attempt, process.clock(), error=problem)
    else:
        await replays.record_failure(lock_connection, attempt, problem)
    await lock_connection.commit()
    await pause(stopping, attempt.number)
