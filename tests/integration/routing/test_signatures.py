"""Drafts and signatures on PostgreSQL: numbers without gap or double from several processes at once, the deputy, the round."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from contracts.directory import SigningV1
from services.routing.domain.history import Person
from services.routing.domain.register import NumberRegister
from services.routing.domain.signature import Signer
from services.routing.handlers.signature import sign
from services.routing.repository.cases import find_case
from services.routing.repository.publication import NumbersGiven
from tests.integration.routing.test_pages import form_for
from tests.support.draft_pages import shows_draft
from tests.support.reference_data import DISTRICT, INSURANCE, headers_for, people, staff_id
from tests.support.routing_world import (
    NOW,
    World,
    accepted,
    client,
    open_cases,
    routing_database,
    routing_world,
    rows,
    running,
)
from tests.support.servers import PostgresServer

SIGNING = SigningV1(kind="QĐ", number_format="{n}/{year}/{kind}")
GRANT = {"outcome": "granted"}
OPEN = [(1, "opened"), (2, "assigned")]
SUBMITTED = [*OPEN, (3, "submitted-for-signature")]


@pytest.fixture
async def world(postgres: PostgresServer) -> AsyncIterator[World]:
    async with routing_world(postgres, clock=NOW.isoformat()) as routing:
        yield routing


async def signed_here(world: World, count: int = 1) -> list[str]:
    """Cases of minh's that a leader of the district has to sign."""
    event = accepted().model_copy(update={"signing": SIGNING})
    events = [event.model_copy(update={"code": accepted().code}) for _ in range(count)]
    return await open_cases(world.database, *events)


async def waiting(world: World, count: int = 1) -> list[str]:
    cases = await signed_here(world, count)
    for case in cases:
        answer = await ask(world, "minh", f"{case}/submit", 2, GRANT)
        assert answer == (200, "submitted"), answer
    return cases


async def ask(world: World, username: str, path: str, version: int, body: object = None) -> tuple[int, str]:
    """Status, and the state or the refusal's code."""
    headers = headers_for(username, NOW, version=version)
    answer = await world.http.post(f"/api/routing/cases/{path}", json=body, headers=headers)
    known = answer.json()
    return answer.status_code, known.get("state") or known["code"]


async def detail(world: World, case: str) -> dict[str, object]:
    answer = await world.http.get(f"/api/routing/cases/{case}", headers=headers_for("son", NOW))
    return dict(answer.json())


async def numbers(world: World) -> list[str]:
    query = "SELECT result_number FROM routing_case WHERE result_number IS NOT NULL ORDER BY decided_at, id"
    return [row.result_number for row in await rows(world.database, query)]


async def test_a_draft_goes_to_the_leader_back_with_a_comment_and_is_signed_with_the_first_number(world: World) -> None:
    (case,) = await waiting(world)
    assert await ask(world, "minh", f"{case}/sign", 3) == (403, "case-only-leaders-sign")
    assert await ask(world, "son", f"{case}/return", 3, {"comment": "Ghi rõ thửa đất."}) == (200, "assigned")
    returned = await detail(world, case)
    assert (returned["signed_by_leader"], returned["proposal"]) == (True, None)
    assert [step["comment"] for step in returned["history"]] == [None, None, None, "Ghi rõ thửa đất."]  # type: ignore[attr-defined]
    assert await ask(world, "minh", f"{case}/submit", 4, GRANT) == (200, "submitted")
    assert await ask(world, "son", f"{case}/sign", 5) == (200, "decided")
    done = await detail(world, case)
    assert (done["result_number"], done["outcome"], done["officer"]) == ("1/2026/QĐ", "granted", staff_id("minh"))
    assert done["decided_by"] == {"id": staff_id("son"), "name": people()["son"].name}
    assert await world.published(case) == [
        *SUBMITTED, (4, "returned-to-officer"), (5, "submitted-for-signature"), (6, "signed"), (7, "decided"),
    ]  # fmt: skip
    assert await world.history(case) == await world.published(case)
    events = await rows(world.database, "SELECT payload FROM outbox WHERE aggregateid = :id", id=case)
    assert all("thửa đất." not in bytes(row.payload).decode() for row in events), "what a leader writes leaves with no event"


async def test_an_officer_cannot_decide_what_a_leader_signs(world: World) -> None:
    (case,) = await signed_here(world)
    assert await ask(world, "minh", f"{case}/decide", 2, GRANT) == (409, "case-needs-signature")
    assert await world.history(case) == OPEN


