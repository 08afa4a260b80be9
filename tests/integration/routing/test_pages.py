"""The pages of routing as a browser gets them, while Kafka and intake are away; and what reconcile may ask."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from typing import Any

import httpx
import pytest

from tests.support.draft_pages import shows_draft
from tests.support.reference_data import INSURANCE, headers_for, people, staff_id
from tests.support.routing_world import NOW, World, accepted, open_cases, routing_world, rows
from tests.support.servers import PostgresServer


@pytest.fixture(scope="module")
async def world(postgres: PostgresServer) -> AsyncIterator[World]:
    """For tests about one case."""
    async with routing_world(postgres, clock=NOW.isoformat()) as routing:
        yield routing


@pytest.fixture
async def empty_world(postgres: PostgresServer) -> AsyncIterator[World]:
    """For tests about lists."""
    async with routing_world(postgres, clock=NOW.isoformat()) as routing:
        yield routing


def forms(page: httpx.Response) -> list[dict[str, str]]:
    """The hidden fields of each form of the page's own part, and where it goes as `action`."""
    own = page.text.partition("<main")[2]
    return [
        {"action": action}
        | {name: unescape(value) for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', inside)}
        for action, inside in re.findall(r'<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>', own, re.DOTALL)
    ]


def form_for(page: httpx.Response, end: str, **typed: str) -> dict[str, str]:
    """The one form that goes there (and decides so), filled in."""
    (form,) = [form for form in forms(page) if form["action"].endswith(end) and form.get("outcome") == typed.get("outcome")]
    return {name: value for name, value in form.items() if name != "action"} | typed


async def test_an_officers_list(empty_world: World) -> None:
    late, today, later = await open_cases(
        empty_world.database,
        accepted(promised=NOW - timedelta(days=2)),
        accepted(promised=NOW),
        accepted(promised=NOW + timedelta(days=9)),
    )
    (nobodys,) = await open_cases(empty_world.database, accepted(field="van-hoa"))
    page = await empty_world.browser("minh").open("/routing/cases")
    assert page.status_code == 200
    assert [page.text.index(case) for case in (late, today, later)] == sorted(page.text.index(c) for c in (late, today, later))
    assert nobodys not in page.text
    assert "Quá hạn 2 ngày" in page.text
    assert "Còn 9 ngày" in page.text
    assert re.findall(r'<span class="count">(\d+)</span></a>', page.text) == ["3", "1", "1", "1"]
    overdue = await empty_world.browser("minh").open("/routing/cases?officer=me&state=open&due=late")
    assert late in overdue.text
    assert today not in overdue.text


async def test_a_leader_sees_the_unit_and_every_number_opens_its_list(empty_world: World) -> None:
    mine, nobodys = await open_cases(empty_world.database, accepted(), accepted(field="van-hoa"))
    leader = empty_world.browser("son")
    page = await leader.open("/routing/cases")
    assert mine in page.text
    assert nobodys in page.text
    links = re.findall(r'href="(/routing/cases\?[^"]+)"', page.text)
    assert len(links) > 6
    for link in links:
        assert (await leader.open(link.replace("&amp;", "&"))).status_code == 200
    of_minh = await leader.open(f"/routing/cases?officer={staff_id('minh')}&state=open")
    assert f"Hồ sơ của {people()['minh'].name}" in of_minh.text
    assert mine in of_minh.text
    assert nobodys not in of_minh.text


async def test_a_long_list_goes_on_behind_its_last_line(empty_world: World) -> None:
    ids = await open_cases(empty_world.database, *(accepted(promised=NOW + timedelta(days=n)) for n in range(55)))
    minh = empty_world.browser("minh")
    first = await minh.open("/routing/cases")
    (link,) = re.findall(r'rel="next" href="([^"]+)"', first.text)
    second = await minh.open(link.replace("&amp;", "&"))
    seen = re.findall(r'href="/routing/cases/(d-[0-9a-f]+)"', first.text + second.text)
    assert seen == ids
    assert 'rel="next"' not in second.text


async def test_a_case_is_taken_and_granted_by_forms(world: World) -> None:
    (case,) = await open_cases(world.database, accepted(field="van-hoa"))
    minh = world.browser("minh")
    page = await minh.open(f"/routing/cases/{case}")
    assert f'hx-get="/api/intake/dossiers/{case}/applicant"' in page.text
    taken = await minh.submit(f"/routing/cases/{case}/assign", form_for(page, "/assign"))
    assert (taken.status_code, taken.headers["location"]) == (303, f"/routing/cases/{case}?done=assigned")
    page = await minh.open(taken.headers["location"])
    assert "Tự nhận" in page.text
    asked = await minh.submit(
        f"/routing/cases/{case}/decide", form_for(page, "/decide", outcome="granted", result_number="45/QĐ-UBND")
    )
    form = form_for(asked, "/decide", outcome="granted", sure="yes")
    for _ in range(2):  # F5 is no second decision
        granted = await minh.submit(f"/routing/cases/{case}/decide", form)
        assert granted.status_code == 303
    page = await minh.open(granted.headers["location"])
    assert "45/QĐ-UBND" in page.text
    assert forms(page) == []
    assert await world.history(case) == [(1, "opened"), (2, "assigned"), (3, "decided")]


async def test_a_form_without_its_reason_comes_back_and_says_so(world: World) -> None:
    (case,) = await open_cases(world.database, accepted())
    minh = world.browser("minh")
    form = form_for(await minh.open(f"/routing/cases/{case}"), "/decide", outcome="declined", reason="  ")
    page = await minh.submit(f"/routing/cases/{case}/decide", form)
    assert shows_draft(page)
    assert '<a href="#f-reason">Không giải quyết thì phải nêu lý do' in page.text
    page = await minh.submit(
        f"/routing/cases/{case}/decide", form_for(page, "/decide", outcome="declined", reason="Vì <b>thế</b>.")
    )
    assert "Vì &lt;b&gt;thế&lt;/b&gt;." in page.text
    page = await minh.submit(f"/routing/cases/{case}/decide", form_for(page, "/decide", outcome="declined", sure="yes"))
    assert page.status_code == 303
    page = await minh.open(page.headers["location"])
    assert "Vì &lt;b&gt;thế&lt;/b&gt;." in page.text


async def test_a_leader_moves_a_case_and_sees_a_wrong_choice_named(world: World) -> None:
    (case,) = await open_cases(world.database, accepted(unit=INSURANCE, field="bao-hiem"))
    leader = world.browser("dung")
    page = await leader.open(f"/routing/cases/{case}")
    wrong = await leader.submit(f"/routing/cases/{case}/assign", form_for(page, "/assign", officer="cb999"))
    assert shows_draft(wrong)
    assert 'href="#f-officer"' in wrong.text
    right = await leader.submit(f"/routing/cases/{case}/assign", form_for(wrong, "/assign", officer=staff_id("thao")))
    assert right.status_code == 303
    assert f"Giao cho {people()['thao'].name}" in (await leader.open(right.headers["location"])).text


async def test_a_form_of_an_older_version_is_refused_on_the_page_as_it_stands_now(world: World) -> None:
    (case,) = await open_cases(world.database, accepted())
    minh, leader = world.browser("minh"), world.browser("son")
    seen = await minh.open(f"/routing/cases/{case}")
    form = form_for(await leader.open(f"/routing/cases/{case}"), "/decide", outcome="granted", sure="yes")
    assert (await leader.submit(f"/routing/cases/{case}/decide", form)).status_code == 303
    late = await minh.submit(f"/routing/cases/{case}/decide", form_for(seen, "/decide", outcome="declined", reason="Vì thế."))
    assert shows_draft(late)
    assert "Vừa có người khác sửa ở đây" in late.text


async def test_a_colleague_reads_but_does_not_decide(world: World) -> None:
    (case,) = await open_cases(world.database, accepted(unit=INSURANCE, field="bao-hiem"))
    holder = (await rows(world.database, "SELECT officer FROM routing_case WHERE id = :case", case=case))[0].officer
    colleague = next(name for name in ("bich", "thao") if staff_id(name) != holder)
    page = await world.browser(colleague).open(f"/routing/cases/{case}")
    assert page.status_code == 200
    assert not [form for form in forms(page) if "/routing/" in form["action"]]
    assert "không quyết định được" in page.text


@pytest.mark.parametrize("username", ["hoa", "bich", "operator"])
async def test_others_are_shown_a_closed_door(world: World, username: str) -> None:
    (case,) = await open_cases(world.database, accepted())
    page = await world.browser(username).open(f"/routing/cases/{case}")
    assert page.status_code == 403
    assert "Bạn chưa có quyền vào đây" in page.text


async def test_a_form_of_another_site_is_refused(world: World) -> None:
    (case,) = await open_cases(world.database, accepted())
    minh = world.browser("minh")
    form = form_for(await minh.open(f"/routing/cases/{case}"), "/decide", outcome="granted", result_number="")
    forged = {name: value for name, value in form.items() if name != "csrf_token"}
    assert (await minh.submit(f"/routing/cases/{case}/decide", forged)).status_code == 403
    assert await world.history(case) == [(1, "opened"), (2, "assigned")]


async def test_pages_say_that_intake_was_not_reached_and_escape_what_they_show(world: World) -> None:
    (case,) = await open_cases(world.database, accepted(title='<script>alert("x")</script>'))
    for path in ("/routing/cases", f"/routing/cases/{case}"):
        page = await world.browser("minh").open(path)
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;" in page.text
        assert "Chưa nối được với bộ phận tiếp nhận" in page.text


@pytest.mark.parametrize("query", ["after=x", "state=x", "due=x", "unit=x", "officer=%00", "after=-99999999999999999.d-1"])
async def test_a_nonsense_address_is_a_clear_error(world: World, query: str) -> None:
    page = await world.browser("minh").open(f"/routing/cases?{query}")
    assert page.status_code == 422
    assert "Có chỗ chưa đúng" in page.text


async def test_pages_speak_english(world: World) -> None:
    (case,) = await open_cases(world.database, accepted())
    assert "My work" in (await world.browser("minh").open("/routing/cases?lang=en")).text
    assert "By competence" in (await world.browser("minh").open(f"/routing/cases/{case}?lang=en")).text


async def test_what_reconcile_may_ask(empty_world: World) -> None:
    event = accepted()
    (case,) = await open_cases(empty_world.database, event)
    views: dict[str, Any] = {}
    for view in ("routing-positions", "cases", "intake-positions"):
        headers = headers_for("operator", NOW)
        buckets = (await empty_world.http.get(f"/api/routing/reconcile/{view}", headers=headers)).json()["buckets"]
        (bucket,) = buckets
        views[view] = (await empty_world.http.get(f"/api/routing/reconcile/{view}/{bucket}", headers=headers)).json()["rows"]
    assert views == {"routing-positions": {case: "2"}, "cases": {case: event.code}, "intake-positions": {case: "1"}}


async def test_who_must_sign_in_to_give_cases_on_comes_back_to_the_list(world: World) -> None:
    """Not to the page of a case called "assign", which nobody finds."""
    answer = await world.http.post("/routing/cases/assign", data={"officer": "x"}, headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert httpx.URL(answer.headers["location"]).params["next"] == "/routing/cases"
