"""What reporting reads of its copies of directory, and how fresh it is."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directory import StaffV1, UnitV1
from messaging import copies
from services.reporting.domain.scope import KnownUnit

# By primary key of state_copy. Picked apart by the database: there are over three thousand, and a page needs six values of each.
_UNITS = text("""
    SELECT id, value ->> 'name' AS name, value ->> 'parent' AS parent, value ->> 'successor' AS successor,
           value ->> 'valid_from' AS valid_from, value ->> 'valid_to' AS valid_to
    FROM state_copy WHERE topic = 'directory.units' AND value IS NOT NULL ORDER BY id
""")
# By index fact_recorded.
_NEWEST = text("SELECT max(recorded_at) FROM fact")


async def units(connection: AsyncConnection) -> Sequence[KnownUnit]:
    """All that were ever there. The list is shared: nobody changes it."""

    async def read() -> tuple[KnownUnit, ...]:
        return tuple([_known_unit(row) for row in await connection.execute(_UNITS)])

    return await copies.derive(connection, UnitV1, "known units", read)


def _known_unit(row: Any) -> KnownUnit:
    return KnownUnit(
        id=row.id,
        name=row.name,
        parent=row.parent,
        successor=row.successor,
        valid_from=date.fromisoformat(row.valid_from),
        valid_to=None if row.valid_to is None else date.fromisoformat(row.valid_to),
    )


async def staff_names(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, str]:
    return {identifier: person.name for identifier, person in (await copies.many(connection, StaffV1, ids)).items()}


async def newest_fact(connection: AsyncConnection) -> datetime | None:
    """When the newest fact that has come was recorded; None before the first."""
    recorded_at: datetime | None = await connection.scalar(_NEWEST)
    return recorded_at
