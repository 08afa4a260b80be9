"""The calendars by which promised dates were counted, from the service's own copies; each is built once while none changes."""

from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directory import CalendarV1
from messaging import copies
from worktime import Calendar, CalendarError

_KEY: Final = "worktime calendar"


async def calendars_of(connection: AsyncConnection, ids: Iterable[str | None]) -> dict[str, Calendar]:
    """By id; one that has not come, or cannot be counted with, is left out."""
    calendars: dict[str, Calendar] = {}
    for identifier in sorted({identifier for identifier in ids if identifier is not None}):
        # A calendar that cannot be read has no days to count: days are counted without it, as for one that has not come.
        with suppress(CalendarError, _NotCopied):
            build = partial(_read, connection, identifier)
            calendars[identifier] = await copies.derive(connection, CalendarV1, (_KEY, identifier), build)
    return calendars


class _NotCopied(LookupError):  # noqa: N818 -- it says what it is
    pass


async def _read(connection: AsyncConnection, identifier: str) -> Calendar:
    copy = await copies.one(connection, CalendarV1, identifier)
    if copy is None:
        raise _NotCopied(identifier)
    return Calendar.from_data({**copy.model_dump(mode="json"), "version": 1})
