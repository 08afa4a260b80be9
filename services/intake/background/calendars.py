"""Watches the calendars: when one has a newer version, the open dossiers promised by an older one are counted again, those whose
date was provisional here, the firm ones in `moves`.

A look costs one small statement while nothing has changed. Two processes that look at once do the work once: the command sees
which version a promise was counted by.
"""

import asyncio
from typing import Final

import structlog

from chassis.process import Process
from contracts.directory import CalendarV1
from contracts.refusal import Refusal
from messaging import copies
from messaging.backoff import Stopped, retry_forever
from messaging.bell import LONGEST_SLEEP_SECONDS, Bell
from messaging.command_table import Command
from messaging.copy_memory import Revision
from services.intake.background.moves import apply_calendar
from services.intake.commands.calendar import RescheduleDossier
from services.intake.repository import provisional
from services.intake.repository.offers import CALENDARS

RING: Final = "calendars"
AT_ONCE: Final = 20

log = structlog.get_logger(__name__)


async def watch_calendars(process: Process, stopping: asyncio.Event, bell: Bell) -> None:
    """Until the process stops."""
    seen: Revision | None = None

    async def look() -> Revision | None:
        return await reschedule_due(process, seen)

    try:
        while not stopping.is_set():
            seen = await retry_forever(look, stopping, "calendars")
            await bell.wait(RING, LONGEST_SLEEP_SECONDS)
    except Stopped:
        log.debug("watch of the calendars stopped")


async def reschedule_due(process: Process, seen: Revision | None) -> Revision | None:
    """Everything that the calendars have made due since `seen`; which state of them it has looked at, None to be asked again."""
    async with process.reads.connect() as connection:
        revision = await copies.revision_of(connection, CalendarV1)
        if revision is not None and revision == seen:
            return seen
        ids = sorted(await copies.everything(connection, CalendarV1))
        versions = await copies.versions(connection, CalendarV1, ids)
        calendars = await CALENDARS.load(connection, ids)
    for calendar, version in versions.items():
        await _reschedule_under(process, calendar, version)
    finished = [await apply_calendar(process, calendar) for calendar in calendars.values()]
    return None if any(finished) else revision


async def _reschedule_under(process: Process, calendar: str, version: int) -> None:
    lanes, last = process.settings.served_lanes(), ""
    while True:
        async with process.reads.connect() as connection:
            dossiers = await provisional.counted_before(connection, calendar, version, lanes, last, AT_ONCE)
        if not dossiers:
            return
        await asyncio.gather(*(_reschedule(process, dossier, calendar) for dossier in dossiers))
        last = dossiers[-1]


async def _reschedule(process: Process, dossier: str, calendar: str) -> None:
    """One whose calendar cannot be counted with keeps its date; the next version is tried again."""
    try:
        await process.commands.run(Command(body=RescheduleDossier(calendar), target=dossier))
    except Refusal as refusal:
        log.warning("date stays provisional", dossier=dossier, calendar=calendar, reason=refusal.code)
