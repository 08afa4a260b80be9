"""The sums of what waits, beside the dossiers that they count: counted anew when a process starts, and compared by reconcile."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.statements import Statement
from services.reporting.domain.definition import DEFINITIONS
from services.reporting.domain.question import NOT_FORWARDED
from services.reporting.domain.tally import NEVER, WAITING, TallyKey

_KEY: Final = ", ".join(TallyKey._fields)
_COUNTS: Final = ", ".join(WAITING)
_DEFINED: Final = ", ".join(
    f"('{definition.id}', CAST(ARRAY{sorted(map(int, definition.counted))} AS smallint[]),"
    f" CAST(ARRAY{sorted(map(int, definition.waiting))} AS smallint[]))"
    for definition in DEFINITIONS
)
_COUNTABLE: Final = "d.accepted_on IS NOT NULL AND d.unit IS NOT NULL AND d.field IS NOT NULL AND d.channel IS NOT NULL"
# By indexes dossier_open and dossier_to_fetch: what waits, once for the promised day or for that of the decision, and no more.
_DAYS: Final = f"""
    SELECT d.*, d.promised_on AS due, 1 AS undecided, 0 AS to_fetch, 0 AS unassigned
    FROM dossier d WHERE d.decided_on IS NULL AND {_COUNTABLE}
    UNION ALL
    SELECT d.*, d.promised_on, 0, 0, 1
    FROM dossier d WHERE d.decided_on IS NULL AND d.competent_unit IS NOT NULL AND d.officer IS NULL AND {_COUNTABLE}
    UNION ALL
    SELECT d.*, d.decided_on, 0, 1, 0
    FROM dossier d WHERE d.decided_on IS NOT NULL AND d.handed_over_at IS NULL AND d.status = 9 AND {_COUNTABLE}
"""  # noqa: S608 -- our own words
_COUNTED: Final = f"""
    SELECT definition, span, CAST(CASE span WHEN 'd' THEN day ELSE date_trunc(part, day) END AS date) AS first,
           unit, field, channel, coalesce(competent_unit, '{NOT_FORWARDED}') AS competent, {_COUNTS}
    FROM (SELECT w.*, definition, CASE WHEN undecided = 1 AND status = ANY(held) THEN DATE '{NEVER}' ELSE due END AS day
          FROM ({_DAYS}) AS w JOIN (VALUES {_DEFINED}) AS defined (definition, counted, held) ON status = ANY(counted)) AS waiting
    CROSS JOIN (VALUES ('d', 'day'), ('m', 'month'), ('y', 'year')) AS longer (span, part)
"""  # noqa: S608 -- our own words
_KEPT: Final = f"SELECT {_KEY}, {_COUNTS} FROM tally WHERE undecided <> 0 OR unassigned <> 0 OR to_fetch <> 0"  # noqa: S608 -- our own words
# Two processes that correct at once would correct twice.
_ALONE: Final = Statement("SELECT pg_advisory_xact_lock(hashtext('motcua reporting: what waits'))")
# One statement sees dossiers and sums as they were saved together, and adds what lies between them: so no batch waits for it.
_CORRECT: Final = Statement(f"""
    INSERT INTO tally AS t ({_KEY}, accepted, early, on_time, late, due, past_due, {_COUNTS})
    SELECT {_KEY}, 0, 0, 0, 0, 0, 0, sum(undecided), sum(unassigned), sum(to_fetch)
    FROM ({_COUNTED} UNION ALL
          SELECT {_KEY}, -undecided, -unassigned, -to_fetch FROM ({_KEPT}) AS kept) AS both_ways
    GROUP BY {_KEY} HAVING sum(undecided) <> 0 OR sum(unassigned) <> 0 OR sum(to_fetch) <> 0 ORDER BY {_KEY}
    ON CONFLICT ({_KEY}) DO UPDATE SET undecided = t.undecided + excluded.undecided,
        unassigned = t.unassigned + excluded.unassigned, to_fetch = t.to_fetch + excluded.to_fetch
""")  # noqa: S608 -- our own words

_VIEW: Final = f"""
    SELECT concat_ws('|', {_KEY}) AS key, concat_ws('/', sum(undecided), sum(unassigned), sum(to_fetch)) AS value
    FROM ({{rows}}) AS of_days WHERE span = 'd' GROUP BY {_KEY}
"""  # noqa: S608 -- our own words
COUNTED_VIEW: Final = _VIEW.format(rows=_COUNTED)
KEPT_VIEW: Final = _VIEW.format(rows=_KEPT)


async def count_anew(connection: AsyncConnection) -> None:
    """All that waits; sums that are not what counting gives are corrected. No batch waits for it."""
    for statement in (_ALONE, _CORRECT):
        await statement.send(connection)
