"""Measures how many calendars end soon, and how long the signing key lasts, for who watches metrics and not pages.

Both change by the day, so they are looked at rarely.
"""

import asyncio
from typing import Final

import structlog

from chassis.process import Process
from chassis.secret_files import UnusableSecret
from messaging.backoff import Stopped, retry_forever
from messaging.bell import Bell
from services.directory.adapters.signing_key import voucher_of
from services.directory.metrics import CALENDARS_ENDING, SIGNING_KEY_SECONDS
from services.directory.queries.calendars import ending_calendars
from services.directory.settings import directory_settings

RING: Final = "calendars"
KEY_RING: Final = "signing key"
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


async def measure_signing_key(process: Process, stopping: asyncio.Event, bell: Bell) -> None:
    """Until the process stops."""
    settings = directory_settings(process.settings)
    while not stopping.is_set():
        try:
            _, voucher = voucher_of(settings.signing_key_file, settings.roots)
            left = (voucher.until - process.clock()).total_seconds()
        except UnusableSecret as unfit:
            log.error("the signing key is unfit", why=str(unfit))  # noqa: TRY400 -- the file is at fault, and its sentence says how
            left = 0.0
        SIGNING_KEY_SECONDS.set(left)
        await bell.wait(KEY_RING, SECONDS)
