"""A dossier that routing stopped, extended or declined: its status, its applicant's pages, and forms 03 to 05 on paper."""

from datetime import datetime, timedelta
from typing import Any

import httpx

from contracts.endings.ground import ExtensionGround, StopGround
from contracts.endings.routing import CaseExtendedV1, CaseStoppedV1
from contracts.registry import Event
from contracts.values import Outcome
from tests.support.intake_browser import Browser
from tests.support.intake_events import NOW, decided_case, opened_case
from tests.support.intake_world import Intake
from tests.support.page_words import program_words_in, shown

DETAILS = "Thửa đất đang được toà án xét xử."


def case_stopped(received: dict[str, Any], **changes: Any) -> Event:
    about = {name: value for name, value in opened_case(received) if name in CaseStoppedV1.model_fields}
    return CaseStoppedV1(**about | {"ground": StopGround.OTHER, "details": DETAILS, "by": "cb009"} | changes)


async def stopped(intake: Intake, **changes: Any) -> dict[str, Any]:
    received = await intake.receive(**changes)
    await intake.consume(received["id"], opened_case(received), case_stopped(received))
    return received


async def tracked_by(intake: Intake, received: dict[str, Any]) -> httpx.Response:
    citizen = Browser(intake.http, None)
    return await citizen.send(await citizen.get("/track"), "/track", code=received["code"], secret=received["secret"])


async def test_only_routing_s_word_stops_a_dossier_and_its_applicant_is_told_once(intake: Intake) -> None:
    received = await stopped(intake)
    state = (await intake.get(f"/dossiers/{received['id']}")).json()
    assert (state["status"], state["stage"]) == (8, "stopped")
    assert state["stop"] == {"ground": "other", "details": DETAILS, "at": NOW.isoformat()}
    assert (await intake.published(received["id"]))[-1] == (4, "stopped")
    notices = await intake.rows("SELECT type FROM history WHERE dossier = :id AND notice ORDER BY sequence", id=received["id"])
    assert [row.type.split(".")[-2] for row in notices][-1] == "stopped"
    assert await intake.parked(received["id"]) == []


async def test_what_was_said_in_words_is_in_no_fact_of_intake(intake: Intake) -> None:
    received = await stopped(intake)
    kept = await intake.rows("SELECT data FROM history WHERE dossier = :id AND type LIKE '%stopped%'", id=received["id"])
    assert [row.data for row in kept] == [{"ground": "other"}]


async def test_the_order_to_the_post_loses_its_purpose_and_its_address(intake: Intake) -> None:
    received = await stopped(intake, hand_over="post")
    ident = received["id"].replace("d-", "o-")
    (order,) = await intake.rows("SELECT state, recipient FROM post_order WHERE id = :id", id=ident)
    assert (order.state, order.recipient) == ("cancelled", None)


async def test_the_applicant_reads_why_and_what_can_be_done(intake: Intake) -> None:
    received = await stopped(intake)
    tracked = await tracked_by(intake, received)
    page = shown(tracked.text)
    assert "Đã dừng xử lý" in page
    assert DETAILS in page
    assert "khiếu nại" in page
    assert "Hẹn trả kết quả:" not in page


async def test_form_05_is_printed_in_two_copies_and_says_the_ground(intake: Intake, clerk: Browser) -> None:
    received = await stopped(intake)
    assert f"/intake/dossiers/{received['id']}/stop" in (await clerk.get(f"/intake/dossiers/{received['id']}")).text
    page = (await clerk.get(f"/intake/dossiers/{received['id']}/stop?paper=a4")).text
    assert page.count("Mẫu số 05") == 2
    assert page.count(DETAILS) == 2
    assert "receipt a4" in page
    assert not program_words_in(shown(page))


async def test_form_03_after_acceptance_says_why_it_was_declined(intake: Intake, clerk: Browser) -> None:
    received = await intake.receive()
    declined = decided_case(received).model_copy(update={"outcome": Outcome.DECLINED, "reason": DETAILS})
    await intake.consume(received["id"], opened_case(received), declined)
    page = (await clerk.get(f"/intake/dossiers/{received['id']}/decline")).text
    assert page.count("Mẫu số 03") == 2
    assert page.count(DETAILS) == 2
    tracked = await tracked_by(intake, received)
    assert DETAILS in tracked.text


async def test_where_a_form_does_not_hold_it_leads_to_the_dossier(intake: Intake, clerk: Browser) -> None:
    received = await intake.receive()
    for form in ("stop", "decline", "extension"):
        answer = await clerk.get(f"/intake/dossiers/{received['id']}/{form}")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/intake/dossiers/{received['id']}")


# --- more time ----------------------------------------------------------------------------------------------


def case_extended(received: dict[str, Any], until: datetime) -> Event:
    about = {name: value for name, value in opened_case(received) if name in CaseExtendedV1.model_fields}
    return CaseExtendedV1(**about | {"ground": ExtensionGround.OTHER, "details": DETAILS, "by": "cb009", "until": until})


async def extended(intake: Intake) -> tuple[dict[str, Any], datetime]:
    received = await intake.receive()
    until = datetime.fromisoformat(received["promised_at"]) + timedelta(days=7)
    await intake.consume(received["id"], opened_case(received), case_extended(received, until))
    return received, until


async def test_a_confirmed_extension_moves_the_promise_and_is_told_once(intake: Intake) -> None:
    received, until = await extended(intake)
    state = (await intake.get(f"/dossiers/{received['id']}")).json()
    assert (state["status"], datetime.fromisoformat(state["promised_at"])) == (4, until)
    assert (state["extension"]["ground"], state["extension"]["previous_at"]) == ("other", received["promised_at"])
    assert state["why_this_date"] == {"vi": [], "en": []}, "what was counted explains another date"
    assert (await intake.published(received["id"]))[-1] == (4, "extended")
    kept = await intake.rows("SELECT data, notice FROM history WHERE dossier = :id AND type LIKE '%extended%'", id=received["id"])
    assert [(row.notice, sorted(row.data)) for row in kept] == [(True, ["ground", "previous_at"])]
    assert await intake.parked(received["id"]) == []


async def test_both_dates_stand_where_the_applicant_looks_and_on_form_04(intake: Intake, clerk: Browser) -> None:
    received, until = await extended(intake)
    before, after = (day.strftime("%d/%m/%Y") for day in (datetime.fromisoformat(received["promised_at"]), until))
    pages = [
        (await tracked_by(intake, received)).text,
        (await clerk.get(f"/intake/dossiers/{received['id']}/receipt")).text,
        (await clerk.get(f"/intake/dossiers/{received['id']}/extension")).text,
    ]
    for page in pages:
        assert before in page
        assert after in page
        assert DETAILS in page
        assert "xin lỗi" in page.lower()
    assert pages[-1].count("Mẫu số 04") == 2
    assert not program_words_in(shown(pages[-1]))
