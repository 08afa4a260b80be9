"""Open cases that are near or past their promised date and of which that has not been published, page by page."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.values import Lane
from messaging.statements import Statement
from services.routing.repository.stranded import IS_OPEN

# By index case_not_overdue_yet, which holds nothing that was published as overdue.
_PAGE: Final = Statement(f"""
    SELECT c.id, c.calendar, c.promised_at FROM routing_case c
    LEFT JOIN unnest(CAST(:calendars AS text[]), CAST(:ends AS timestamptz[])) AS near (calendar, ends)
      ON near.calendar = c.calendar
    WHERE c.lane = :lane AND {IS_OPEN} AND c.overdue_for IS DISTINCT FROM c.promised_at
      AND (c.promised_at, c.id) > (CAST(:after AS timestamptz), :after_id) AND c.promised_at < :farthest
      AND (c.promised_at < :today
           OR c.promised_at < COALESCE(near.ends, :usual) AND c.due_soon_for IS DISTINCT FROM c.promised_at)
    ORDER BY c.promised_at, c.id LIMIT :limit
""")  # noqa: S608 -- our own words


async def page(
    connection: AsyncConnection,
    lane: Lane,
    *,
    today: datetime,
    usual: datetime,
    ends: Mapping[str, datetime],
    after: tuple[str, str],
    limit: int,
) -> Sequence[Any]:
    """(id, calendar, promised_at), most urgent first. `ends`: by calendar, before when a date is near; `usual` for any other.
    `today`: its first moment. `after`: promised date and id of the last row of the page before.
    """
    values = {
        "lane": lane,
        "calendars": [*ends],
        "ends": [moment.isoformat() for moment in ends.values()],
        "usual": usual,
        "today": today,
        "farthest": max(usual, *ends.values()) if ends else usual,
        "after": after[0],
        "after_id": after[1],
        "limit": limit,
    }
    return await _PAGE.rows(connection, values)
