"""How lists behind numbers are read where there are many dossiers: a page costs what it shows, not what was decided since."""

import re
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contracts.values import CIVIL_TIME
from messaging.connections import make_engine
from services.reporting.domain.board import Waiting
from services.reporting.domain.definition import V1
from services.reporting.domain.figures import Measure
from services.reporting.domain.period import Period
from services.reporting.domain.question import GroupBy, Question
from services.reporting.repository import board, figures, kept_waiting
from services.reporting.repository.dossiers import counted_by
from services.reporting.tables import METADATA
from tests.support.noted_statements import noted_statements
from tests.support.reporting_events import NOW
from tests.support.servers import PostgresServer

# Forty a day for a thousand days, each decided four to seven days later; the last days wait.
_MANY = text("""
    INSERT INTO dossier (id, unit, unit_name, field, field_title, procedure, channel, status, code, accepted_at, accepted_on,
                         promised_at, promised_on, decided_at, decided_on, returned, known_since, intake_recorded_at,
                         case_recorded_at)
    SELECT 'd-' || n, 'H' || n % 7, 'H', 'dat-dai', 'Đất đai', '1', 'counter', CASE WHEN done IS NULL THEN 4 ELSE 9 END,
           'C' || n, day, day, day + 5, day + 5, done, done, 0, day, coalesce(done, day), done
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
        await kept_waiting.count_anew(connection)
    async with engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("VACUUM ANALYZE dossier, tally"))
    yield engine
    await engine.dispose()


async def test_what_waits_is_summed_and_no_dossier_is_read(large: AsyncEngine) -> None:
    with noted_statements(large) as statements:
        async with large.connect() as connection:
            waiting = await board.counts(connection, Question(period=YEAR), None, V1, SATURDAY)
            plan = await planned(connection, statements)
    assert waiting == {Waiting.DUE_SOON: 160, Waiting.UNASSIGNED: 0, Waiting.TO_FETCH: 39800, Waiting.UNFETCHED: 39420}
    assert "tally_pkey" in plan, plan
    assert "on dossier" not in plan


@pytest.mark.parametrize("waiting", Waiting)
async def test_a_list_of_what_waits_is_read_in_its_order(large: AsyncEngine, waiting: Waiting) -> None:
    """So that a page costs what it shows: nothing is sorted, and what somebody has is not read to find what nobody has."""
    with noted_statements(large) as statements:
        async with large.connect() as connection:
            await board.dossiers(connection, Question(period=YEAR), None, V1, SATURDAY, waiting, after=None, most=51)
            plan = await planned(connection, statements)
    index = {Waiting.DUE_SOON: "dossier_open", Waiting.UNASSIGNED: "dossier_unassigned"}.get(waiting, "dossier_to_fetch")
    assert f"Index Scan using {index} on dossier" in plan, plan
    assert "Sort" not in plan


async def test_as_of_a_past_instant_only_what_changed_since_is_read(large: AsyncEngine) -> None:
    """And of that only what had been accepted by then: a fortieth of all."""
    with noted_statements(large) as statements:
        async with large.connect() as connection:
            question = Question(period=YEAR, as_of=SATURDAY - timedelta(days=10))
            await figures.by_group(connection, question, None, V1, SATURDAY, GroupBy.UNIT)
            plan = await planned(connection, statements)
    assert "dossier_changed" in plan, plan
    assert "Seq Scan on dossier" not in plan
    assert not [name for name in re.findall(r"using (\w+) on dossier", plan) if name != "dossier_changed"]


async def planned(connection: AsyncConnection, statements: list[tuple[str, Any]]) -> str:
    ((statement, values),) = statements
    return "\n".join(line[0] for line in await connection.exec_driver_sql(f"EXPLAIN {statement}", values))


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
