"""How lists behind numbers are read where there are many dossiers: a page costs what it shows, not what was decided since."""

import re
from collections.abc import AsyncIterator
from datetime import date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.values import CIVIL_TIME
from messaging.connections import make_engine
from services.reporting.domain.board import Waiting
from services.reporting.domain.definition import V1
from services.reporting.domain.figures import Measure
from services.reporting.domain.period import Period
from services.reporting.domain.question import Question
from services.reporting.repository import board
from services.reporting.repository.dossiers import counted_by
from services.reporting.tables import METADATA
from tests.support.noted_statements import noted_statements
from tests.support.reporting_events import NOW
from tests.support.servers import PostgresServer

# Forty a day for a thousand days, each decided four to seven days later; the last days wait.
_MANY = text("""
    INSERT INTO dossier (id, unit, unit_name, field, field_title, procedure, channel, status, code, accepted_at, accepted_on,
                         promised_at, promised_on, decided_at, decided_on, returned)
    SELECT 'd-' || n, 'H' || n % 7, 'H', 'dat-dai', 'Đất đai', '1', 'counter', CASE WHEN done IS NULL THEN 4 ELSE 9 END,
           'C' || n, day, day, day + 5, day + 5, done, done, 0
    FROM (SELECT n, day, CASE WHEN n < 39800 THEN day + 4 + n % 4 END AS done
          FROM (SELECT n, DATE '2023-05-20' + n / 40 AS day FROM generate_series(0, 39999) AS n) AS numbers) AS dossiers
""")
SATURDAY = datetime(2026, 2, 14, 9, tzinfo=CIVIL_TIME)
YEAR = Period(date(2025, 2, 14), date(2026, 2, 14))


@pytest.fixture(scope="module")
async def large(postgres: PostgresServer) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(await postgres.create_database("reporting_large"))
    async with engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
        await connection.execute(_MANY)
    async with engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("VACUUM ANALYZE dossier"))
    yield engine
    await engine.dispose()


async def test_what_waits_is_counted_in_two_passes(large: AsyncEngine) -> None:
    """One over what is not decided, and one over what nobody has fetched: neither over what is done."""
    with noted_statements(large) as statements:
        async with large.connect() as connection:
            waiting = await board.counts(connection, Question(period=YEAR), None, V1, SATURDAY)
            ((statement, values),) = statements
            plan = "\n".join(line[0] for line in await connection.exec_driver_sql(f"EXPLAIN {statement}", values))
    assert waiting == {Waiting.DUE_SOON: 160, Waiting.UNASSIGNED: 0, Waiting.TO_FETCH: 39800, Waiting.UNFETCHED: 39420}
    assert len(re.findall(r"Scan (?:using \w+ )?on dossier\b", plan)) == 2
    assert "dossier_open" in plan or "dossier_undecided" in plan


@pytest.mark.parametrize("scope", [None, frozenset({"H3"})], ids=["everything", "a unit"])
async def test_what_was_carried_over_is_found_by_its_keys(large: AsyncEngine, scope: frozenset[str] | None) -> None:
    """Those decided in the period number fourteen thousand, of which two hundred had been accepted before it."""
    with noted_statements(large) as statements:
        async with large.connect() as connection:
            question = Question(period=YEAR)
            rows = await counted_by(connection, question, scope, V1, NOW, Measure.CARRIED_OVER, after=None, most=51)
            ((statement, values),) = statements
            # At this size the index of decisions is as good, though it is read from the period's start on; rolled back.
            await connection.exec_driver_sql("DROP INDEX dossier_decided")
            lines = await connection.exec_driver_sql(f"EXPLAIN (ANALYZE) {statement}", values)
            plan = "\n".join(line[0] for line in lines)
    assert rows
    assert "dossier_decided_accepted" in plan, plan
    assert "Seq Scan" not in plan
    assert "Index Scan using dossier_pkey" in plan
    keys = [(row["accepted_on"], row["id"]) for row in rows]
    assert keys == sorted(keys)
    assert all(row["accepted_on"] < YEAR.start <= (row["decided_on"] or YEAR.start) for row in rows)
