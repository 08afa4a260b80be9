"""Which dossiers have waited for their applicant so long that a reminder is due."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.values import Lane
from messaging.statements import Statement

# By index dossier_owed, which has those that wait only.
_UNREMINDED: Final = Statement("""
    SELECT id FROM dossier
    WHERE owed_since IS NOT NULL AND lane = ANY(:lanes) AND owed_since < CAST(:before AS timestamptz)
      AND owed ->> 'reminded_at' IS NULL AND owed ->> 'handed_in' IS NULL
    ORDER BY owed_since, id LIMIT :limit
""")


async def unreminded(connection: AsyncConnection, lanes: Sequence[Lane], before: datetime, limit: int) -> list[str]:
    """Ids of those asked before that, the longest first, who have neither brought anything nor been reminded."""
    values = {"lanes": [*lanes], "before": before.isoformat(), "limit": limit}
    return [row.id for row in await _UNREMINDED.rows(connection, values)]
