"""Open dossiers whose promised date is provisional: few, and found by an index of their own."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.values import Lane
from messaging.statements import Statement

# By index dossier_provisional.
_COUNTED_BEFORE: Final = Statement("""
    SELECT id FROM dossier
    WHERE status IN (2, 4) AND (explanation ->> 'provisional') = 'true' AND id > :last
      AND explanation ->> 'calendar' = :calendar AND CAST(explanation ->> 'calendar_version' AS bigint) < :version
      AND lane = ANY(:lanes)
    ORDER BY id LIMIT :limit
""")


async def counted_before(
    connection: AsyncConnection, calendar: str, version: int, lanes: Sequence[Lane], last: str, limit: int
) -> list[str]:
    """Ids behind `last` of dossiers promised by an older version of the calendar."""
    values = {"calendar": calendar, "version": version, "lanes": [*lanes], "last": last, "limit": limit}
    return [row.id for row in await _COUNTED_BEFORE.rows(connection, values)]
