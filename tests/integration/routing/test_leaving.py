"""Somebody leaves, or is competent no more: their open cases need a hand, first of all, and are given on many at once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pytest

from contracts.directory import PostV1, StaffV1
from contracts.values import Role
from messaging.clock import system_clock
from services.routing.domain.stranded import NeedsHand, needs_hand
from services.routing.domain.work_list import CaseQuery, ListKind, by_officer, counts_of
from services.routing.repository import lists
from services.routing.repository.cases import find_case
from services.routing.repository.open_counts import holdings
from tests.support.draft_pages import shows_draft
from tests.support.reference_data import COMMUNE, DISTRICT, LIFETIME, PRIVATE_KEY, PUBLIC_KEY, headers_for, people, token_for
from tests.support.routing_world import NOW, Browser, World, accepted, add_staff, open_cases, routing_world
from tests.support.servers import PostgresServer
from web.csrf import csrf_token
from web.tokens import TokenClaims, sign, verify

MINH, SON = people()["minh"], people()["son"]
HELPER = StaffV1(
    id="x-helper",
    username="x-helper",
    name="Người Nhận Tiếp",
    active=True,
    tokens_valid_from=MINH.tokens_valid_from,
    posts=[PostV1(unit=DISTRICT, role=Role.OFFICER)],
)


def post(*fields: str, unit: str = DISTRICT, role: Role = Role.OFFICER) -> PostV1:
    return PostV1(unit=unit, role=role, fields=list(fields))


@pytest.fixture
async def world(postgres: PostgresServer) -> AsyncIterator[World]:
    async with routing_world(postgres) as made:
        yield made


@dataclass(frozen=True)
class Changed:
    """How minh's record is now, and what that makes of a case that the rule gave them, and of one that a leader did."""

    staff: dict[str, Any]
    by_rule: NeedsHand | None
    by_leader: NeedsHand | None


SITUATIONS = {
    "as before": Changed({}, None, None),
    "disabled": Changed({"active": False}, NeedsHand.LEFT, NeedsHand.LEFT),
    "no post": Changed({"posts": []}, NeedsHand.NO_POST, NeedsHand.NO_POST),
    "clerk only": Changed({"posts": [post(role=Role.CLERK)]}, NeedsHand.NO_POST, NeedsHand.NO_POST),
    "moved": Changed({"posts": [post("dat-dai", unit=COMMUNE)]}, NeedsHand.NO_POST, NeedsHand.NO_POST),
    "lost the field": Changed({"posts": [post("tu-phap")]}, NeedsHand.FIELD, None),
    "has it by another post": Changed({"posts": [post("tu-phap"), post("dat-dai")]}, None, None),
    "has it elsewhere only": Changed({"posts": [post("tu-phap"), post("dat-dai", unit=COMMUNE)]}, NeedsHand.FIELD, None),
    "all fields": Changed({"posts": [post()]}, None, None),
}


@pytest.mark.parametrize("situation", SITUATIONS.values(), ids=SITUATIONS)
async def test_a_list_and_a_case_agree_on_what_needs_a_hand(world: World, situation: Changed) -> None:
    by_rule, by_leader = await world.case(), await world.case("moi-truong")
    given = await world.post("son", f"{by_leader}/assign", {"officer": MINH.id}, 1)
    assert given.status_code == 200, given.text
    await add_staff(world.database, MINH.model_copy(update=situation.staff))
    expected = {by_rule: situation.by_rule, by_leader: situation.by_leader}
    staff = MINH.model_copy(update=situation.staff)
    async with world.database.connect() as connection:
        rows = await lists.case_rows(connection, CaseQuery(units=[DISTRICT]), NOW)
        alone = await lists.case_rows(connection, CaseQuery(units=[DISTRICT], kind=ListKind.NEEDS_HAND), NOW)
        cases = [await find_case(connection, ident) for ident in expected]
        held = await holdings(connection, [DISTRICT], NOW)
    assert {row.id: row.needs_hand for row in rows} == expected
    assert {row.id: row.needs_hand for row in alone} == {ident: why for ident, why in expected.items() if why}
    assert {case.id: needs_hand(case, staff) for case in cases if case is not None} == expected
    number = sum(why is not None for why in expected.values())
    counts = counts_of(held)
    assert (counts.open, counts.unassigned, counts.needs_hand) == (2, number, number)
    assert sum(row.open for row in by_officer(held)) == 2 - number
    for ident, why in expected.items():
        assert (await world.get("son", f"/{ident}"))["needs_hand"] == why


