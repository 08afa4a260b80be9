"""The clock finds what is near and what is overdue: each once, after days of downtime and with two processes at once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Final

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.intake import DossierAcceptedV1
from contracts.values import CIVIL_TIME
from services.routing import background
from services.routing.background import note_all_due
from tests.integration.routing.test_time_left import rescheduled
from tests.support.routing_world import NOW, accepted, open_cases, process_batch, record, routing_database, rows, running
from tests.support.servers import PostgresServer

DAYS_LATER: Final = datetime(2026, 3, 5, 9, 0, tzinfo=CIVIL_TIME)
PAST, NEAR, FAR = (DAYS_LATER + timedelta(days=days) for days in (-3, 1, 20))


@pytest.fixture
async def url(postgres: PostgresServer) -> str:
    return await postgres.create_database("routing")


@pytest.fixture
async def database(url: str) -> AsyncIterator[AsyncEngine]:
    engine = await routing_database(url)
    yield engine
    await engine.dispose()


def promised(at: datetime) -> DossierAcceptedV1:
    return accepted(promised=at).model_copy(update={"calendar": "mot-cua"})


async def said(database: AsyncEngine, case: str) -> list[str]:
    steps = await rows(database, "SELECT act FROM case_step WHERE case_id = :id ORDER BY number", id=case)
    return [step.act for step in steps if step.act in {"due-soon", "overdue"}]


async def test_days_of_downtime_and_each_is_found_once_as_what_it_is_now(url: str, database: AsyncEngine) -> None:
    past, near, far = await open_cases(database, promised(PAST), promised(NEAR), promised(FAR))
    async with running(url, clock=DAYS_LATER.isoformat()) as app:
        assert await note_all_due(app.state.process) == 2
        assert await note_all_due(app.state.process) == 0
    assert [await said(database, case) for case in (past, near, far)] == [["overdue"], ["due-soon"], []]
    async with running(url, clock=(DAYS_LATER + timedelta(days=2)).isoformat()) as app:
        assert await note_all_due(app.state.process) == 1
    assert await said(database, near) == ["due-soon", "overdue"]
    (published,) = await rows(database, "SELECT count(*) AS number FROM outbox WHERE type LIKE '%case.overdue%'")
    assert published.number == 2


async def test_two_processes_at_once_find_each_once(url: str, database: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "AT_ONCE", 2)
    cases = await open_cases(database, *(promised(PAST) for _ in range(5)))
    async with (
        running(url, clock=DAYS_LATER.isoformat()) as first,
        running(url, clock=DAYS_LATER.isoformat()) as second,
    ):
        noted = await asyncio.gather(note_all_due(first.state.process), note_all_due(second.state.process))
    assert sum(noted) == 5
    assert [await said(database, case) for case in cases] == [["overdue"]] * 5


async def test_a_promise_that_moves_becomes_due_again(url: str, database: AsyncEngine) -> None:
    event = promised(NEAR)
    (case,) = await open_cases(database, event)
    async with running(url, clock=DAYS_LATER.isoformat()) as app:
        await note_all_due(app.state.process)
        await process_batch(database, [record(case, rescheduled(event, FAR), 2)])
        assert await note_all_due(app.state.process) == 0
    async with running(url, clock=FAR.isoformat()) as app:
        assert await note_all_due(app.state.process) == 1
    assert await said(database, case) == ["due-soon", "due-soon"]


async def test_a_case_without_a_known_calendar_is_found_too(url: str, database: AsyncEngine) -> None:
    (case,) = await open_cases(database, accepted(promised=NOW + timedelta(days=1)))
    async with running(url, clock=NOW.isoformat()) as app:
        assert await note_all_due(app.state.process) == 1
    assert await said(database, case) == ["due-soon"]
