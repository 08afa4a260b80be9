"""Measures how many calendars end soon, for who watches metrics and not pages.

It changes by the day, so it is looked at rarely.
"""

import asyncio
from typing import Final

import structlog

from chassis.process import Process
from messaging.backoff import Stopped, retry_forever
from messaging.bell import Bell
from services.directory.metrics import CALENDARS_ENDING
from services.directory.queries.calendars import ending_calendars

RING: Final = "calendars"
SECONDS: Final = 600.0

log = structlog.get_logger(__name__)


async def measure_calendars(process: Process, stopping: asyncio.Event, bell: Bell) -> None:
    """Until the process stops."""

    async def measure() -> None:
        CALENDARS_ENDING.set(len(await ending_calendars(process)))

    try:
        while not stopping.is_set():
            await retry_forever(measure, stopping, "calendars")
            await bell.wait(RING, SECONDS)
    except Stopped:
        log.debug("measuring of the calendars stopped")
