"""What routing does by the clock: its numbers of open cases, and what is near or past its promised date.

A date is found near and found overdue once each, however long nobody looked: the command sees for which date that was
published. So every process of a lane may look.
"""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import structlog

from chassis.kept_counts import keep_counts
from chassis.process import Process
from contracts.civil import civil_day
from contracts.directory import CalendarV1
from contracts.refusal import Refusal
from contracts.values import CIVIL_TIME, Lane
from messaging import copies
from messaging.backoff import Stopped, retry_forever
from messaging.bell import Bell
from messaging.command_table import Command
from services.routing.commands.due import NoteDue
from services.routing.domain.near import last_near_day
from services.routing.repository import due
from services.routing.repository.calendars import calendars_of
from services.routing.repository.open_counts import count_anew, forget_empty
from services.routing.settings import routing_settings

KEEP_OPEN_COUNTS: Final = keep_counts(count_anew, forget_empty)
AT_ONCE: Final = 200
"""As many as one transaction of commands takes."""
BELL: Final = "due"
"""Nobody rings it but the process that stops."""

log = structlog.get_logger(__name__)


async def watch_due(process: Process, stopping: asyncio.Event, bell: Bell) -> None:
    """Until the process stops."""
    pause = routing_settings(process.settings).due_look_seconds
    try:
        await bell.wait(BELL, pause)
        while not stopping.is_set():
            await retry_forever(lambda: note_all_due(process), stopping, "due")
            await bell.wait(BELL, pause)
    except Stopped:
        log.debug("watch of promised dates stopped")


async def note_all_due(process: Process) -> int:
    """How many cases were found near or overdue and published as such, by this process."""
    today = civil_day(process.clock())
    near = await _near_days(process, today)
    noted = 0
    for lane in process.settings.served_lanes():
        after: tuple[str, str] | None = ("-infinity", "")
        while after is not None:
            page = await _page(process, lane, today, near, after)
            noted += await _note(process, page, near)
            after = (page[-1].promised_at.isoformat(), page[-1].id) if len(page) == AT_ONCE else None
    return noted


async def _near_days(process: Process, today: date) -> dict[str | None, date]:
    """By calendar, None for a case that has none that is known: the last near day."""
    days = routing_settings(process.settings).due_soon_days
    async with process.reads.connect() as connection:
        calendars = await calendars_of(connection, await copies.everything(connection, CalendarV1))
    near: dict[str | None, date] = {None: last_near_day(None, today, days)}
    for identifier, calendar in calendars.items():
        near[identifier] = last_near_day(calendar, today, days)
    return near


async def _page(process: Process, lane: Lane, today: date, near: dict[str | None, date], after: tuple[str, str]) -> Sequence[Any]:
    ends = {calendar: _start_of(day + timedelta(days=1)) for calendar, day in near.items() if calendar is not None}
    usual = _start_of(near[None] + timedelta(days=1))
    async with process.reads.connect() as connection:
        return await due.page(connection, lane, today=_start_of(today), usual=usual, ends=ends, after=after, limit=AT_ONCE)


async def _note(process: Process, page: Sequence[Any], near: dict[str | None, date]) -> int:
    last_near = [near.get(row.calendar, near[None]) for row in page]
    return sum(await asyncio.gather(*(_note_one(process, row.id, day) for row, day in zip(page, last_near, strict=True))))


async def _note_one(process: Process, case: str, last_near: date) -> bool:
    """One that is refused, or of which no sound fact can be made, holds up no other; what fails of the servers is tried again."""
    try:
        answer = await process.commands.run(Command(body=NoteDue(last_near), target=case))
    except (Refusal, ValueError) as error:
        log.warning("a case near its date is not published as such", case=case, error=type(error).__name__)
        return False
    return bool(answer.body["noted"])


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), CIVIL_TIME)
