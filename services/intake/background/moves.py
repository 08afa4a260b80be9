"""A changed calendar applied to the firm dates of open dossiers: those that it makes later are counted again, page by page.

A pass goes by id and keeps how far it has come, so that one that is killed goes on where it was. Two processes may pass at once:
the command sees by which version a date was counted, and moves it once.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog

from chassis.process import Process
from contracts.refusal import Refusal
from contracts.values import Lane
from messaging.command_table import Command
from services.intake.commands.calendar import RescheduleDossier
from services.intake.domain.moves import Sieve
from services.intake.repository import open_promises
from worktime import Calendar

AT_ONCE: Final = 200
"""As many as one transaction of commands takes."""
LATECOMERS: Final = timedelta(hours=1)
"""Accepted by the older version while the pass went by: its transaction began before the newer one had come."""
EVER: Final = datetime(2000, 1, 1, tzinfo=UTC)

log = structlog.get_logger(__name__)


async def apply_calendar(process: Process, calendar: Calendar) -> bool:
    """True when a pass was finished just now: latecomers are looked for at the next look."""
    finished = [await _apply_in_lane(process, calendar, lane) for lane in process.settings.served_lanes()]
    return any(finished)


async def _apply_in_lane(process: Process, calendar: Calendar, lane: Lane) -> bool:
    async with process.messaging.database.begin() as connection:
        reached = await open_promises.begin(connection, calendar.id, lane, calendar.version)
    since = EVER if reached is not None else process.clock() - LATECOMERS
    last: str | None = reached or ""
    sieve, counted = Sieve(calendar), 0
    while last is not None:
        page = await _page(process, calendar, lane, since, last)
        counted += await _move(process, calendar, [row.id for row in page if sieve.passes(row.start, row.until, row.days)])
        last = page[-1].id if page else None
        if reached is not None:
            async with process.messaging.database.begin() as connection:
                await open_promises.advance(connection, calendar.id, lane, calendar.version, last)
    if counted:
        log.info("promised dates counted again", calendar=calendar.id, version=calendar.version, lane=lane, dossiers=counted)
    return reached is not None


async def _page(process: Process, calendar: Calendar, lane: Lane, since: datetime, last: str) -> Sequence[Any]:
    async with process.reads.connect() as connection:
        return await open_promises.page(
            connection,
            calendar.id,
            calendar.version,
            lane,
            now=process.clock(),
            changed_since=since,
            last=last,
            limit=AT_ONCE,
        )


async def _move(process: Process, calendar: Calendar, dossiers: Sequence[str]) -> int:
    return sum(await asyncio.gather(*(_reschedule(process, dossier, calendar) for dossier in dossiers)))


async def _reschedule(process: Process, dossier: str, calendar: Calendar) -> bool:
    """One that is refused, or of which no sound fact can be made, holds up no other; what fails of the servers is tried again."""
    try:
        await process.commands.run(Command(body=RescheduleDossier(calendar.id), target=dossier))
    except (Refusal, ValueError) as error:
        reason = error.code if isinstance(error, Refusal) else type(error).__name__
        log.warning("date stays as it was", dossier=dossier, calendar=calendar.id, reason=reason)
        return False
    return True
