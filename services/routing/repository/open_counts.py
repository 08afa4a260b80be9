"""How many open cases there are, kept as numbers: changed by the statement that saves cases, read instead of counting them.

A number is of one unit, officer, field, way of assignment and promised civil day: all that the lists' numbers, the reason why a
case needs a hand, and an officer's load are asked by. Lateness goes by civil day, so "late" and "today" are exact.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.civil import civil_day
from contracts.values import CIVIL_TIME
from messaging.statements import Statement
from services.routing.domain.stranded import NeedsHand
from services.routing.domain.work_list import Holding
from services.routing.repository.stranded import IS_OPEN, REASON
from services.routing.tables import OPEN

_KEY: Final = "unit, officer, field, by_rule, promised_on"


def _key_of(case: str) -> str:
    """Under which number a row of `routing_case` counts."""
    return f"""{case}.competent_unit AS unit, COALESCE({case}.officer, '') AS officer,
        COALESCE({case}.procedure ->> 'field', '') AS field, {case}.assigned_by IS NULL AS by_rule,
        CAST({case}.promised_at AT TIME ZONE '{CIVIL_TIME.key}' AS date) AS promised_on"""


# For a statement that saves cases: `given` are their rows as they will be; what they counted as is read from their rows, which
# are locked. Numbers change in key order, so batches that share some take turns, and never deadlock.
COUNTED: Final = f"""
    change AS (
        SELECT {_KEY}, sum(number) AS number FROM (
            SELECT {_key_of("given")}, 1 AS number FROM given WHERE {OPEN}
            UNION ALL
            SELECT {_key_of("c")}, -1 FROM routing_case c JOIN given USING (id)
            WHERE {IS_OPEN}
        ) AS moved GROUP BY {_KEY} HAVING sum(number) <> 0
    ), counted AS (
        INSERT INTO open_count AS o ({_KEY}, cases) SELECT {_KEY}, number FROM change ORDER BY {_KEY}
        ON CONFLICT ({_KEY}) DO UPDATE SET cases = o.cases + excluded.cases
    )
"""  # noqa: S608 -- our own words

# By primary key, a range for each unit; the officers' records by primary key.
_HOLDINGS = Statement(f"""
    WITH held AS (
        SELECT unit, officer, field, by_rule, CAST(sum(cases) AS bigint) AS open,
               CAST(sum(cases) FILTER (WHERE promised_on < :today) AS bigint) AS late,
               CAST(sum(cases) FILTER (WHERE promised_on = :today) AS bigint) AS today
        FROM open_count WHERE unit = ANY(:units) AND cases <> 0 GROUP BY unit, officer, field, by_rule
    )
    SELECT held.unit, held.officer, s.value ->> 'name' AS name, held.open, held.late, held.today,
           CASE WHEN held.officer <> '' THEN {REASON} END AS needs_hand
    FROM held LEFT JOIN state_copy s ON s.topic = 'directory.staff' AND s.id = held.officer
""")  # noqa: S608 -- our own words

# Two processes that correct at once would correct twice.
_ALONE = Statement("SELECT pg_advisory_xact_lock(hashtext('motcua routing: open counts'))")
# By index case_unit_open. One statement sees cases and numbers as they were saved together, and adds what lies between them: so
# whoever saves cases meanwhile need not wait.
_CORRECT = Statement(f"""
    INSERT INTO open_count AS o ({_KEY}, cases)
    SELECT {_KEY}, sum(number) FROM (
        SELECT {_key_of("c")}, 1 AS number FROM routing_case c WHERE {OPEN}
        UNION ALL SELECT {_KEY}, -cases FROM open_count
    ) AS both_ways GROUP BY {_KEY} HAVING sum(number) <> 0 ORDER BY {_KEY}
    ON CONFLICT ({_KEY}) DO UPDATE SET cases = o.cases + excluded.cases
""")  # noqa: S608 -- our own words
# Reads the whole table, which has no more rows than there are open cases. Waits for nobody: so it is in nobody's way.
_FORGET_EMPTY = Statement(f"""
    WITH empty AS (SELECT {_KEY} FROM open_count WHERE cases = 0 FOR UPDATE SKIP LOCKED)
    DELETE FROM open_count o USING empty e
    WHERE (o.unit, o.officer, o.field, o.by_rule, o.promised_on) = (e.unit, e.officer, e.field, e.by_rule, e.promised_on)
""")  # noqa: S608 -- our own words

_AS_KEY: Final = "concat_ws('|', unit, officer, field, by_rule, promised_on) AS key"
KEPT_ROWS: Final = f"SELECT {_AS_KEY}, cases::text AS value FROM open_count WHERE cases <> 0"  # noqa: S608 -- our own words
COUNTED_ROWS: Final = f"""
    SELECT {_AS_KEY}, count(*)::text AS value
    FROM (SELECT {_key_of("c")} FROM routing_case c WHERE {OPEN}) AS open_case GROUP BY {_KEY}
"""  # noqa: S608 -- our own words


async def holdings(connection: AsyncConnection, units: Sequence[str], now: datetime) -> list[Holding]:
    """Of these units' open cases: who holds how many, and why these need a hand if they do."""
    rows = await _HOLDINGS.rows(connection, {"units": list(units), "today": civil_day(now)})
    return [
        Holding(
            unit=row.unit,
            officer=row.officer or None,
            name=row.name,
            open=row.open,
            late=row.late or 0,
            today=row.today or 0,
            needs_hand=None if row.needs_hand is None else NeedsHand(row.needs_hand),
        )
        for row in rows
    ]


async def count_anew(connection: AsyncConnection) -> None:
    """All open cases; numbers that are not what counting gives are corrected. Nobody who saves cases waits for it."""
    for statement in (_ALONE, _CORRECT):
        await statement.send(connection)


async def forget_empty(connection: AsyncConnection) -> None:
    """Numbers that came to 0 are removed; one that somebody is changing stays."""
    await _FORGET_EMPTY.send(connection)
