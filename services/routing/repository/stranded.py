"""Open cases that need a hand, as domain/stranded.py says: which, and why.

A unit has thousands of open cases and a few officers: the question is asked once for each officer and field.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.statements import Statement
from services.routing.domain.due import Today
from services.routing.domain.work_list import CaseQuery

IS_OPEN: Final = "c.decided_at IS NULL AND c.withdrawn_at IS NULL AND c.stopped_at IS NULL AND c.waiting_since IS NULL"
# `held` has unit, officer, field and by_rule; `s` is the officer's record, read by primary key.
REASON: Final = """
    CASE WHEN s.value IS NULL OR NOT CAST(s.value ->> 'active' AS boolean) THEN 'left'
         WHEN NOT EXISTS (SELECT FROM jsonb_array_elements(s.value -> 'posts') AS post
                          WHERE post ->> 'unit' = held.unit AND post ->> 'role' = 'officer') THEN 'no-post'
         WHEN held.by_rule AND NOT EXISTS (
             SELECT FROM jsonb_array_elements(s.value -> 'posts') AS post
             WHERE post ->> 'unit' = held.unit AND post ->> 'role' = 'officer'
               AND (jsonb_array_length(COALESCE(post -> 'fields', '[]')) = 0 OR post -> 'fields' @> to_jsonb(held.field))
         ) THEN 'field' END
"""
# Who holds cases that need a hand is read from the kept numbers; the cases of each by index case_officer_open, in its order.
_ROWS = Statement(f"""
    WITH held AS (
        SELECT DISTINCT unit, officer, field, by_rule FROM open_count
        WHERE unit = ANY(:units) AND officer <> '' AND cases <> 0
    ), asked AS (
        SELECT held.unit, held.officer, held.field, held.by_rule, {REASON} AS reason
        FROM held LEFT JOIN state_copy s ON s.topic = 'directory.staff' AND s.id = held.officer
    ), stranded AS (SELECT * FROM asked WHERE reason IS NOT NULL),
    holder AS (SELECT DISTINCT unit, officer FROM stranded)
    SELECT page.* FROM holder CROSS JOIN LATERAL (
        SELECT * FROM (
            SELECT c.*, (SELECT s.reason FROM stranded s
                         WHERE s.unit = c.competent_unit AND s.officer = c.officer AND s.by_rule = (c.assigned_by IS NULL)
                           AND s.field = COALESCE(c.procedure ->> 'field', '')) AS needs_hand
            FROM routing_case c
            WHERE c.officer = holder.officer AND c.competent_unit = holder.unit AND {IS_OPEN}
              AND (c.promised_at, c.id) > (CAST(:at AS timestamptz), :case_id)
              AND c.promised_at >= CAST(:since AS timestamptz) AND c.promised_at < CAST(:before AS timestamptz)
        ) AS asked_case WHERE needs_hand IS NOT NULL ORDER BY promised_at, id LIMIT :limit
    ) AS page ORDER BY page.promised_at, page.id LIMIT :limit
""")  # noqa: S608 -- fixed words only


async def stranded_rows(connection: AsyncConnection, query: CaseQuery, now: datetime) -> Sequence[Any]:
    """Most urgent first, each with `needs_hand`: the rows of one page, and one more if there is a next page."""
    since, before = Today.of(now).bounds(query.due)
    values = {
        "units": list(query.units),
        "at": query.after.at.isoformat() if query.after else "-infinity",
        "case_id": query.after.case_id if query.after else "",
        "since": since.isoformat() if since else "-infinity",
        "before": before.isoformat() if before else "infinity",
        "limit": query.limit + 1,
    }
    return await _ROWS.rows(connection, values)
