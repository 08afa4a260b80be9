"""Intake asks for a case to be closed: it leaves every list of open ones, or was decided first; both are told who did what."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from contracts.intake import DossierAcceptedV1, DossierWithdrawalRequestedV1
from contracts.values import WithdrawalReason
from messaging.clock import system_clock
from services.routing.repository.officers import loads_of
from services.routing.repository.open_counts import holdings
from tests.integration.routing.test_pages import form_for
from tests.support.reference_data import DISTRICT, token_for
from tests.support.routing_world import NOW, Browser, World, accepted, new_id, process_batch, record, routing_world, rows
from tests.support.servers import PostgresServer

GRANT = {"outcome": "granted"}
DUPLICATE = {"reason": WithdrawalReason.DUPLICATE, "duplicate_of": "000.00.21.H99-260216-0777"}


@pytest.fixture
async def world(postgres: PostgresServer) -> AsyncIterator[World]:
    async with routing_world(postgres) as routing:
        yield routing


def asked_back(of: DossierAcceptedV1, **why: Any) -> DossierWithdrawalRequestedV1:
    facts = of.model_dump(include=set(DossierWithdrawalRequestedV1.model_fields))
    why = why or {"reason": WithdrawalReason.APPLICANT}
    return DossierWithdrawalRequestedV1.model_validate(facts | {"by": "cb005", "by_name": "Hoa"} | why)


def browser(world: World, username: str) -> Browser:
    return Browser(world.http, token_for(username, system_clock()))


async def open_case(world: World) -> tuple[str, DossierAcceptedV1]:
    event, case = accepted(), new_id()
    await process_batch(world.database, [record(case, event, 1)])
    return case, event


async def ask_back(world: World, case: str, event: DossierAcceptedV1, **why: Any) -> None:
    await process_batch(world.database, [record(case, asked_back(event, **why), 2)])


async def listed(world: World, username: str, **query: str) -> list[str]:
    given = "&".join(f"{name}={value}" for name, value in query.items())
    return [row["id"] for row in (await world.get(username, f"?{given}"))["cases"]]


async def test_a_withdrawn_case_leaves_every_list_and_its_officer_s_hands(world: World) -> None:
    case, event = await open_case(world)
    nobodys = await world.case(field="moi-truong")
    assert await listed(world, "minh", officer="me") == [case]
    await ask_back(world, case, event)
    await ask_back(world, nobodys, accepted())
    for state in ("open", "unassigned", "needs-hand", "decided"):
        assert await listed(world, "son", officer="all", state=state) == [], state
    async with world.database.connect() as connection:
        assert await holdings(connection, [DISTRICT], NOW) == []
    assert (await world.published(case))[-1] == (3, "withdrawn")
    detail = await world.get("minh", f"/{case}")
    assert (detail["state"], detail["withdrawal"]["by"]["name"]) == ("withdrawn", "Hoa")
    assert await world.history(case) == [(1, "opened"), (2, "assigned"), (3, "withdrawn")]


async def test_a_withdrawn_case_burdens_its_officer_no_more(world: World) -> None:
    withdrawn = [await open_case(world) for _ in range(2)]
    kept, _ = await open_case(world)
    for case, event in withdrawn:
        await ask_back(world, case, event)
    async with world.database.connect() as connection:
        assert (await loads_of(connection, ["cb006"]))["cb006"].open == 1
    assert await listed(world, "minh", officer="me") == [kept]


async def test_the_withdrawal_arrives_before_the_decision_and_the_officer_reads_who_asked(world: World) -> None:
    case, event = await open_case(world)
    minh = browser(world, "minh")
    page = await minh.open(f"/routing/cases/{case}")
    await ask_back(world, case, event, **DUPLICATE)
    stale = await world.post("minh", f"{case}/decide", GRANT, 2)
    assert stale.status_code == 412
    late = await world.post("minh", f"{case}/decide", GRANT, 3)
    assert (late.status_code, late.json()["code"]) == (409, "case-withdrawn")
    assert "Hoa" in late.json()["vi"]
    given = await world.post("son", f"{case}/assign", {"officer": "cb006"}, 3)
    assert (given.status_code, given.json()["code"]) == (409, "case-withdrawn")
    shown = await minh.submit(f"/routing/cases/{case}/decide", form_for(page, "/decide", outcome="granted"))
    assert shown.status_code == 200
    assert "Đã rút theo yêu cầu của nơi tiếp nhận" in shown.text
    assert "trùng với hồ sơ 000.00.21.H99-260216-0777" in shown.text
    assert f'action="/routing/cases/{case}/decide"' not in shown.text
    assert (await world.published(case))[-1] == (3, "withdrawn")


async def test_the_decision_arrives_before_the_withdrawal_and_stands(world: World) -> None:
    case, event = await open_case(world)
    assert (await world.post("minh", f"{case}/decide", GRANT, 2)).status_code == 200
    await ask_back(world, case, event)
    assert (await world.published(case))[-2:] == [(3, "decided"), (4, "withdrawal-refused")]
    detail = await world.get("minh", f"/{case}")
    assert (detail["state"], detail["withdrawal"]) == ("decided", None)
    assert await listed(world, "son", officer="all", state="decided", unit=DISTRICT) == [case]
    page = await browser(world, "minh").open(f"/routing/cases/{case}")
    assert "nhưng đã quá muộn" in page.text


async def test_accepted_and_asked_back_in_one_batch_it_is_opened_and_closed(world: World) -> None:
    event, case = accepted(), new_id()
    await process_batch(world.database, [record(case, event, 1), record(case, asked_back(event), 2)])
    assert [kind for _, kind in await world.published(case)] == ["opened", "assigned", "withdrawn"]
    assert await listed(world, "minh", officer="me") == []


async def test_without_a_case_the_request_is_kept_for_a_person(world: World) -> None:
    event, case = accepted(), new_id()
    await process_batch(world.database, [record(case, asked_back(event), 1)])
    (parked,) = await rows(world.database, "SELECT state, reason FROM parking_lot WHERE subject = :id", id=case)
    assert parked.state == "dead"
    assert "case-unknown" in parked.reason
