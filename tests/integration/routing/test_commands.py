"""Commands on a case over HTTP: who may, effectively once, nothing overwritten unseen, and nothing half-written when refused."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.reference_data import DISTRICT, headers_for, people, staff_id
from tests.support.routing_world import World, routing_world
from tests.support.servers import PostgresServer

GRANT = {"outcome": "granted", "result_number": "12/QĐ-UBND"}
DECLINE = {"outcome": "declined", "reason": "Thửa đất đang tranh chấp."}


@pytest.fixture(scope="module")
async def world(postgres: PostgresServer) -> AsyncIterator[World]:
    async with routing_world(postgres) as routing:
        yield routing


async def test_the_officer_grants(world: World) -> None:
    case = await world.case()
    answer = await world.post("minh", f"{case}/decide", GRANT, 2)
    assert (answer.status_code, answer.json(), answer.headers["etag"]) == (
        200,
        {"id": case, "version": 3, "state": "decided"},
        '"3"',
    )
    detail = await world.get("minh", f"/{case}")
    assert (detail["outcome"], detail["result_number"], detail["decided_by"]["id"]) == ("granted", "12/QĐ-UBND", staff_id("minh"))
    steps = detail["history"]
    minh = {"id": staff_id("minh"), "name": people()["minh"].name}
    assert [(step["number"], step["act"]) for step in steps] == [(1, "opened"), (2, "assigned"), (3, "decided")]
    assert [(step["by"], step["officer"]) for step in steps] == [(None, None), (None, minh), (minh, minh)]
    assert await world.published(case) == [(1, "opened"), (2, "assigned"), (3, "decided")]


async def test_the_leader_declines_what_nobody_has(world: World) -> None:
    case = await world.case("van-hoa")
    answer = await world.post("son", f"{case}/decide", DECLINE, 1)
    assert answer.json()["version"] == 2
    detail = await world.get("son", f"/{case}")
    assert (detail["outcome"], detail["reason"], detail["officer"]) == ("declined", DECLINE["reason"], None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"outcome": "declined"}, "reason"),
        ({"outcome": "declined", "reason": "   "}, "reason"),
        ({"outcome": "declined", "reason": "Vì thế.", "result_number": "1"}, "result_number"),
        ({"outcome": "granted", "reason": "Vì thế."}, "reason"),
        ({"outcome": "perhaps"}, "outcome"),
        ({}, "outcome"),
        ({"outcome": "granted", "result_number": "a\0b"}, "result_number"),
        ({"outcome": "granted", "result_number": 10**30}, "result_number"),
        ({"outcome": "granted", "result_number": "x" * 501}, "result_number"),
        ([1, 2], "body"),
    ],
)
async def test_an_impossible_decision_is_refused_at_its_field(world: World, body: Any, field: str) -> None:
    case = await world.case()
    answer = await world.post("minh", f"{case}/decide", body, 2)
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert problem["vi"]
    assert field in {error["field"] for error in problem["errors"]}
    assert await world.published(case) == [(1, "opened"), (2, "assigned")]


@pytest.mark.parametrize(
    ("username", "status", "code"),
    [
        ("bich", 403, "forbidden"),  # an officer of another unit, and a clerk of this one
        ("hoa", 403, "forbidden"),  # a clerk of this unit
        ("dung", 404, "case-unknown"),  # a leader, of another unit
    ],
)
async def test_only_officers_and_leaders_of_the_competent_unit(world: World, username: str, status: int, code: str) -> None:
    case = await world.case()
    for answer in (
        await world.post(username, f"{case}/decide", GRANT, 2),
        await world.post(username, f"{case}/assign", {"officer": staff_id("minh")}, 2),
        await world.http.get(f"/api/routing/cases/{case}", headers=headers_for(username)),
    ):
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await world.published(case) == [(1, "opened"), (2, "assigned")]


async def test_an_officer_cannot_decide_before_taking(world: World) -> None:
    case = await world.case("van-hoa")
    answer = await world.post("minh", f"{case}/decide", GRANT, 1)
    assert (answer.status_code, answer.json()["code"]) == (403, "case-somebody-elses")
    assert (await world.post("minh", f"{case}/assign", {"officer": staff_id("minh")}, 1)).status_code == 200
    assert (await world.post("minh", f"{case}/decide", GRANT, 2)).status_code == 200


@pytest.mark.parametrize("officer", ["cb999", staff_id("hoa"), staff_id("bich"), staff_id("son")])
async def test_a_case_is_given_to_officers_of_the_unit_only(world: World, officer: str) -> None:
    case = await world.case("van-hoa")
    answer = await world.post("son", f"{case}/assign", {"officer": officer}, 1)
    assert (answer.status_code, answer.json()["code"]) == (422, "officer-not-here")
    assert await world.published(case) == [(1, "opened")]


async def test_the_history_names_who_took_it(world: World) -> None:
    case = await world.case("van-hoa")
    assert (await world.post("son", f"{case}/assign", {"officer": staff_id("minh")}, 1)).status_code == 200
    last = (await world.get("minh", f"/{case}"))["history"][-1]
    assert (last["act"], last["by"]["id"], last["officer"]["id"]) == ("assigned", staff_id("son"), staff_id("minh"))
    assert await world.history(case) == await world.published(case) == [(1, "opened"), (2, "assigned")]


async def test_sent_again_it_is_answered_again_and_done_once(world: World) -> None:
    case = await world.case()
    key = {"Idempotency-Key": f"again-{case}"}
    first = await world.post("minh", f"{case}/decide", GRANT, 2, **key)
    second = await world.post("minh", f"{case}/decide", GRANT, 2, **key)
    assert first.json() == second.json()
    assert len(await world.published(case)) == 3
    other = await world.post("minh", f"{case}/decide", DECLINE, 2, **key)
    assert (other.status_code, other.json()["code"]) == (422, "key-reused")


# --- commands that cross: the second was made on what the first has changed -------------------------------


async def test_decide_against_decide(world: World) -> None:
    case = await world.case()
    assert (await world.post("son", f"{case}/decide", DECLINE, 2)).status_code == 200
    assert (await world.post("minh", f"{case}/decide", GRANT, 2)).status_code == 412
    again = await world.post("minh", f"{case}/decide", GRANT, 3)
    assert (again.status_code, again.json()["code"]) == (409, "case-already-decided")


async def test_decide_against_assign(world: World) -> None:
    case = await world.case("van-hoa")
    assert (await world.post("son", f"{case}/decide", GRANT, 1)).status_code == 200
    assert (await world.post("minh", f"{case}/assign", {"officer": staff_id("minh")}, 1)).status_code == 412
    again = await world.post("minh", f"{case}/assign", {"officer": staff_id("minh")}, 2)
    assert (again.status_code, again.json()["code"]) == (409, "case-already-decided")


async def test_assign_against_decide(world: World) -> None:
    case = await world.case("van-hoa")
    assert (await world.post("minh", f"{case}/assign", {"officer": staff_id("minh")}, 1)).status_code == 200
    assert (await world.post("son", f"{case}/decide", GRANT, 1)).status_code == 412
    assert (await world.post("son", f"{case}/decide", GRANT, 2)).status_code == 200


async def test_assign_against_assign(world: World) -> None:
    case = await world.case("van-hoa")
    assert (await world.post("son", f"{case}/assign", {"officer": staff_id("minh")}, 1)).status_code == 200
    assert (await world.post("minh", f"{case}/assign", {"officer": staff_id("minh")}, 1)).status_code == 412
    again = await world.post("minh", f"{case}/assign", {"officer": staff_id("minh")}, 2)
    assert (again.status_code, again.json()["code"]) == (409, "case-already-theirs")


@pytest.mark.parametrize("path", ["decide", "assign"])
async def test_headers_are_owed(world: World, path: str) -> None:
    case = await world.case()
    body = GRANT if path == "decide" else {"officer": staff_id("minh")}
    headers = headers_for("son", version=2)
    for missing, status in (("Idempotency-Key", 400), ("If-Match", 428), ("Authorization", 401)):
        incomplete = {name: value for name, value in headers.items() if name != missing}
        answer = await world.http.post(f"/api/routing/cases/{case}/{path}", json=body, headers=incomplete)
        assert answer.status_code == status
    assert len(await world.published(case)) == 2


async def test_an_unknown_case_is_said_to_be_unknown(world: World) -> None:
    answer = await world.post("minh", "d-nobody/decide", GRANT, 1)
    assert (answer.status_code, answer.json()["code"]) == (404, "case-unknown")
    assert (await world.http.get("/api/routing/cases/d-nobody", headers=headers_for("minh"))).status_code == 404


async def test_lists_of_the_api(world: World) -> None:
    mine, nobodys = await world.case(), await world.case("van-hoa")
    assert mine in {case["id"] for case in (await world.get("minh", "?limit=200"))["cases"]}
    assert nobodys not in {case["id"] for case in (await world.get("minh", "?limit=200"))["cases"]}
    unassigned = (await world.get("minh", f"?unit={DISTRICT}&state=unassigned&limit=200"))["cases"]
    assert nobodys in {case["id"] for case in unassigned}
    assert {case["state"] for case in unassigned} == {"unassigned"}
    for query, status in (("?unit=H99.21.05.13", 403), ("?after=rubbish", 422), ("?state=nonsense", 422), ("?limit=0", 422)):
        assert (await world.http.get(f"/api/routing/cases{query}", headers=headers_for("minh"))).status_code == status


async def test_a_list_goes_on_from_the_cursor_that_it_gave_out_itself(world: World) -> None:
    ids = {await world.case("nong-nghiep") for _ in range(3)}
    query, answers = f"?unit={DISTRICT}&state=unassigned&limit=1", []
    answers.append(await world.get("minh", query))
    while answers[-1]["next"] is not None:
        answers.append(await world.get("minh", f"{query}&after={answers[-1]['next']}"))
    listed = [case["id"] for answer in answers for case in answer["cases"]]
    assert ids <= set(listed)
    assert len(set(listed)) == len(listed) == len(answers)
    foreign = f"?state=decided&after={answers[0]['next']}"
    answer = await world.http.get(f"/api/routing/cases{foreign}", headers=headers_for("minh"))
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-cursor")
    assert [error["field"] for error in answer.json()["errors"]] == ["after"]
