"""Runs in every reporting process and takes up a replay that was asked for; a lock lets one of them work on it.

A process that is killed in the middle loses its lock with its connection: the next one, or itself restarted, starts over.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from chassis.process import Process
from messaging.backoff import Stopped, pause, retry_forever
from messaging.bell import Bell
from services.reporting.replay import requests, shadow
from services.reporting.replay.rebuild import Rebuild
from services.reporting.replay.requests import ATTEMPTS, Attempt, Overtaken

log = structlog.get_logger(__name__)


async def replays(process: Process, stopping: asyncio.Event, bell: Bell) -> None:
    """Until the process stops."""
    while not stopping.is_set():
        await retry_forever(lambda: _look(process, stopping), stopping, "replay")
        await bell.wait(requests.RING)


async def _look(process: Process, stopping: asyncio.Event) -> None:
    async with process.database.connect() as connection:
        replay = await requests.waiting(connection)
    if replay is None:
        return
    async with _engines(process.database) as (own, beside), own.connect() as keeper:
        if await shadow.work_alone(keeper):
            try:
                await _attempt(process, stopping, keeper, replay, own, beside)
            finally:
                await shadow.leave(keeper)


@asynccontextmanager
async def _engines(database: AsyncEngine) -> AsyncIterator[tuple[AsyncEngine, AsyncEngine]]:
    own, beside = shadow.own_engine(database), shadow.shadow_engine(database)
    try:
        yield own, beside
    finally:
        await beside.dispose()
        await own.dispose()


async def _attempt(
    process: Process, stopping: asyncio.Event, keeper: AsyncConnection, replay: int, own: AsyncEngine, beside: AsyncEngine
) -> None:
    attempt = await requests.take_up(keeper, replay)
    await keeper.commit()
    if attempt is None:
        return
    table, settings = process.messaging.table, process.settings
    rebuild = Rebuild(attempt, own, beside, table, settings.kafka, process.clock, settings.batch_records, stopping)
    log.info("replay begins", replay=replay, attempt=attempt.number)
    try:
        await rebuild.run()
    except (Stopped, Overtaken) as reason:
        log.info("replay left", replay=replay, attempt=attempt.number, reason=type(reason).__name__)
    except Exception as error:  # noqa: BLE001 -- whatever it was, the serving tables are untouched and another try is due
        await _failed(process, stopping, keeper, attempt, error)


async def _failed(process: Process, stopping: asyncio.Event, keeper: AsyncConnection, attempt: Attempt, error: Exception) -> None:
    said = f"{type(error).__name__}: {error}"[:500]
    log.warning("replay failed", replay=attempt.replay, attempt=attempt.number, error=said)
    if attempt.number >= ATTEMPTS:
        await requests.end(keeper, attempt, process.clock(), error=said)
    else:
        await requests.stumble(keeper, attempt, said)
    await keeper.commit()
    await pause(stopping, attempt.number)
