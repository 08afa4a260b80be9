"""What a unit has accepted between two moments, by who decides it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

# By index dossier_accepted.
ACCEPTED: Final = text("""
    SELECT id, code, procedure, papers, accepted_at, promised_at, competent_id, competent_name
    FROM dossier WHERE unit_id = :unit AND accepted_at >= :start AND accepted_at < :end
    ORDER BY accepted_at, id LIMIT :limit
""")


async def accepted_between(
    connection: AsyncConnection, unit: str, start: datetime, end: datetime, limit: int
) -> Sequence[RowMapping]:
    values = {"unit": unit, "start": start, "end": end, "limit": limit}
    return (await connection.execute(ACCEPTED, values)).mappings().all()
