"""Papers or money are asked for: the case waits in a list of its own, late for nobody, until what was owed has come."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from contracts.intake import DossierAcceptedV1, PaperRef
from contracts.supplements.intake import DossierHandedInV1, DossierResumedV1
from contracts.values import PortalStatus
from messaging.clock import system_clock
from services.routing.repository.officers import loads_of
from services.routing.repository.open_counts import holdings
from tests.integration.routing.test_pages import form_for
from tests.support.reference_data import DISTRICT, token_for
from tests.support.routing_world import NOW, Browser, World, accepted, new_id, process_batch, record, routing_world, rows
from tests.support.servers import PostgresServer

UNSIGNED: dict[str, Any] = {"missing": [{"code": "to-khai", "reason": "unsigned", "note": "bà Trần Thị B chưa ký"}]}


@pytest.fixture
async def world(postgres: PostgresServer) -> AsyncIterator[World]:
    async with routing_world(postgres) as routing:
        yield routing


def browser(world: World, username: str) -> Browser:
    return Browser(world.http, token_for(username, system_clock()))


async def open_case(world: World, **given: Any) -> tuple[str, DossierAcceptedV1]:
    event, case = accepted(**given), new_id()
    await process_batch(world.database, [record(case, event, 1)])
    return case, event


def about(of: DossierAcceptedV1) -> dict[str, Any]:
    return of.model_dump(include=set(DossierHandedInV1.model_fields) - {"papers", "by"})


def handed_in(of: DossierAcceptedV1) -> DossierHandedInV1:
    mine = {"status": PortalStatus.SUPPLEMENT_OWED, "owed": "papers", "request_number": 1, "at": NOW + timedelta(days=2)}
    return DossierHandedInV1.model_validate(about(of) | mine | {"papers": [PaperRef(code="them", title="Giấy thêm")]})


async def listed(world: World, username: str, **query: str) -> list[str]:
    given = "&".join(f"{name}={value}" for name, value in query.items())
    return [row["id"] for row in (await world.get(username, f"?{given}"))["cases"]]


async def test_a_case_that_waits_is_in_its_own_list_late_for_nobody_and_in_nobody_s_numbers(world: World) -> None:
    case, _ = await open_case(world, promised=NOW - timedelta(days=3))
    assert await listed(world, "minh", officer="me", due="late") == [case]
    answer = await world.post("minh", f"{case}/supplement", UNSIGNED, version=2)
    assert (answer.status_code, answer.json()["state"]) == (200, "waiting")
    for state in ("open", "unassigned", "needs-hand", "decided"):
        assert await listed(world, "son", officer="all", state=state) == [], state
    assert await listed(world, "minh", officer="me", state="waiting") == [case]
    async with world.database.connect() as connection:
        assert await holdings(connection, [DISTRICT], NOW) == []
        assert (await loads_of(connection, ["cb006"]))["cb006"].open == 0
    detail = await world.get("minh", f"/{case}")
    assert (detail["state"], detail["owed"], detail["pause"]["number"], detail["supplements"]) == ("waiting", "papers", 1, 1)
    assert detail["pause"]["notes"] == {"to-khai": "bà Trần Thị B chưa ký"}
    assert await world.history(case) == [(1, "opened"), (2, "assigned"), (3, "paused")]
    (published,) = await rows(world.database, "SELECT payload FROM outbox WHERE type LIKE '%paused%'")
    assert b"unsigned" in bytes(published.payload)
    assert "Trần Thị B".encode() not in bytes(published.payload), "what may name somebody is published nowhere"


async def test_what_was_owed_has_come_and_the_same_officer_goes_on_with_a_later_date(world: World) -> None:
    case, event = await open_case(world)
    await world.post("minh", f"{case}/supplement", UNSIGNED, version=2)
    await process_batch(world.database, [record(case, handed_in(event), 2)], NOW + timedelta(days=3))
    detail = await world.get("minh", f"/{case}")
    assert (detail["state"], detail["officer"], "pause" in detail) == ("assigned", "cb006", False)
    assert [paper["code"] for paper in detail["papers"]] == ["to-khai", "giay-to-goc", "them"]
    assert await listed(world, "minh", officer="me") == [case]
    moved = DossierResumedV1.model_validate(
        about(event)
        | {"status": 4, "owed": "papers", "request_number": 1, "at": NOW, "paused_at": NOW, "resumed_at": NOW}
        | {"previous_at": event.promised_at, "promised_at": event.promised_at + timedelta(days=5)}
    )
    await process_batch(world.database, [record(case, moved, 3)])
    again = await world.get("minh", f"/{case}")
    assert again["promised_at"] > detail["promised_at"]
    (kept,) = await rows(world.database, "SELECT pause, waiting_since FROM routing_case WHERE id = :id", id=case)
    assert tuple(kept) == (None, None), "an officer's free words are gone with the pause"


async def test_a_second_request_is_warned_of_and_numbered(world: World) -> None:
    case, event = await open_case(world)
    await world.post("minh", f"{case}/supplement", UNSIGNED, version=2)
    await process_batch(world.database, [record(case, handed_in(event), 2)])
    refused = await world.post("minh", f"{case}/supplement", UNSIGNED, version=4)
    assert (refused.status_code, refused.json()["code"], refused.json()["errors"][0]["field"]) == (422, "asked-before", "again")
    asked = await world.post("minh", f"{case}/supplement", UNSIGNED | {"again": True}, version=4)
    assert asked.status_code == 200
    assert (await world.get("minh", f"/{case}"))["pause"]["number"] == 2


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("supplement", {"missing": [{"code": "khong-co", "reason": "absent"}]}, "paper-not-of-procedure"),
        ("supplement", {"missing": [{"code": "to-khai", "reason": "other"}]}, "note-missing"),
        ("supplement", {"missing": [{"code": "to-khai", "reason": "absent"}] * 2}, "paper-named-twice"),
        ("payment", {"amount": 0}, "amount-missing"),
    ],
)
async def test_what_cannot_be_asked_for_is_refused(world: World, path: str, body: dict[str, Any], code: str) -> None:
    case, _ = await open_case(world)
    answer = await world.post("minh", f"{case}/{path}", body, version=2)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert await world.history(case) == [(1, "opened"), (2, "assigned")]


async def test_an_officer_asks_from_the_page_and_reads_there_what_is_awaited(world: World) -> None:
    case, _ = await open_case(world)
    minh, path = browser(world, "minh"), f"/routing/cases/{case}/supplement"
    page = await minh.open(path)
    assert "Tờ khai" in page.text
    empty = await minh.submit(path, form_for(page, path))
    assert (empty.status_code, "nêu đủ trong một lần" in empty.text) == (422, True)
    sent = await minh.submit(path, form_for(page, path) | {"reason-to-khai": "unsigned", "note-to-khai": "chưa ký"})
    assert (sent.status_code, sent.headers["location"]) == (303, f"/routing/cases/{case}")
    shown = (await minh.open(f"/routing/cases/{case}")).text
    assert "Chờ bổ sung giấy tờ từ" in shown
    assert "Chưa ký hoặc chưa đóng dấu. chưa ký" in shown
    assert "Hồ sơ này do" not in shown, "it is theirs, and waits"
    assert "Giấy tờ từ" in (await minh.open("/routing/cases?state=waiting")).text


async def test_money_is_asked_for_from_the_same_page(world: World) -> None:
    case, _ = await open_case(world)
    minh, path = browser(world, "minh"), f"/routing/cases/{case}/payment"
    page = await minh.open(f"/routing/cases/{case}/supplement")
    assert (await minh.submit(path, form_for(page, path) | {"amount": "50000"})).status_code == 303
    assert "50.000" in (await minh.open(f"/routing/cases/{case}")).text
    assert (await world.get("minh", f"/{case}"))["owed"] == "money"
