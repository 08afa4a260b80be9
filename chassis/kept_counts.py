"""Work by the clock for numbers that are kept beside the rows that they count, and changed by whoever changes these.

When a process starts, everything is counted anew: during an upgrade processes of the release before change rows without counting
them, and the last one to be replaced counts for all. After that the numbers are tidied every ten minutes.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.process import Process
from messaging.backoff import Stopped, retry_forever
from messaging.bell import Bell

EVERY_SECONDS: Final = 600.0
BELL: Final = "kept counts"
"""Nobody rings it but the process that stops."""
Work = Callable[[AsyncConnection], Awaitable[None]]

log = structlog.get_logger(__name__)


def keep_counts(count_anew: Work, tidy: Work | None = None) -> Callable[[Process, asyncio.Event, Bell], Awaitable[None]]:
    """Background work of a service; each of the two has a transaction of its own. Without `tidy` it ends once all is counted."""

    async def keep(process: Process, stopping: asyncio.Event, bell: Bell) -> None:
        try:
            await retry_forever(lambda: _in_transaction(process, count_anew), stopping, "counting anew")
            while tidy is not None and not stopping.is_set():
                await bell.wait(BELL, EVERY_SECONDS)
                await retry_forever(partial(_in_transaction, process, tidy), stopping, "tidying kept counts")
        except Stopped:
            log.debug("stopped while counts were kept")

    return keep


async def _in_transaction(process: Process, work: Work) -> None:
    async with process.messaging.database.begin() as connection:
        await work(connection)
