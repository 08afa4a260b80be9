"""Work by the clock: what lies with a unit that has ended goes to its successor, within a minute of the day's beginning.

The command decides and is safe to give twice, so every process of a lane may look.
"""

import asyncio
from typing import Final

import structlog

from chassis.process import Process
from contracts.civil import civil_day
from messaging.backoff import retry_forever
from messaging.bell import POLL_SECONDS, Bell
from services.intake.commands.succession import transfer_dossier
from services.intake.repository.successions import left_behind, successors_on

AT_MOST: Final = 200
"""As many as one transaction of commands takes."""
LOOK_SECONDS: Final = 60.0
BELL: Final = "successions"
"""Nobody rings it but the process that stops."""

log = structlog.get_logger(__name__)


async def transfer_dossiers(process: Process, stopping: asyncio.Event, bell: Bell) -> None:
    """Until the process stops."""
    while not stopping.is_set():
        transferred = await retry_forever(lambda: transfer_some(process), stopping, "succession")
        await bell.wait(BELL, POLL_SECONDS if transferred == AT_MOST else LOOK_SECONDS)


async def transfer_some(process: Process) -> int:
    """How many dossiers went to a successor. One that cannot go is logged, and tried again at the next look."""
    async with process.reads.connect() as connection:
        successors = await successors_on(connection, civil_day(process.clock()))
        if not successors:
            return 0
        dossiers = await left_behind(connection, sorted(successors), process.settings.served_lanes(), AT_MOST)
    results = await asyncio.gather(*(transfer_dossier(process, dossier) for dossier in dossiers), return_exceptions=True)
    for dossier, result in zip(dossiers, results, strict=True):
        if isinstance(result, BaseException):
            log.error("a dossier stays with a unit that has ended", dossier=dossier, error=type(result).__name__)
    return sum(not isinstance(result, BaseException) for result in results)
