"""On which day a dossier begins and ends to be due soon, or to have waited too long; one unit's days; a list cut off."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from io import BytesIO

import httpx
import pytest
from openpyxl import load_workbook

from contracts.intake import DossierHandedOverV1
from services.reporting.pages import export
from tests.support.reference_data import COMMUNE, DISTRICT
from tests.support.reporting_events import DUE, LATE, Life, PublishedEvent
from tests.support.reporting_world import World, get_page
from tests.support.servers import PostgresServer

LATER = replace(DUE, number=902, promised=date(2026, 3, 25))
"""Promised for the day after the last one that is soon."""
FETCHED = Life(number=903, accepted=date(2026, 3, 2), promised=date(2026, 3, 9), decided=date(2026, 3, 9))
ELEVEN_DAYS, TEN_DAYS = replace(FETCHED, number=904), replace(FETCHED, number=905, decided=date(2026, 3, 10))
IN_THE_COMMUNE = replace(FETCHED, number=906, unit=COMMUNE, accepted=date(2026, 3, 19), promised=date(2026, 3, 30), decided=None)


def unfetched(life: Life) -> list[PublishedEvent]:
    return [event for event in life.events() if not isinstance(event.event, DossierHandedOverV1)]


@pytest.fixture(scope="module")
async def board(postgres: PostgresServer) -> AsyncIterator[httpx.AsyncClient]:
    async with World.empty(postgres) as world:
        lives = (DUE, LATER, FETCHED, IN_THE_COMMUNE, LATE)
        await world.read([event for life in lives for event in life.events()])
        await world.read([*unfetched(ELEVEN_DAYS), *unfetched(TEN_DAYS)])
        async with world.serving() as http:
            yield http


async def codes(http: httpx.AsyncClient, waiting: str) -> set[str]:
    html = (await get_page(http, f"/reporting/board/dossiers?waiting={waiting}")).text
    return set(re.findall(r"[HGP0-9.]+-\d{6}-\d{4}", html))


async def test_the_last_day_that_is_soon_is_soon_and_the_next_is_not(board: httpx.AsyncClient) -> None:
    assert await codes(board, "due_soon") == {DUE.code}
    urgent = (await get_page(board, "/reporting/board")).text.rpartition("<tbody>")[2]
    assert f"<b>{DUE.code[-4:]}</b>" in urgent
    assert f"<b>{LATER.code[-4:]}</b>" not in urgent


async def test_a_result_waits_until_it_is_fetched_and_too_long_after_ten_days(board: httpx.AsyncClient) -> None:
    assert await codes(board, "to_fetch") == {ELEVEN_DAYS.code, TEN_DAYS.code}
    assert await codes(board, "unfetched") == {ELEVEN_DAYS.code}


@pytest.mark.parametrize(("unit", "received"), [(COMMUNE, 1), (DISTRICT, 2)])
async def test_the_days_of_one_unit_are_its_own(board: httpx.AsyncClient, unit: str, received: int) -> None:
    html = (await get_page(board, f"/reporting/board?unit={unit}")).text
    assert f"Biểu đồ cột của 14 ngày: tiếp nhận {received}," in html


async def test_a_list_that_is_too_long_says_how_many_it_leaves_out(
    board: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MOST_LATE", 1)
    answer = await get_page(board, "/reporting/figures.xlsx?from=2026-03-01&through=2026-03-09", "operator")
    late = load_workbook(BytesIO(answer.content)).worksheets[1]
    assert [row[1].value for row in late.iter_rows(min_row=4)] == [TEN_DAYS.code, LATE.code]
    assert late.cell(2, 1).value is None
    monkeypatch.setattr(export, "MOST_LATE", 0)
    answer = await get_page(board, "/reporting/figures.xlsx?from=2026-03-01&through=2026-03-09", "operator")
    assert "Còn 2 hồ sơ trễ hạn nữa" in load_workbook(BytesIO(answer.content)).worksheets[1].cell(2, 1).value
