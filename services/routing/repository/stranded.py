"""Open cases that need a hand, as domain/stranded.py says: which, how many, and why.

A unit has thousands of open cases and a few officers: the question is asked once for each officer and field.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.statements import Statement
from services.routing.domain.due import Today
from services.routing.domain.work_list import CaseQuery

IS_OPEN: Final = "c.decided_at IS NULL AND c.withdrawn_at IS NULL"
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
# By indexes case_unit_open and, for each of the officers, case_officer_open.
STRANDED: Final = f"""
    held AS (
        SELECT c.competent_unit AS unit, c.officer, c.procedure ->> 'field' AS field, c.assigned_by IS NULL AS by_rule,
               count(*) AS cases
        FROM routing_case c WHERE c.competent_unit = ANY(:units) AND {IS_OPEN} AND c.officer IS NOT NULL
        GROUP BY 1, 2, 3, 4
    ), asked AS (
        SELECT held.*, {REASON} AS reason FROM held
        LEFT JOIN state_copy s ON s.topic = 'directory.staff' AND s.id = held.officer
    ), stranded AS (SELECT * FROM asked WHERE reason IS NOT NULL)
"""  # noqa: S608 -- fixed words only
IS_OF: Final = f"""
    c.competent_unit = stranded.unit AND c.officer = stranded.officer AND {IS_OPEN}
    AND c.procedure ->> 'field' = stranded.field AND (c.assigned_by IS NULL) = stranded.by_rule
"""
_ROWS = Statement(f"""
    WITH {STRANDED} SELECT c.*, stranded.reason AS needs_hand FROM stranded JOIN routing_case c ON {IS_OF}
    WHERE (c.promised_at, c.id) > (CAST(:at AS timestamptz), :case_id)
      AND c.promised_at >= CAST(:since AS timestamptz) AND c.promised_at < CAST(:before AS timestamptz)
    ORDER BY c.promised_at, c.id LIMIT :limit
""")  # noqa: S608 -- fixed words only
_COUNT = Statement(f"WITH {STRANDED} SELECT COALESCE(sum(cases), 0) AS cases FROM stranded")  # noqa: S608 -- fixed words only


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


async def count_stranded(connection: AsyncConnection, units: Sequence[str]) -> int:
    (row,) = await _COUNT.rows(connection, {"units": list(units)})
    return int(row.cases)
