"""Work by the clock: drafts whose stated time is over are forgotten within ten minutes. Until then they open to nobody."""

import asyncio
from typing import Final

from chassis.drafts import purge_some
from chassis.process import Process
from messaging.backoff import retry_forever
from messaging.bell import POLL_SECONDS, Bell

AT_A_TIME: Final = 1000
EVERY_SECONDS: Final = 600.0
BELL: Final = "drafts"
"""Nobody rings it but the process that stops."""


async def purge_drafts(process: Process, stopping: asyncio.Event, bell: Bell) -> None:
    """Until the process stops."""
    while not stopping.is_set():
        purged = await retry_forever(lambda: purge_round(process), stopping, "old drafts")
        await bell.wait(BELL, POLL_SECONDS if purged == AT_A_TIME else EVERY_SECONDS)


async def purge_round(process: Process) -> int:
    """How many were forgotten."""
    async with process.database.begin() as connection:
        return await purge_some(connection, process.clock, AT_A_TIME)
