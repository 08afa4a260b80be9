"""How many dossiers have each of the portal's statuses: a sum of rows, to which every save adds what it changes.

Nobody waits for anybody: no number is a row that two saves have to change. Many rows are replaced by their sums now and then.
"""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.statements import Statement

# For a statement that saves dossiers: `:rows` as they will be; what they were is read from their rows, which are locked.
COUNTED: Final = """
    given AS (SELECT id, status FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g (id text, status smallint)),
    counted AS (
        INSERT INTO status_count (status, dossiers)
        SELECT status, sum(number) FROM (
            SELECT status, 1 AS number FROM given UNION ALL SELECT d.status, -1 FROM dossier d JOIN given USING (id)
        ) AS moved GROUP BY status HAVING sum(number) <> 0
    )
"""
_BY_STATUS: Final = """
    SELECT status, CAST(sum(dossiers) AS bigint) AS number FROM status_count
    GROUP BY status HAVING sum(dossiers) <> 0 ORDER BY status
"""
_SUMS: Final = Statement(_BY_STATUS)
# Those that another process is replacing stay with it.
_FOLD: Final = Statement("""
    WITH free AS (SELECT id FROM status_count FOR UPDATE SKIP LOCKED),
         gone AS (DELETE FROM status_count c USING free WHERE c.id = free.id RETURNING c.status, c.dossiers)
    INSERT INTO status_count (status, dossiers)
    SELECT status, sum(dossiers) FROM gone GROUP BY status HAVING sum(dossiers) <> 0
""")
_COUNTED_ROWS: Final = "SELECT status, count(*) AS number FROM dossier GROUP BY status"
# Two processes that correct at once would correct twice.
_ALONE: Final = Statement("SELECT pg_advisory_xact_lock(hashtext('motcua intake: status counts'))")
# Reads an index of dossiers whole, once when a process starts. One statement sees dossiers and sums as they were saved
# together, and adds what lies between them: so whoever saves dossiers meanwhile need not wait.
_CORRECT: Final = Statement(f"""
    INSERT INTO status_count (status, dossiers)
    SELECT status, sum(number) FROM ({_COUNTED_ROWS} UNION ALL SELECT status, -dossiers FROM status_count) AS both_ways
    GROUP BY status HAVING sum(number) <> 0
""")  # noqa: S608 -- our own words

_VIEW: Final = "SELECT status::text AS key, number::text AS value FROM ({rows}) AS by_status"
KEPT_VIEW: Final = _VIEW.format(rows=_BY_STATUS)
COUNTED_VIEW: Final = _VIEW.format(rows=_COUNTED_ROWS)


async def by_status(connection: AsyncConnection) -> dict[int, int]:
    """How many dossiers of all units have each of the portal's statuses; those that none has are left out."""
    return {row.status: row.number for row in await _SUMS.rows(connection)}


async def fold(connection: AsyncConnection) -> None:
    """One row for each status, and those that were added meanwhile."""
    await _FOLD.send(connection)


async def count_anew(connection: AsyncConnection) -> None:
    """All dossiers; sums that are not what counting gives are corrected. Nobody who saves dossiers waits for it."""
    for statement in (_ALONE, _CORRECT):
        await statement.send(connection)
