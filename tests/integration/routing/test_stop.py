"""A leader stops a case, or gives it more time: what becomes of it in every list, and who may not."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from contracts.endings.intake import DossierExtendedV1
from messaging.clock import system_clock
from services.routing.repository.open_counts import holdings
from tests.integration.routing.test_pages import form_for
from tests.integration.routing.test_withdrawal import asked_back, listed
from tests.support.reference_data import DISTRICT, token_for
from tests.support.routing_world import NOW, Browser, World, accepted, new_id, process_batch, record, routing_world
from tests.support.servers import PostgresServer

AGENCY = {"ground": "asked-by-agency"}
OTHER = {"ground": "other", "details": "Thửa đất đang được toà án xét xử."}


@pytest.fixture
async def world(postgres: PostgresServer) -> AsyncIterator[World]:
    async with routing_world(postgres) as routing:
        yield routing


def browser(world: World, username: str) -> Browser:
    return Browser(world.http, token_for(username, system_clock()))


async def test_a_stopped_case_leaves_every_list_and_its_officer_s_hands(world: World) -> None:
    case = await world.case()
    assert await listed(world, "minh", officer="me") == [case]
    answer = await world.post("son", f"{case}/stop", OTHER, 2)
    assert (answer.status_code, answer.json()["state"]) == (200, "stopped")
    for state in ("open", "unassigned", "needs-hand", "decided"):
        assert await listed(world, "son", officer="all", state=state) == [], state
    async with world.database.connect() as connection:
        assert await holdings(connection, [DISTRICT], NOW) == []
    assert (await world.published(case))[-1] == (3, "stopped")
    detail = await world.get("minh", f"/{case}")
    assert (detail["state"], detail["stop"]["ground"], detail["stop"]["details"]) == ("stopped", "other", OTHER["details"])
    assert (await world.history(case))[-1] == (3, "stopped")


async def test_an_officer_does_not_stop_it_nor_see_the_page_that_asks(world: World) -> None:
    case = await world.case()
    refused = await world.post("minh", f"{case}/stop", AGENCY, 2)
    assert (refused.status_code, refused.json()["code"]) == (403, "case-only-leaders-stop")
    minh = browser(world, "minh")
    page = await minh.open(f"/routing/cases/{case}")
    assert f"/routing/cases/{case}/stop" not in page.text
    assert (await minh.open(f"/routing/cases/{case}/stop")).status_code == 403
    assert (await world.published(case))[-1] == (2, "assigned")


async def test_another_ground_wants_words_and_what_was_typed_stays(world: World) -> None:
    case = await world.case()
    refused = await world.post("son", f"{case}/stop", {"ground": "other"}, 2)
    assert (refused.status_code, refused.json()["code"]) == (422, "stop-details-missing")
    son = browser(world, "son")
    page = await son.open(f"/routing/cases/{case}/stop")
    again = await son.submit(f"/routing/cases/{case}/stop", form_for(page, "/stop", ground="other", details=""))
    assert again.status_code == 422
    assert "phải nêu rõ" in again.text
    assert 'value="other" checked' in again.text
    sent = await son.submit(f"/routing/cases/{case}/stop", form_for(page, "/stop", **OTHER))
    assert (sent.status_code, sent.headers["location"]) == (303, f"/routing/cases/{case}")
    done = await son.open(f"/routing/cases/{case}")
    assert "đã dừng xử lý hồ sơ này" in done.text
    assert OTHER["details"] in done.text
    assert f"/routing/cases/{case}/decide" not in done.text
    assert "không dừng được nữa" in (await son.open(f"/routing/cases/{case}/stop")).text


async def test_a_withdrawal_that_comes_after_the_stop_is_answered_with_who_stopped_it(world: World) -> None:
    event, case = accepted(), new_id()
    await process_batch(world.database, [record(case, event, 1)])
    assert (await world.post("son", f"{case}/stop", AGENCY, 2)).status_code == 200
    await process_batch(world.database, [record(case, asked_back(event), 2)])
    assert (await world.published(case))[-2:] == [(3, "stopped"), (4, "withdrawal-refused")]
    late = await world.post("minh", f"{case}/decide", {"outcome": "granted"}, 4)
    assert (late.status_code, late.json()["code"]) == (409, "case-stopped")


# --- more time ----------------------------------------------------------------------------------------------

LONGER = {"ground": "opinion-awaited", "until": "2027-03-15", "details": "Chờ Sở Nông nghiệp."}


async def test_an_officer_asks_for_time_on_a_page_and_the_leader_confirms_it_there(world: World) -> None:
    case = await world.case()
    minh, son, path = browser(world, "minh"), browser(world, "son"), f"/routing/cases/{case}/extend"
    assert path in (await minh.open(f"/routing/cases/{case}")).text
    sent = await minh.submit(path, form_for(await minh.open(path), "/extend", **LONGER))
    assert (sent.status_code, sent.headers["location"]) == (303, f"/routing/cases/{case}")
    waits = await minh.open(path)
    assert "Đang chờ lãnh đạo trả lời" in waits.text
    assert "answer-extension" not in waits.text
    page = await son.open(path)
    assert "Chờ Sở Nông nghiệp." in page.text
    confirmed = await son.submit(f"/routing/cases/{case}/answer-extension", form_for(page, "/answer-extension", confirm="true"))
    assert confirmed.status_code == 303
    assert [kind for _, kind in await world.published(case)][-2:] == ["extension-asked", "extended"]
    detail = await world.get("minh", f"/{case}")
    assert (detail["extensions"], detail["extension_asked"], detail["state"]) == (1, None, "assigned")
    assert "gia hạn đủ số lần" in (await minh.open(path)).text


async def test_an_officer_does_not_answer_and_a_leader_may_refuse(world: World) -> None:
    case = await world.case()
    assert (await world.post("minh", f"{case}/extend", LONGER, 2)).status_code == 200
    refused = await world.post("minh", f"{case}/answer-extension", {"confirm": True}, 3)
    assert (refused.status_code, refused.json()["code"]) == (403, "extension-only-leaders-confirm")
    assert (await world.post("son", f"{case}/answer-extension", {"confirm": False}, 3)).status_code == 200
    assert (await world.published(case))[-1] == (4, "extension-refused")
    assert (await world.history(case))[-2:] == [(3, "extension-asked"), (4, "extension-refused")]
    again = await world.post("minh", f"{case}/extend", LONGER, 4)
    assert again.status_code == 200


async def test_intake_s_word_moves_the_date_of_the_case_and_its_place_in_the_lists(world: World) -> None:
    event, case = accepted(), new_id()
    await process_batch(world.database, [record(case, event, 1)])
    facts = event.model_dump(include=set(DossierExtendedV1.model_fields), exclude_none=True)
    until = event.promised_at + timedelta(days=14)
    moved = {"promised_at": until, "previous_at": event.promised_at, "ground": "workload", "by": "cb009"}
    await process_batch(world.database, [record(case, DossierExtendedV1.model_validate(facts | moved), 2)])
    detail = await world.get("minh", f"/{case}")
    assert datetime.fromisoformat(detail["promised_at"]) == until
