"""Work lists: officer, state, due date and unit hold together, on the page and in the API; and an empty list says of what."""

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from tests.support.list_filters import hold_together
from tests.support.reference_data import INSURANCE, headers_for, people, staff_id
from tests.support.routing_world import NOW, World, accepted, open_cases, routing_world
from tests.support.servers import PostgresServer

PROMISES = [NOW - timedelta(days=3), NOW, NOW + timedelta(days=9)]


@pytest.fixture(scope="module")
async def world(postgres: PostgresServer) -> AsyncIterator[World]:
    """Cases of two officers at one unit, late, of today and later."""
    async with routing_world(postgres, clock=NOW.isoformat()) as routing:
        events = [accepted(unit=INSURANCE, field="bao-hiem", promised=promised) for promised in PROMISES for _ in range(4)]
        await open_cases(routing.database, *events)
        yield routing


FILTERS = {"officer": [staff_id("bich"), staff_id("thao")], "due": ["late", "today"]}


async def test_api_filters_hold_together(world: World) -> None:
    async def ask(query: Mapping[str, str]) -> Iterable[str]:
        answer = await world.http.get("/api/routing/cases", params={"officer": "all", **query}, headers=headers_for("dung", NOW))
        return [case["id"] for case in answer.json()["cases"]]

    await hold_together(ask, FILTERS)


async def test_page_filters_hold_together(world: World) -> None:
    leader = world.browser("dung")

    async def ask(query: Mapping[str, str]) -> Iterable[str]:
        page = await leader.open(f"/routing/cases?{urlencode({'officer': 'all', **query})}")
        return re.findall(r'href="/routing/cases/(d-[0-9a-f]+)"', page.text)

    await hold_together(ask, FILTERS)


@pytest.mark.parametrize("due", ["", "late", "today"])
@pytest.mark.parametrize("state", ["decided", "unassigned", "needs-hand", "submitted"])
async def test_an_empty_list_says_of_what(world: World, state: str, due: str) -> None:
    leader = world.browser("dung")
    page = await leader.open(f"/routing/cases?officer=all&unit={INSURANCE}&state={state}" + (f"&due={due}" if due else ""))
    nothing = page.text.partition('<div class="empty">')[2].partition("</div>")[0]
    assert "Bảo hiểm xã hội huyện Hà An" in nothing
    said = {
        "decided": "chưa có hồ sơ nào giải quyết xong",
        "unassigned": "không có hồ sơ nào chưa phân công",
        "needs-hand": "không có hồ sơ nào cần giao lại",
        "submitted": "không có dự thảo nào chờ ký",
    }
    assert said[state] in nothing
    only = {"late": "Chỉ tìm những hồ sơ đã quá ngày hẹn trả.", "today": "Chỉ tìm những hồ sơ hẹn trả hôm nay."}
    assert [name for name, text in only.items() if text in nothing] == ([due] if due else [])


async def test_an_officers_empty_list_names_whose_it_is(world: World) -> None:
    page = await world.browser("son").open(f"/routing/cases?officer={staff_id('minh')}")
    assert f"Hồ sơ của {people()['minh'].name} ở các đơn vị của bạn: không có hồ sơ nào đang xử lý." in page.text