async def test_whose_record_is_gone_has_left_and_a_decided_case_needs_nobody(world: World) -> None:
    open_case, decided = await world.case(), await world.case()
    assert (await world.post("minh", f"{decided}/decide", {"outcome": "granted"}, 2)).status_code == 200
    async with world.database.begin() as connection:
        await connection.exec_driver_sql("UPDATE state_copy SET value = NULL WHERE topic = 'directory.staff' AND id = 'cb006'")
        await connection.exec_driver_sql("UPDATE state_revision SET revision = gen_random_uuid()")
    listed = await world.get("son", "?officer=all&state=needs-hand")
    assert [(case["id"], case["needs_hand"]) for case in listed["cases"]] == [(open_case, "left")]
    decided_ones = await world.get("son", "?officer=all&state=decided")
    assert [(case["id"], case["needs_hand"]) for case in decided_ones["cases"]] == [(decided, None)]


async def test_a_stranded_case_is_nobodys_in_lists_and_whoever_works_there_may_take_it(world: World) -> None:
    case, free = await world.case(), await world.case("moi-truong")
    await add_staff(world.database, HELPER)
    taken = await world.post("minh", f"{case}/assign", {"officer": HELPER.id}, 2)
    assert (taken.status_code, taken.json()["code"]) == (403, "case-only-leaders-reassign"), "while minh is there"
    await add_staff(world.database, MINH.model_copy(update={"active": False}), version=3)
    nobodys = await world.get("son", "?state=unassigned")
    assert {line["id"] for line in nobodys["cases"]} == {case, free}
    page = (await browser_of(world, "son").open("/routing/cases?officer=all")).text
    assert "Cần người nhận tiếp: 1 hồ sơ" in page
    assert f"{MINH.name} không còn làm việc trên hệ thống" in page
    given = await world.post("son", f"{case}/assign", {"officer": HELPER.id}, 2)
    assert (given.status_code, given.json()["version"]) == (200, 3)
    assert (await world.get("son", "?officer=all&state=needs-hand"))["cases"] == []


async def test_an_officer_takes_what_a_colleague_left(world: World) -> None:
    case = await world.case()
    tam = people()["tam"]
    await add_staff(world.database, MINH.model_copy(update={"active": False}), tam.model_copy(update={"posts": [post()]}))
    headers = headers_of(tam.model_copy(update={"posts": [post()]}))
    for version, status in ((1, 412), (2, 200)):
        answer = await world.http.post(
            f"/api/routing/cases/{case}/assign", json={"officer": tam.id}, headers=headers | {"If-Match": f'"{version}"'}
        )
        assert answer.status_code == status, answer.text
        headers |= {"Idempotency-Key": f"another-{version}"}


async def test_who_lost_the_field_keeps_the_case_if_the_leader_says_so(world: World) -> None:
    case = await world.case()
    await add_staff(world.database, MINH.model_copy(update={"posts": [post("tu-phap")]}))
    assert (await world.get("son", f"/{case}"))["needs_hand"] == "field"
    kept = await world.post("son", f"{case}/assign", {"officer": MINH.id}, 2)
    assert kept.status_code == 200, kept.text
    assert (await world.get("son", f"/{case}"))["needs_hand"] is None


