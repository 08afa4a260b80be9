"""Work by the clock: who has brought nothing for days is told once more what is owed, once for each request.

The command decides and is safe to give twice, so every process of a lane may look; after downtime the first look catches up.
"""

import asyncio
from datetime import timedelta
from typing import Final

import structlog

from chassis.process import Process
from messaging.backoff import retry_forever
from messaging.bell import POLL_SECONDS, Bell
from messaging.command_table import Command
from services.intake.commands.owed import RemindOfOwed
from services.intake.repository.owed import unreminded
from services.intake.settings import intake_settings

AT_MOST: Final = 100
LOOK_SECONDS: Final = 60.0
BELL: Final = "reminders"
"""Nobody rings it but the process that stops."""

log = structlog.get_logger(__name__)


async def remind_of_owed(process: Process, stopping: asyncio.Event, bell: Bell) -> None:
    """Until the process stops."""
    while not stopping.is_set():
        reminded = await retry_forever(lambda: remind_some(process), stopping, "reminders of what is owed")
        await bell.wait(BELL, POLL_SECONDS if reminded == AT_MOST else LOOK_SECONDS)


async def remind_some(process: Process) -> int:
    """How many were reminded. One whose command fails is logged, and tried again at the next look."""
    before = process.clock() - timedelta(days=intake_settings(process.settings).owed_reminder_days)
    async with process.reads.connect() as connection:
        dossiers = await unreminded(connection, process.settings.served_lanes(), before, AT_MOST)
    commands = [Command(body=RemindOfOwed(before), target=dossier) for dossier in dossiers]
    results = await asyncio.gather(*(process.commands.run(command) for command in commands), return_exceptions=True)
    for dossier, result in zip(dossiers, results, strict=True):
        if isinstance(result, BaseException):
            log.error("nobody was reminded of what is owed", dossier=dossier, error=type(result).__name__)
    return sum(not isinstance(result, BaseException) for result in results)
