"""The history of the register as administrators read it: the newest first, of what they administer."""

from datetime import datetime
from typing import Final, NamedTuple

from chassis.process import Process
from services.directory.access import administered_units
from services.directory.repository import changes
from services.directory.repository.changes import PastChange
from web.paging import Cursor, Page
from web.principal import Principal

MOST_SHOWN: Final = 25


class ChangeKey(NamedTuple):
    at: datetime
    id: str


CHANGES: Final = Cursor("register-changes-newest", ChangeKey)


async def read_history(process: Process, person: Principal, subject: str, *, after: str | None) -> Page[PastChange]:
    """`subject`: the id of a unit, calendar, procedure or person; empty: all. Raises BadCursor."""
    key = CHANGES.decode(after)
    async with process.reads.connect() as connection:
        units = await administered_units(connection, person)
        rows = await changes.history(connection, subject=subject or None, units=units, after=key, limit=MOST_SHOWN + 1)
    return CHANGES.page(rows, MOST_SHOWN, lambda row: ChangeKey(row.at, row.id))
