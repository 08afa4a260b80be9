"""Work lists, the most urgent or the newest case on top: the last page costs what the first one does.

A page is read in the order of one index, from behind the last case of the page before (keyset), and the few units of a reader
are merged. `late` and `today` are civil days; what counts as either is domain/due.py's.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.due import Today
from services.routing.domain.work_list import CaseQuery, ListKey, ListKind
from services.routing.repository.stranded import IS_OPEN, REASON, stranded_rows

# Which index serves: case_unit_open, _unassigned, _submitted, _decided or _waiting; with an officer, case_officer_open or
# _decided.
_STATE: Final = {
    ListKind.OPEN: IS_OPEN,
    ListKind.UNASSIGNED: f"{IS_OPEN} AND c.officer IS NULL",
    ListKind.DECIDED: "c.decided_at IS NOT NULL",
    ListKind.WAITING: "c.waiting_since IS NOT NULL",
    ListKind.SUBMITTED: f"{IS_OPEN} AND c.submitted_at IS NOT NULL",
}
_COLUMNS: Final = (
    "c.id, c.code, c.version, c.competent_unit, c.competent_unit_name, c.receiving_unit, c.receiving_unit_name, c.procedure, "
    "c.accepted_at, c.promised_at, c.officer, c.officer_name, c.assigned_at, c.assigned_by, c.outcome, c.decided_at, "
    "c.withdrawn_at, c.stopped_at, c.limit_kind, c.calendar, c.provisional, c.waiting_since, c.pause, "
    "c.submitted_at, c.submitted_by, c.submitted_by_name, c.draft_outcome, c.draft_reason"
)
# Column, comparison, direction, and what stands before the first row.
_NEWEST_FIRST: Final = ("decided_at", "<", "DESC", "infinity")
_MOST_URGENT_FIRST: Final = ("promised_at", ">", "ASC", "-infinity")
_LONGEST_FIRST: Final = ("waiting_since", ">", "ASC", "-infinity")
_ORDER: Final = {ListKind.DECIDED: _NEWEST_FIRST, ListKind.WAITING: _LONGEST_FIRST}


async def case_rows(connection: AsyncConnection, query: CaseQuery, now: datetime) -> Sequence[Any]:
    """The rows of one page, each with `needs_hand`, and one more if there is a next page."""
    if query.kind is ListKind.NEEDS_HAND:
        return await stranded_rows(connection, query, now)
    rows = await _plain_rows(connection, query, now)
    if query.kind is not ListKind.UNASSIGNED:
        return rows
    both = [*rows, *await stranded_rows(connection, query, now)]
    return sorted(both, key=lambda row: (row.promised_at, row.id))[: query.limit + 1]


async def _plain_rows(connection: AsyncConnection, query: CaseQuery, now: datetime) -> Sequence[Any]:
    column, beyond, direction, start = _ORDER.get(query.kind, _MOST_URGENT_FIRST)
    since, before = Today.of(now).bounds(query.due)
    conditions = [
        "c.competent_unit = given.unit",
        _STATE[query.kind],
        f"(c.{column}, c.id) {beyond} (CAST(:at AS timestamptz), :case_id)",
        *(["c.officer = :officer"] if query.officer else []),
        *(["c.promised_at >= :since"] if since else []),
        *(["c.promised_at < :before"] if before else []),
    ]
    statement = text(f"""
        SELECT page.*, CASE WHEN page.officer IS NOT NULL
                                 AND COALESCE(page.decided_at, page.withdrawn_at, page.stopped_at, page.waiting_since) IS NULL
                            THEN {REASON} END AS needs_hand
        FROM unnest(CAST(:units AS text[])) AS given (unit)
        CROSS JOIN LATERAL (
            SELECT {_COLUMNS} FROM routing_case c WHERE {" AND ".join(conditions)}
            ORDER BY c.{column} {direction}, c.id {direction} LIMIT :limit) AS page
        CROSS JOIN LATERAL (SELECT page.competent_unit AS unit, page.procedure ->> 'field' AS field,
                                   page.assigned_by IS NULL AS by_rule) AS held
        LEFT JOIN state_copy s ON s.topic = 'directory.staff' AND s.id = page.officer
        ORDER BY page.{column} {direction}, page.id {direction} LIMIT :limit
    """)  # noqa: S608 -- fixed words only
    values = {
        "units": list(query.units),
        "officer": query.officer,
        "at": query.after.at.isoformat() if query.after else start,
        "case_id": query.after.case_id if query.after else "",
        "since": since,
        "before": before,
        "limit": query.limit + 1,
    }
    return (await connection.execute(statement, {name: values[name] for name in statement.compile().params})).all()


def key_of(row: Any, kind: ListKind) -> ListKey:
    """Where the row stands in the order of its list."""
    column, *_ = _ORDER.get(kind, _MOST_URGENT_FIRST)
    return ListKey(getattr(row, column), row.id)
