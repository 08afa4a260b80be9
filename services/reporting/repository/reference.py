"""What reporting reads of its copies of directory, and how fresh it is."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.reporting.domain.scope import KnownUnit

# By primary key of state_copy. Picked apart by the database: there are over three thousand, and a page needs six values of each.
_UNITS = text("""
    SELECT id, value ->> 'name' AS name, value ->> 'parent' AS parent, value ->> 'successor' AS successor,
           value ->> 'valid_from' AS valid_from, value ->> 'valid_to' AS valid_to
    FROM state_copy WHERE topic = 'directory.units' AND value IS NOT NULL ORDER BY id
""")
_NAMES = text(
    "SELECT id, value ->> 'name' AS name FROM state_copy WHERE topic = 'directory.staff' AND id = ANY(:ids) AND value IS NOT NULL"
)
# By index fact_recorded.
_NEWEST = text("SELECT max(recorded_at) FROM fact")


async def units(connection: AsyncConnection) -> list[KnownUnit]:
    """All that were ever there."""
    return [
        KnownUnit(
            id=row.id,
            name=row.name,
            parent=row.parent,
            successor=row.successor,
            valid_from=date.fromisoformat(row.valid_from),
            valid_to=None if row.valid_to is None else date.fromisoformat(row.valid_to),
        )
        for row in await connection.execute(_UNITS)
    ]


async def staff_names(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, str]:
    return {row.id: row.name for row in await connection.execute(_NAMES, {"ids": list(ids)})}


async def newest_fact(connection: AsyncConnection) -> datetime | None:
    """When the newest fact that has come was recorded; None before the first."""
    recorded_at: datetime | None = await connection.scalar(_NEWEST)
    return recorded_at
