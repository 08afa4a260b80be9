"""Open dossiers with a firm date by an older version of their calendar, page by page, and how far a pass over them has come."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.values import Lane
from messaging.statements import Statement

# By index dossier_open_calendar.
_PAGE: Final = Statement("""
    SELECT id, CAST(explanation ->> 'start' AS timestamptz) AS start, CAST(explanation ->> 'end' AS timestamptz) AS until,
           CASE WHEN explanation -> 'limit' ->> 'kind' = 'working_days' AND explanation -> 'pauses' = '[]'
                 AND explanation -> 'transfer' IS NULL
                THEN CAST(explanation -> 'limit' ->> 'amount' AS integer) END AS days
    FROM dossier
    WHERE lane = :lane AND explanation ->> 'calendar' = :calendar AND status IN (2, 4) AND id > :last
      AND promised_at > :now AND changed_at >= :changed_since AND extension IS NULL
      AND CAST(explanation ->> 'calendar_version' AS bigint) < :version
      AND (explanation ->> 'provisional') IS DISTINCT FROM 'true'
    ORDER BY id LIMIT :limit
""")
# By primary key, all three. A pass of an older version is given up: the newer one has all its days.
_BEGIN: Final = Statement("""
    INSERT INTO calendar_pass (calendar, lane, version, last) VALUES (:calendar, :lane, :version, '')
    ON CONFLICT (calendar, lane) DO UPDATE SET version = excluded.version, last = ''
    WHERE excluded.version > calendar_pass.version
""")
_REACHED: Final = Statement("SELECT last FROM calendar_pass WHERE calendar = :calendar AND lane = :lane AND version = :version")
# NULL is not behind anything: what is finished stays so.
_ADVANCE: Final = Statement("""
    UPDATE calendar_pass SET last = :last
    WHERE calendar = :calendar AND lane = :lane AND version = :version AND last IS NOT NULL
      AND (CAST(:last AS text) IS NULL OR last < :last)
""")


async def page(
    connection: AsyncConnection,
    calendar: str,
    version: int,
    lane: Lane,
    *,
    now: datetime,
    changed_since: datetime,
    last: str,
    limit: int,
) -> Sequence[Any]:
    """(id, start, until, days), by id behind `last`. `days`: of a plain limit in working days; None for any other."""
    return await _PAGE.rows(
        connection,
        {
            "calendar": calendar,
            "version": version,
            "lane": lane,
            "now": now,
            "changed_since": changed_since,
            "last": last,
            "limit": limit,
        },
    )


async def begin(connection: AsyncConnection, calendar: str, lane: Lane, version: int) -> str | None:
    """Behind which dossier the pass of this version goes on; None: it is finished, or a newer one is under way."""
    key = {"calendar": calendar, "lane": lane, "version": version}
    await _BEGIN.send(connection, key)
    rows = await _REACHED.rows(connection, key)
    return rows[0].last if rows else None


async def advance(connection: AsyncConnection, calendar: str, lane: Lane, version: int, last: str | None) -> None:
    """`last` None: all have been looked at."""
    await _ADVANCE.send(connection, {"calendar": calendar, "lane": lane, "version": version, "last": last})
