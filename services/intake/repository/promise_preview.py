"""Open dossiers of one calendar whose date is firm and lies ahead, page by page: what a changed calendar could move."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.values import Lane
from messaging.statements import Statement

# By index dossier_open_calendar, a lane at a time. The explanation only where its days alone do not say enough.
_PAGE: Final = Statement("""
    SELECT id, unit_id, unit_name, start, until, days, CASE WHEN days IS NULL THEN explanation END AS explanation
    FROM (
        SELECT id, unit_id, unit_name, explanation, CAST(explanation ->> 'start' AS timestamptz) AS start,
               CAST(explanation ->> 'end' AS timestamptz) AS until,
               CASE WHEN explanation -> 'limit' ->> 'kind' = 'working_days' AND explanation -> 'pauses' = '[]'
                     AND explanation -> 'transfer' IS NULL
                    THEN CAST(explanation -> 'limit' ->> 'amount' AS integer) END AS days
        FROM dossier
        WHERE lane = :lane AND explanation ->> 'calendar' = :calendar AND status IN (2, 4) AND id > :last
          AND promised_at > :now AND (explanation ->> 'provisional') IS DISTINCT FROM 'true'
          AND (CAST(:units AS text[]) IS NULL OR unit_id = ANY(:units))
        ORDER BY id LIMIT :limit
    ) AS open_dossier ORDER BY id
""")


async def page(
    connection: AsyncConnection,
    lane: Lane,
    calendar: str,
    units: Sequence[str] | None,
    *,
    now: datetime,
    last: str,
    limit: int,
) -> Sequence[Any]:
    """(id, unit_id, unit_name, start, until, days, explanation), by id behind `last`. `units` None: of all."""
    values = {"lane": lane, "calendar": calendar, "units": units, "now": now, "last": last, "limit": limit}
    return await _PAGE.rows(connection, values)
