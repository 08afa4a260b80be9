"""What routing does by the clock: once, when a process starts, each officer's open cases are counted anew.

During an upgrade processes of the release before save cases without counting them. The last one to be replaced counts for all.
"""

import asyncio

import structlog

from chassis.process import Process
from messaging.backoff import Stopped, retry_forever
from messaging.bell import Bell
from services.routing.repository.officers import count_anew

log = structlog.get_logger(__name__)


async def count_loads(process: Process, stopping: asyncio.Event, _: Bell) -> None:
    """Until it has worked."""

    async def count() -> None:
        async with process.messaging.database.begin() as connection:
            await count_anew(connection)

    try:
        await retry_forever(count, stopping, "loads of officers")
    except Stopped:
        log.debug("stopped before the loads were counted")