async def test_many_cases_are_given_on_in_one_command_each_answered(world: World) -> None:
    first, stale, decided = [await world.case() for _ in range(3)]
    (elsewhere,) = await open_cases(world.database, accepted(unit=COMMUNE, field="tu-phap"))
    assert (await world.post("minh", f"{decided}/decide", {"outcome": "granted"}, 2)).status_code == 200
    await add_staff(world.database, MINH.model_copy(update={"active": False}), HELPER)
    wanted = [(first, 2), (stale, 1), (decided, 3), (elsewhere, 2), ("d-none", 1), (first, 2)]
    body = {"officer": HELPER.id, "cases": [{"case": case, "version": version} for case, version in wanted]}
    headers = headers_for("son")
    answer = await world.http.post("/api/routing/cases/assign", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["assigned"] == [{"id": first, "version": 3, "state": "assigned"}]
    assert [(refused["case"], refused["code"]) for refused in answer.json()["refused"]] == [
        (stale, "stale-write"),
        (decided, "case-already-decided"),
        (elsewhere, "forbidden"),
        ("d-none", "case-unknown"),
        (first, "stale-write"),
    ]
    assert all(refused["vi"] and refused["en"] for refused in answer.json()["refused"])
    again = await world.http.post("/api/routing/cases/assign", json=body, headers=headers)
    assert again.json() == answer.json(), "the same key gives the same answer"
    assert await world.published(first) == [(1, "opened"), (2, "assigned"), (3, "assigned")]
    assert await world.history(first) == await world.published(first)
    assert [len(await world.published(case)) for case in (stale, decided)] == [2, 3]


@pytest.mark.parametrize(("person", "status"), [("hoa", 403), ("quantri", 403), ("nga", 200)])
async def test_giving_on_is_for_those_who_work_on_cases(world: World, person: str, status: int) -> None:
    case = await world.case()
    body = {"officer": HELPER.id, "cases": [{"case": case, "version": 2}]}
    answer = await world.http.post("/api/routing/cases/assign", json=body, headers=headers_for(person))
    assert answer.status_code == status
    if status == 200:
        assert [refused["code"] for refused in answer.json()["refused"]] == ["case-unknown"], "a leader of another unit"
    assert len(await world.published(case)) == 2


async def test_a_leader_gives_them_on_from_the_page(world: World) -> None:
    cases = [await world.case() for _ in range(3)]
    await add_staff(world.database, MINH.model_copy(update={"active": False}), HELPER)
    browser = browser_of(world, "son")
    page = (await browser.open("/routing/cases?officer=all")).text
    for case in cases:
        assert f'name="cases" value="{case}:2" checked' in page
    assert page.index("Cần người nhận tiếp: 3 hồ sơ") < page.index("Hồ sơ, gấp nhất ở trên"), "first"
    assert f'<option value="{HELPER.id}">' in page
    proof = csrf_token(browser.token, verify(browser.token, PUBLIC_KEY).sid)
    form = {"csrf_token": proof, "idempotency_key": "give-on-0001"}
    nothing = await browser.submit("/routing/cases/assign", form | {"officer": HELPER.id})
    assert shows_draft(nothing)
    assert "Hồ sơ cần giao" in nothing.text
    form |= {"officer": HELPER.id, "idempotency_key": "give-on-0002"}
    chosen = [f"{cases[0]}:2", f"{cases[1]}:1"]
    done = await browser.submit("/routing/cases/assign", form | {"cases": chosen})
    assert (done.status_code, done.headers["location"]) == (303, "/routing/cases?officer=all&state=open&given=1&kept=1")
    after = (await browser.open(done.headers["location"])).text
    assert "Đã giao 1 hồ sơ" in after
    assert "Chưa giao được: 1" in after
    assert "Cần người nhận tiếp: 2 hồ sơ" in after
    for officer in (await browser.open(f"/routing/cases/{cases[1]}?lang=en")).text, after:
        assert MINH.name in officer


async def test_an_officer_is_not_asked_to_give_on(world: World) -> None:
    await world.case()
    await add_staff(world.database, MINH.model_copy(update={"posts": [post("tu-phap")]}))
    page = (await browser_of(world, "minh").open("/routing/cases?officer=all")).text
    assert "Cần người nhận tiếp" not in page
    assert f"{MINH.name} không còn phụ trách lĩnh vực này" in page


async def test_stranded_cases_page_without_gaps(world: World) -> None:
    cases = {await world.case() for _ in range(5)}
    await add_staff(world.database, MINH.model_copy(update={"active": False}))
    query, seen = CaseQuery(units=[DISTRICT], kind=ListKind.UNASSIGNED, limit=2), []
    while True:
        async with world.database.connect() as connection:
            rows = await lists.case_rows(connection, query, NOW)
        seen += [row.id for row in rows[:2]]
        if len(rows) < 3:
            break
        query = replace(query, after=lists.key_of(rows[1], query.kind))
    assert (len(seen), set(seen)) == (5, cases)


def browser_of(world: World, person: str) -> Browser:
    """At the machine's time, as the programs of these tests."""
    return Browser(world.http, token_for(person))


def headers_of(staff: StaffV1) -> dict[str, str]:
    """Of somebody whose posts are others than the sample's."""
    claims = TokenClaims.issue(
        staff_id=staff.id,
        username=staff.username,
        name=staff.name,
        roles=staff.roles(),
        sid=uuid4().hex,
        at=system_clock(),
        lifetime=LIFETIME,
    )
    return {"Authorization": f"Bearer {sign(claims, PRIVATE_KEY)}", "Idempotency-Key": str(uuid4())}
