"""An accepted dossier waits for papers or money: status 5 or 6, its clock stands still, and goes on with a later date."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from contracts.registry import Event
from contracts.supplements.routing import CasePausedV1, CaseResumedV1
from services.intake.background.reminders import remind_some
from tests.support.intake_browser import Browser
from tests.support.intake_events import NOW, opened_case, papers_of
from tests.support.intake_world import Intake
from tests.support.reference_data import LAND

DEED = papers_of(LAND)[0]
ASKED = [{"code": DEED, "title": "Giấy cần ký", "reason": "unsigned"}]
LATER = NOW + timedelta(days=2)


def _of(received: dict[str, Any], kind: type[Event]) -> dict[str, Any]:
    return {name: value for name, value in opened_case(received) if name in kind.model_fields}


def paused(received: dict[str, Any], **changes: Any) -> Event:
    given = {"owed": "papers", "request_number": 1, "missing": ASKED, "by": "cb006", "officer": "cb006", "at": NOW}
    return CasePausedV1.model_validate(_of(received, CasePausedV1) | given | changes)


def resumed(received: dict[str, Any], handed_in_at: datetime = LATER, **changes: Any) -> Event:
    given = {"owed": "papers", "request_number": 1, "paused_at": NOW, "handed_in_at": handed_in_at, "officer": "cb006"}
    return CaseResumedV1.model_validate(_of(received, CaseResumedV1) | given | changes)


async def waiting(intake: Intake, **changes: Any) -> dict[str, Any]:
    received = await intake.receive()
    await intake.consume(received["id"], opened_case(received), paused(received, **changes))
    return received


async def hand_in(intake: Intake, received: dict[str, Any], papers: list[str], **given: Any) -> httpx.Response:
    return await intake.post(f"/dossiers/{received['id']}/hand-in", {"papers": papers}, **{"version": 4, **given})


async def test_the_clock_stands_still_from_the_request_and_the_citizen_is_owed_a_message(intake: Intake) -> None:
    received = await waiting(intake)
    state = (await intake.get(f"/dossiers/{received['id']}")).json()
    assert (state["status"], state["stage"], state["owed"]["kind"]) == (5, "supplement_owed", "papers")
    assert state["owed"]["papers"] == ASKED
    assert await intake.published(received["id"]) == [(1, "submitted"), (2, "accepted"), (3, "taken-up"), (4, "paused")]
    notices = await intake.rows("SELECT sequence FROM history WHERE dossier = :id AND notice", id=received["id"])
    assert 4 in [row.sequence for row in notices]


async def test_handed_in_it_waits_for_routing_and_its_answer_moves_status_and_promised_date(intake: Intake) -> None:
    received = await waiting(intake)
    answer = await hand_in(intake, received, [DEED])
    assert (answer.status_code, answer.json()["status"], answer.json()["owed"]["handed_in_at"] is not None) == (200, 5, True)
    await intake.consume(received["id"], resumed(received))
    state = (await intake.get(f"/dossiers/{received['id']}")).json()
    assert (state["status"], "owed" in state) == (4, False)
    assert state["promised_at"] > received["promised_at"]
    assert any("Tạm dừng" in line for line in state["why_this_date"]["vi"]), "the pause is explained"
    (last,) = [step for step in state["steps"] if step["kind"] == "resumed"]
    assert datetime.fromisoformat(last["data"]["previous_at"]) == datetime.fromisoformat(received["promised_at"])
    assert (await intake.published(received["id"]))[-2:] == [(5, "handed-in"), (6, "resumed")]
    assert await intake.parked(received["id"]) == []


async def test_everything_comes_together_once_and_only_what_is_owed(intake: Intake) -> None:
    received = await waiting(intake)
    nothing = await hand_in(intake, received, [])
    assert (nothing.status_code, nothing.json()["code"]) == (422, "still-missing")
    paid = await intake.post(f"/dossiers/{received['id']}/record-payment", {}, version=4)
    assert (paid.status_code, paid.json()["code"]) == (409, "other-owed")
    key = str(uuid4())
    answers = [await hand_in(intake, received, [DEED], key=key) for _ in range(2)]
    assert [answer.json()["version"] for answer in answers] == [5, 5]
    again = await hand_in(intake, received, [DEED], version=5)
    assert (again.status_code, again.json()["code"]) == (409, "already-handed-in")


async def test_a_payment_owed_is_recorded_by_a_clerk_and_the_clock_goes_on(intake: Intake) -> None:
    received = await waiting(intake, owed="money", missing=[], amount=150_000)
    state = (await intake.get(f"/dossiers/{received['id']}")).json()
    assert (state["status"], state["owed"]["amount"]) == (6, 150_000)
    recorded = await intake.post(f"/dossiers/{received['id']}/record-payment", {}, version=4)
    assert recorded.status_code == 200
    await intake.consume(received["id"], resumed(received, owed="money"))
    state = (await intake.get(f"/dossiers/{received['id']}")).json()
    assert state["status"] == 4
    assert any("nghĩa vụ tài chính" in line for line in state["why_this_date"]["vi"])


async def test_a_citizen_hands_in_online_with_the_secret_and_nobody_else_does(intake: Intake) -> None:
    received = await waiting(intake)
    path = f"/submissions/{received['code']}/hand-in"
    wrong = await intake.online(path, {"papers": [DEED], "secret": "7K3Q-9XAB"}, **{"If-Match": '"4"'})
    assert wrong.status_code == 404
    answer = await intake.online(path, {"papers": [DEED], "secret": received["secret"]}, **{"If-Match": '"4"'})
    assert (answer.status_code, answer.json()["owed"]["handed_in_at"] is not None) == (200, True)
    (row,) = await intake.rows("SELECT data FROM history WHERE dossier = :id AND sequence = 5", id=received["id"])
    assert row.data["through"] == "online"


async def test_a_citizen_hands_in_on_the_tracking_page_and_reads_that_nothing_more_is_to_do(intake: Intake) -> None:
    received = await waiting(intake)
    citizen = Browser(intake.http, person=None)
    asks = await citizen.get(f"/track?code={received['code']}")
    page = await citizen.send(asks, "/track", code=received["code"], secret=received["secret"])
    assert "Cần bổ sung giấy tờ" in page.text
    assert "Chưa ký hoặc chưa đóng dấu" in page.text
    sent = await citizen.send(page, "/track/hand-in", papers=[DEED])
    assert "Đã bổ sung, chờ xử lý tiếp" in sent.text
    assert (await intake.published(received["id"]))[-1] == (5, "handed-in")


async def test_a_clerk_records_it_on_a_page_and_form_02_names_what_is_owed(intake: Intake) -> None:
    received = await waiting(intake)
    hoa, path = Browser(intake.http), f"/intake/dossiers/{received['id']}"
    page = await hoa.get(path)
    assert "Đang chờ bổ sung giấy tờ" in page.text
    assert "Chưa ký hoặc chưa đóng dấu" in (await hoa.get(f"{path}/supplement")).text
    asks = await hoa.get(f"{path}/hand-in")
    lacking = await hoa.send(asks, f"{path}/hand-in")
    assert (lacking.status_code, "Còn thiếu: Giấy cần ký" in lacking.text) == (422, True)
    sent = await hoa.send(asks, f"{path}/hand-in", papers=[DEED], through="post")
    assert (sent.status_code, sent.headers["location"]) == (303, path)
    assert "chờ cơ quan giải quyết xử lý tiếp" in (await hoa.get(path)).text


async def test_withdrawn_while_it_waits_nothing_is_owed_any_more(intake: Intake) -> None:
    received = await waiting(intake)
    asked = await intake.post(f"/dossiers/{received['id']}/withdraw", {"reason": "applicant"}, version=4)
    assert (asked.json()["status"], asked.json()["stage"]) == (5, "supplement_owed")
    refused = await hand_in(intake, received, [DEED], version=5)
    assert (refused.status_code, refused.json()["code"]) == (409, "withdrawal-pending")


async def test_who_brings_nothing_is_reminded_once_by_the_clock_and_the_list_calls_it_unanswered(intake: Intake) -> None:
    received = await waiting(intake, at=NOW - timedelta(days=20))
    for _ in range(2):
        await remind_some(intake.app.state.process)
    reminders = [number for number, kind in await intake.published(received["id"]) if kind == "owed-reminded"]
    assert reminders == [5], "once for each request, whichever process looks"
    notices = await intake.rows("SELECT sequence FROM history WHERE dossier = :id AND notice", id=received["id"])
    assert 5 in [row.sequence for row in notices]
    page = await Browser(intake.http).get("/intake/dossiers?status=5")
    assert "Chưa bổ sung từ 04/02/2026" in page.text


async def test_who_was_asked_lately_or_has_brought_it_is_not_reminded(intake: Intake) -> None:
    lately = await waiting(intake)
    brought = await waiting(intake, at=NOW - timedelta(days=20))
    assert (await hand_in(intake, brought, [DEED])).status_code == 200
    await remind_some(intake.app.state.process)
    for received, last in ((lately, "paused"), (brought, "handed-in")):
        assert (await intake.published(received["id"]))[-1][1] == last