async def test_many_signatures_from_two_processes_at_once_take_each_number_once(postgres: PostgresServer) -> None:
    """Each draft is signed by both processes; one of the two is refused, and no number is lost to it."""
    url = await postgres.create_database("routing")
    database = await routing_database(url)
    settings = {"clock": NOW.isoformat()}
    async with (
        running(url, **settings) as left,
        running(url, **settings) as right,
        client(left) as first,
        client(right) as second,
    ):
        worlds = [World(database, first), World(database, second)]
        cases = await waiting(worlds[0], 12)
        answers = await asyncio.gather(*(ask(world, "son", f"{case}/sign", 3) for case in cases for world in worlds))
        assert sorted(status for status, _ in answers) == [200] * 12 + [412] * 12
        assert sorted(await numbers(worlds[0]), key=lambda number: int(number.split("/")[0])) == [
            f"{number}/2026/QĐ" for number in range(1, 13)
        ]
        (register,) = await rows(database, "SELECT * FROM number_register")
        assert (register.unit, register.kind, register.year, register.last) == (DISTRICT, "QĐ", 2026, 12)
    await database.dispose()


async def test_a_refusal_among_many_touches_its_own_case_and_takes_no_number(world: World) -> None:
    cases = await waiting(world, 3)
    seen = [{"case": case, "version": version} for case, version in zip(cases, (3, 2, 3), strict=True)]
    headers = headers_for("son", NOW)
    answer = await world.http.post("/api/routing/cases/sign", json={"cases": seen}, headers=headers)
    outcome = answer.json()
    assert [row["id"] for row in outcome["signed"]] == [cases[0], cases[2]]
    assert [(row["case"], row["code"]) for row in outcome["refused"]] == [(cases[1], "stale-write")]
    again = await world.http.post("/api/routing/cases/sign", json={"cases": seen}, headers=headers)
    assert again.json() == outcome, "the same request is the same signatures"
    assert await ask(world, "son", f"{cases[1]}/sign", 3) == (200, "decided")
    assert sorted(await numbers(world)) == ["1/2026/QĐ", "2/2026/QĐ", "3/2026/QĐ"]


async def insurance_draft(world: World, officer: str) -> tuple[str, int]:
    """A draft of this officer of the insurance agency, which dung leads, and its version."""
    event = accepted(unit=INSURANCE, field="bao-hiem").model_copy(update={"signing": SIGNING})
    (case,) = await open_cases(world.database, event)
    (row,) = await rows(world.database, "SELECT officer, version FROM routing_case WHERE id = :id", id=case)
    version = row.version
    if row.officer != staff_id(officer):
        assert (await ask(world, "dung", f"{case}/assign", version, {"officer": staff_id(officer)}))[0] == 200
        version += 1
    assert await ask(world, officer, f"{case}/submit", version, GRANT) == (200, "submitted")
    return case, version + 1


async def test_nobody_signs_their_own_draft(world: World) -> None:
    """Dung leads the insurance agency and works there as an officer."""
    case, version = await insurance_draft(world, "dung")
    assert await ask(world, "dung", f"{case}/sign", version) == (403, "case-own-draft")
    listing = await world.browser("dung").open("/routing/signing")
    assert case in listing.text
    assert 'name="drafts"' not in listing.text


async def test_the_deputy_of_an_absent_leader_sees_the_round_and_signs(world: World) -> None:
    """Thao stands in for dung today, and only today."""
    case, version = await insurance_draft(world, "bich")
    assert await ask(world, "thao", f"{case}/sign", version) == (403, "case-only-leaders-sign")
    today, tomorrow = str(NOW.date()), str(NOW.date() + timedelta(days=1))
    for first_day, status in ((tomorrow, 403), (today, 200)):
        absence = {"officer": staff_id("dung"), "deputy": staff_id("thao"), "first_day": first_day, "last_day": tomorrow}
        noted = await world.http.post("/api/routing/absences", json=absence, headers=headers_for("dung", NOW))
        assert noted.status_code == 200, noted.text
        counts = await world.http.get("/routing/counts.json", headers=headers_for("thao", NOW))
        assert counts.json()["to_sign"] == (status == 200)
        round_of_thao = await world.browser("thao").open("/routing/signing")
        assert (f'value="{case}:{version}"' in round_of_thao.text) == (status == 200)
        assert (await ask(world, "thao", f"{case}/sign", version))[0] == status
    (row,) = await rows(world.database, "SELECT decided_by, officer FROM routing_case WHERE id = :id", id=case)
    assert (row.decided_by, row.officer) == (staff_id("thao"), staff_id("bich"))


