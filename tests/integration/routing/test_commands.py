"""Commands on a case over HTTP: who may, once in effect, nothing overwritten unseen, and nothing half-written when refused."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.support.reference_data import DISTRICT, headers_for, staff_id
from tests.support.routing_world import accepted, client, open_cases, routing_database, rows, running
from tests.support.servers import PostgresServer


@dataclass(frozen=True)
class World:
    database: AsyncEngine
    http: httpx.AsyncClient

    async def case(self, field: str = "dat-dai") -> str:
        """A case just opened: `dat-dai` is minh's, in version 2; a field that nobody covers stays with nobody, in version 1."""
        return (await open_cases(self.database, accepted(field=field)))[0]

    async def post(self, username: str, path: str, body: object, version: int, **headers: str) -> httpx.Response:
        given = headers_for(username, version=version) | headers
        return await self.http.post(f"/api/routing/cases/{path}", json=body, headers=given)

    async def get(self, username: str, path: str) -> Any:
        answer = await self.http.get(f"/api/routing/cases{path}", headers=headers_for(username))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def told(self, case: str) -> list[tuple[int, str]]:
        """What the outbox has about it: (sequence, what happened)."""
        found = await rows(self.database, "SELECT sequence, type FROM outbox WHERE aggregateid = :id ORDER BY position", id=case)
        return [(row.sequence, row.type.split(".")[4]) for row in found]


GRANT = {"outcome": "granted", "result_number": "12/QĐ-UBND"}
DECLINE = {"outcome": "declined", "reason": "Thửa đất đang tranh chấp."}


@pytest.fixture(scope="module")
async def world(postgres: PostgresServer) -> AsyncIterator[World]:
    url = await postgres.create_database("routing")
    database = await routing_database(url)
    async with running(url) as app, client(app) as http:
        yield World(database, http)
    await database.dispose()


async def test_the_officer_grants(world: World) -> None:
    case = await world.case()
    answer = await world.post("minh", f"{case}/decide", GRANT, 2)
    assert (answer.status_code, answer.json(), answer.headers["etag"]) == (
        200,
        {"id": case, "version": 3, "state": "decided"},
        '"3"',
    )
    found = await world.get("minh", f"/{case}")
    assert (found["outcome"], found["result_number"], found["decided_by"]["id"]) == ("granted", "12/QĐ-UBND", staff_id("minh"))
    assert [(step["number"], step["act"]) for step in found["history"]] == [(1, "opened"), (2, "assigned"), (3, "decided")]
    assert await world.told(case) == [(1, "opened"), (2, "assigned"), (3, "decided")]


async def test_the_leader_declines_what_nobody_has(world: World) -> None:
    case = await world.case("van-hoa")
    answer = await world.post("son", f"{case}/decide", DECLINE, 1)
    assert answer.json()["version"] == 2
    found = await world.get("son", f"/{case}")
    assert (found["outcome"], found["reason"], found["officer"]) == ("declined", DECLINE["reason"], None)


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
    assert await world.told(case) == [(1, "opened"), (2, "assigned")]


@pytest.mark.parametrize(
    ("username", "code"),
    [
        ("bich", "forbidden"),  # an officer, of another unit
        ("hoa", "forbidden"),  # a clerk of this unit
        ("dung", "forbidden"),  # a leader, of another unit
    ],
)
async def test_only_officers_and_leaders_of_the_competent_unit(world: World, username: str, code: str) -> None:
    case = await world.case()
    for answer in (
        await world.post(username, f"{case}/decide", GRANT, 2),
        await world.post(username, f"{case}/assign", {"officer": staff_id("minh")}, 2),
        await world.http.get(f"/api/routing/cases/{case}", headers=headers_for(username)),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert await world.told(case) == [(1, "opened"), (2, "assigned")]


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
    assert await world.told(case) == [(1, "opened")]


async def test_sent_again_it_is_answered_again_and_done_once(world: World) -> None:
    case = await world.case()
    key = {"Idempotency-Key": f"again-{case}"}
    first = await world.post("minh", f"{case}/decide", GRANT, 2, **key)
    second = await world.post("minh", f"{case}/decide", GRANT, 2, **key)
    assert first.json() == second.json()
    assert len(await world.told(case)) == 3
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
        given = {name: value for name, value in headers.items() if name != missing}
        answer = await world.http.post(f"/api/routing/cases/{case}/{path}", json=body, headers=given)
        assert answer.status_code == status
    assert len(await world.told(case)) == 2


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
