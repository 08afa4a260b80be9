"""A decision by the pages: asked for, confirmed, and never made by a key pressed in a field; what a late form says of it."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.integration.routing.test_pages import form_for
from tests.support.draft_pages import shows_draft
from tests.support.reference_data import INSURANCE, people
from tests.support.routing_world import NOW, Browser, World, accepted, open_cases, routing_world
from tests.support.servers import PostgresServer

OPEN = [(1, "opened"), (2, "assigned")]


@pytest.fixture(scope="module")
async def world(postgres: PostgresServer) -> AsyncIterator[World]:
    async with routing_world(postgres, clock=NOW.isoformat()) as routing:
        yield routing


async def decide(browser: Browser, page: httpx.Response, case: str, **typed: str) -> httpx.Response:
    return await browser.submit(f"/routing/cases/{case}/decide", form_for(page, "/decide", **typed))


def part(page: httpx.Response, heading: str) -> str:
    """From a heading of the page to the end of its section; empty where there is none."""
    return page.text.partition(heading)[2].partition("</section>")[0]


async def test_enter_in_the_field_of_the_result_number_asks_and_decides_nothing(world: World) -> None:
    (case,) = await open_cases(world.database, accepted())
    minh = world.browser("minh")
    page = await minh.open(f"/routing/cases/{case}")
    asked = await decide(minh, page, case, outcome="granted", result_number="45/QĐ")
    assert shows_draft(asked)
    assert "Chấp thuận hồ sơ này, có kết quả?" in asked.text
    assert "45/QĐ" in asked.text
    assert await world.history(case) == OPEN
    inputs = re.findall(r'<input[^>]*type="([^"]+)"', asked.text.partition("<main")[2])
    assert set(inputs) == {"hidden"}
    done = await decide(minh, asked, case, outcome="granted", sure="yes")
    assert done.status_code == 303
    assert await world.history(case) == [*OPEN, (3, "decided")]


async def test_who_thinks_better_of_it_gets_back_what_was_typed(world: World) -> None:
    (case,) = await open_cases(world.database, accepted())
    minh = world.browser("minh")
    page = await minh.open(f"/routing/cases/{case}")
    asked = await decide(minh, page, case, outcome="declined", reason="Thiếu căn cứ")
    assert "Từ chối giải quyết hồ sơ này?" in asked.text
    back = await decide(minh, asked, case, outcome="declined", sure="no")
    assert shows_draft(back)
    assert re.search(r'<textarea id="f-reason"[^>]*>Thiếu căn cứ</textarea>', back.text)
    assert await world.history(case) == OPEN


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"outcome": "declined", "reason": ""}, "Không giải quyết thì phải nêu lý do"),
        ({"outcome": "granted", "result_number": "x" * 501}, "chỉ được dài đến"),
    ],
)
async def test_what_cannot_be_decided_is_refused_before_anybody_is_asked(
    world: World, typed: dict[str, str], problem: str
) -> None:
    (case,) = await open_cases(world.database, accepted())
    minh = world.browser("minh")
    page = await minh.open(f"/routing/cases/{case}")
    refused = await decide(minh, page, case, **typed)
    assert shows_draft(refused)
    assert problem in refused.text
    assert 'name="sure"' not in refused.text


async def test_who_may_not_decide_is_refused_before_being_asked(world: World) -> None:
    (case,) = await open_cases(world.database, accepted(field="van-hoa"))
    son = world.browser("son")
    minh = world.browser("minh")
    form = form_for(await son.open(f"/routing/cases/{case}"), "/decide", outcome="granted")
    own = re.search(r'name="csrf_token" value="([^"]+)"', (await minh.open(f"/routing/cases/{case}")).text)
    assert own is not None
    refused = await minh.submit(f"/routing/cases/{case}/decide", form | {"csrf_token": own[1]})
    assert refused.status_code == 403
    assert "Hãy nhận hồ sơ trước khi quyết định" in refused.text


@pytest.mark.parametrize("sure", ["", "yes"])
async def test_a_late_decision_reads_who_decided_what_and_keeps_its_reason(world: World, sure: str) -> None:
    (case,) = await open_cases(world.database, accepted())
    son = world.browser("son")
    minh = world.browser("minh")
    seen = await minh.open(f"/routing/cases/{case}")
    page = await son.open(f"/routing/cases/{case}")
    assert (await decide(son, page, case, outcome="granted", sure="yes")).status_code == 303
    late = await decide(minh, seen, case, outcome="declined", reason="Thiếu căn cứ", sure=sure)
    assert shows_draft(late)
    meanwhile = part(late, "Đã đổi từ khi bạn mở trang này")
    assert people()["son"].name in meanwhile
    assert "Chấp thuận, có kết quả" in meanwhile
    assert "Tới đơn vị" not in meanwhile
    assert "Thiếu căn cứ" in part(late, "Bạn đã nhập")
    assert "Đã đổi từ khi" not in (await minh.open(f"/routing/cases/{case}")).text


async def test_giving_a_case_to_nobody_says_whom_to_choose(world: World) -> None:
    (case,) = await open_cases(world.database, accepted(unit=INSURANCE, field="bao-hiem"))
    leader = world.browser("dung")
    form = form_for(await leader.open(f"/routing/cases/{case}"), "/assign", officer="")
    nobody = await leader.submit(f"/routing/cases/{case}/assign", form)
    assert shows_draft(nobody)
    assert "Hãy điền hoặc chọn “Người xử lý”" in nobody.text
