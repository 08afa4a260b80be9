"""What is left of a limit is counted as the limit counts; and a date that intake counts again is routing's too."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from contracts.directory import LimitV1
from contracts.intake import DossierAcceptedV1, DossierRescheduledV1, Provisional
from contracts.values import CIVIL_TIME
from tests.support.reference_data import headers_for
from tests.support.routing_world import NOW, World, accepted, open_cases, process_batch, record, routing_world
from tests.support.servers import PostgresServer

FRIDAY = datetime(2026, 2, 27, 17, 0, tzinfo=CIVIL_TIME)
"""Eleven days after NOW, five of which work: NOW is in Tết, and the desk's Saturdays do not count."""
MONDAY = FRIDAY + timedelta(days=3)
WHY = Provisional(calendar="mot-cua", known_until=date(2026, 2, 28))


@pytest.fixture(scope="module")
async def world(postgres: PostgresServer) -> AsyncIterator[World]:
    async with routing_world(postgres, clock=NOW.isoformat()) as routing:
        yield routing


def counted(kind: Any, promised: datetime, **changes: Any) -> DossierAcceptedV1:
    """By a desk that is open on Saturday mornings too."""
    stated = {"limit": LimitV1.of({"kind": kind, "amount": 5}), "calendar": "mot-cua"} | changes
    return accepted(promised=promised).model_copy(update=stated)


def rescheduled(event: DossierAcceptedV1, promised: datetime) -> DossierRescheduledV1:
    facts = event.model_dump(exclude={"promised_at", "provisional"})
    return DossierRescheduledV1.model_validate({**facts, "promised_at": promised, "previous_at": event.promised_at})


async def read(world: World, case: str) -> dict[str, Any]:
    answer = await world.http.get(f"/api/routing/cases/{case}", headers=headers_for("minh", NOW))
    return dict(answer.json())


@pytest.mark.parametrize(
    ("kind", "calendar", "shown"),
    [
        pytest.param("working_days", "mot-cua", "Còn 5 ngày làm việc", id="no Tết, no Saturday desk, no Sunday"),
        pytest.param("working_hours", "mot-cua", "còn 37 giờ làm việc", id="hours for hours"),
        pytest.param("calendar_days", "mot-cua", "Còn 11 ngày", id="days of any kind for calendar days"),
        pytest.param("working_days", "khac", "Còn 11 ngày", id="the calendar has not come"),
        pytest.param(None, None, "Còn 11 ngày", id="an acceptance of an older release"),
    ],
)
async def test_days_left_are_the_days_that_the_limit_counts(
    world: World, kind: str | None, calendar: str | None, shown: str
) -> None:
    stated: dict[str, Any] = {"limit": None} if kind is None else {}
    (case,) = await open_cases(world.database, counted(kind or "working_days", FRIDAY, calendar=calendar, **stated))
    page = (await world.browser("minh").open(f"/routing/cases/{case}")).text
    assert f">{shown}<" in page
    assert shown in (await world.browser("son").open("/routing/cases?officer=all")).text


async def test_a_promise_that_may_still_move_is_provisional_here_too_and_comes_right(world: World) -> None:
    event = counted("working_days", FRIDAY, provisional=WHY)
    (case,) = await open_cases(world.database, event)
    before = (await world.browser("minh").open(f"/routing/cases/{case}")).text
    assert "tạm tính: lịch làm việc mới có đến hết 28/02/2026" in before
    assert (await read(world, case))["provisional"] == WHY.model_dump(mode="json")
    await process_batch(world.database, [record(case, rescheduled(event, MONDAY), 2)])
    after = await read(world, case)
    assert datetime.fromisoformat(after["promised_at"]) == MONDAY
    assert after["provisional"] is None
    assert "Còn 6 ngày làm việc" in (await world.browser("minh").open(f"/routing/cases/{case}")).text