@pytest.mark.parametrize("deputy", ["hoa", "tam"])
async def test_a_leaders_deputy_works_in_the_same_unit(world: World, deputy: str) -> None:
    today = str(NOW.date())
    absence = {"officer": staff_id("son"), "deputy": staff_id(deputy), "first_day": today, "last_day": today}
    noted = await world.http.post("/api/routing/absences", json=absence, headers=headers_for("son", NOW))
    assert (noted.status_code, noted.json()["code"]) == (422, "deputy-not-here")


async def test_by_the_pages_a_draft_is_submitted_and_signed_only_with_its_box_ticked(world: World) -> None:
    (case,) = await signed_here(world)
    minh, son = world.browser("minh"), world.browser("son")
    page = await minh.open(f"/routing/cases/{case}")
    assert f"/routing/cases/{case}/decide" not in page.text
    done = await minh.submit(f"/routing/cases/{case}/submit", form_for(page, "/submit", outcome="granted"))
    assert done.headers["location"] == f"/routing/cases/{case}?done=submitted"
    assert "Chờ ký" in (await minh.open("/routing/cases")).text, "the officer's list says that it waits"
    own = await minh.open("/routing/signing")
    assert case in own.text
    assert 'type="checkbox"' not in own.text.partition("<main")[2], "who does not sign has nothing to tick"
    page = await son.open(f"/routing/cases/{case}")
    assert (await son.submit(f"/routing/cases/{case}/sign", form_for(page, "/sign"))).status_code == 303
    assert await world.history(case) == SUBMITTED, "no box, no signature"
    listing = await son.open("/routing/signing")
    nothing = await son.submit("/routing/signing", form_for(listing, "/routing/signing"))
    assert shows_draft(nothing)
    (box,) = re.findall(r'name="drafts" value="([^"]+)"', listing.text)
    signed = await son.submit("/routing/signing", form_for(listing, "/routing/signing", drafts=box))
    assert signed.headers["location"] == "/routing/signing?signed=1&kept=0"
    assert await world.history(case) == [*SUBMITTED, (4, "signed"), (5, "decided")]
    assert "1/2026/QĐ" in (await son.open(f"/routing/cases/{case}")).text


async def test_by_the_page_a_draft_is_returned_with_a_comment_that_the_officer_reads(world: World) -> None:
    (case,) = await waiting(world)
    son = world.browser("son")
    page = await son.open(f"/routing/cases/{case}")
    empty = await son.submit(f"/routing/cases/{case}/return", form_for(page, "/return", comment=""))
    assert shows_draft(empty)
    done = await son.submit(f"/routing/cases/{case}/return", form_for(page, "/return", comment="<b>Sửa</b> điều 2"))
    assert done.headers["location"] == f"/routing/cases/{case}?done=returned"
    shown = (await world.browser("minh").open(f"/routing/cases/{case}")).text
    assert "&lt;b&gt;Sửa&lt;/b&gt; điều 2" in shown
    assert f"/routing/cases/{case}/submit" in shown


async def test_the_round_counts_what_it_lists(world: World) -> None:
    cases = await waiting(world, 2)
    await signed_here(world)
    headers = headers_for("son", NOW)
    assert (await world.http.get("/routing/counts.json", headers=headers)).json()["to_sign"] == 2
    listed = await world.http.get("/api/routing/cases", params={"officer": "all", "state": "submitted"}, headers=headers)
    assert sorted(row["id"] for row in listed.json()["cases"]) == sorted(cases)
    assert {row["state"] for row in listed.json()["cases"]} == {"submitted"}
    assert (await world.http.get("/routing/counts.json", headers=headers_for("dung", NOW))).json()["to_sign"] == 0


async def test_a_register_that_a_restored_database_has_lost_is_raised_from_its_signatures(world: World) -> None:
    """And one that stands higher stays."""
    signatures = []
    register = NumberRegister(DISTRICT, "QĐ", 2026, 7)
    for case in await waiting(world, 2):
        async with world.database.connect() as connection:
            loaded = await find_case(connection, case)
        assert loaded is not None
        decision, after = sign(loaded, register, Signer(Person("cb-x", "X"), signs=True), NOW)
        assert after is not None
        register = after
        signatures.append(decision.events[0])
    for last, raised in ((8, 1), (9, 0), (11, 0)):
        given = NumbersGiven()
        for event in reversed(signatures):
            given.note(event)
        async with world.database.begin() as connection:
            await connection.execute(text("DELETE FROM number_register"))
            insert = text("INSERT INTO number_register VALUES (:unit, 'QĐ', 2026, :last)")
            await connection.execute(insert, {"unit": DISTRICT, "last": last})
            assert await given.save(connection) == raised
        (row,) = await rows(world.database, "SELECT last FROM number_register")
        assert row.last == max(last, 9)
