"""A dossier is withdrawn: before acceptance at once, later by asking routing; never two of one matter for each other."""

import asyncio
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
import pytest

from contracts.registry import Event
from contracts.routing import CaseWithdrawalRefusedV1, CaseWithdrawnV1
from contracts.values import WithdrawalReason
from tests.support.intake_browser import Browser, opened
from tests.support.intake_events import APPLICANT, MISSING, NOW, decided_case, new_dossier, opened_case, papers_of
from tests.support.intake_world import Intake
from tests.support.page_words import program_words_in, shown
from tests.support.reference_data import COMMUNE, INSURANCE_CARD, LAND

ASKED: dict[str, Any] = {"reason": "applicant"}
_numbers = count(34_099_700_001)


def somebody() -> dict[str, str]:
    return APPLICANT | {"identity_number": f"0{next(_numbers)}"}


async def withdraw(intake: Intake, received: dict[str, Any], body: dict[str, Any] = ASKED, **given: Any) -> httpx.Response:
    return await intake.post(f"/dossiers/{received['id']}/withdraw", body, **{"version": received["version"], **given})


def _of(received: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in opened_case(received) if name in CaseWithdrawnV1.model_fields}


def case_withdrawn(received: dict[str, Any], **changes: Any) -> Event:
    return CaseWithdrawnV1(**_of(received) | {"reason": WithdrawalReason.APPLICANT, "by": "cb005"} | changes)


def not_withdrawn(received: dict[str, Any]) -> Event:
    return CaseWithdrawalRefusedV1(**_of(received), decided_at=NOW, by="cb006", by_name="Minh")


async def pair(intake: Intake, **changes: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same person, the same procedure, twice."""
    person = somebody()
    return await intake.receive(applicant=person, **changes), await intake.receive(applicant=person, **changes)


def duplicate_of(received: dict[str, Any]) -> dict[str, Any]:
    return {"reason": "duplicate", "duplicate_of": received["code"] or received["submission_number"]}


async def test_what_was_not_accepted_yet_is_withdrawn_at_once_and_told_once(intake: Intake) -> None:
    received = await intake.receive(accept=False)
    answer = await withdraw(intake, received)
    assert (answer.json()["status"], answer.json()["stage"]) == (7, "withdrawn")
    assert await intake.published(received["id"]) == [(1, "submitted"), (2, "withdrawn")]
    notices = await intake.rows("SELECT sequence FROM history WHERE dossier = :id AND notice", id=received["id"])
    assert [row.sequence for row in notices] == [2]
    again = await withdraw(intake, received, version=2)
    assert (again.status_code, again.json()["code"]) == (409, "illegal-step")


async def test_what_was_handed_back_for_papers_can_be_withdrawn_too(intake: Intake) -> None:
    received = await intake.receive(accept=False)
    await intake.post(f"/dossiers/{received['id']}/return", {"missing": [{"code": MISSING, "reason": "Mờ"}]}, version=1)
    assert (await withdraw(intake, received, version=2)).json()["status"] == 7


async def test_after_acceptance_routing_is_asked_and_its_answer_moves_the_status(intake: Intake) -> None:
    received = await intake.receive()
    asked = await withdraw(intake, received)
    assert (asked.json()["status"], asked.json()["withdrawal"]) == (2, {"reason": "applicant", "duplicate_of": None})
    await intake.consume(received["id"], opened_case(received), case_withdrawn(received))
    state = (await intake.get(f"/dossiers/{received['id']}")).json()
    assert (state["status"], state["withdrawn_at"]) == (7, NOW.isoformat())
    assert await intake.published(received["id"]) == [
        (1, "submitted"),
        (2, "accepted"),
        (3, "withdrawal-requested"),
        (4, "taken-up"),
        (5, "withdrawn"),
    ]
    assert await intake.parked(received["id"]) == []


async def test_the_same_key_sent_again_asks_once(intake: Intake) -> None:
    received, key = await intake.receive(), str(uuid4())
    answers = [await withdraw(intake, received, key=key) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert [kind for _, kind in await intake.published(received["id"])].count("withdrawal-requested") == 1


async def test_while_the_answer_is_awaited_nobody_asks_again(intake: Intake) -> None:
    received = await intake.receive()
    version = (await withdraw(intake, received)).json()["version"]
    again = await withdraw(intake, received, version=version)
    assert (again.status_code, again.json()["code"]) == (409, "withdrawal-pending")


async def test_a_decision_that_was_there_first_stands_and_the_request_is_answered(intake: Intake) -> None:
    received = await intake.receive()
    await withdraw(intake, received)
    await intake.consume(received["id"], opened_case(received), decided_case(received), not_withdrawn(received))
    state = (await intake.get(f"/dossiers/{received['id']}")).json()
    assert (state["status"], state["withdrawal"]) == (9, None)
    assert [(step["kind"], step["by"]) for step in state["steps"]][-2:] == [("decided", "cb006"), ("withdrawal-refused", "cb006")]
    late = await withdraw(intake, received, version=state["version"])
    assert (late.status_code, late.json()["code"]) == (409, "illegal-step")


async def test_handed_over_before_the_answer_came_it_stays_handed_over(intake: Intake) -> None:
    received = await intake.receive()
    await withdraw(intake, received)
    await intake.consume(received["id"], opened_case(received), decided_case(received))
    assert (await intake.post(f"/dossiers/{received['id']}/hand-over", {}, version=5)).json()["status"] == 10
    await intake.consume(received["id"], not_withdrawn(received))
    state = (await intake.get(f"/dossiers/{received['id']}")).json()
    assert (state["status"], state["withdrawal"]) == (10, None)


@pytest.mark.parametrize("action", ["accept", "refuse"])
async def test_withdrawn_and_accepted_or_refused_at_once_one_wins(intake: Intake, action: str) -> None:
    received = await intake.receive(accept=False)
    body = {"reason": "Không thuộc thẩm quyền"} if action == "refuse" else {}
    done, withdrawn = await asyncio.gather(
        intake.post(f"/dossiers/{received['id']}/{action}", body, version=1), withdraw(intake, received)
    )
    assert sorted((done.status_code, withdrawn.status_code)) == [200, 412]
    assert len(await intake.published(received["id"])) == 2


async def test_the_post_is_told_nothing_and_its_address_is_forgotten(intake: Intake) -> None:
    received = await intake.receive(hand_over="post")
    order = received["id"].replace("d-", "o-")
    await withdraw(intake, received)
    await intake.consume(received["id"], opened_case(received), case_withdrawn(received))
    (row,) = await intake.rows("SELECT state, recipient FROM post_order WHERE id = :id", id=order)
    assert (row.state, row.recipient) == ("cancelled", None)
    assert await intake.published(order, "intake.post-orders") == []


async def test_a_duplicate_names_the_dossier_that_stays(intake: Intake) -> None:
    stays, goes = await pair(intake, accept=False)
    answer = await withdraw(intake, goes, duplicate_of(stays))
    assert answer.json()["withdrawal"] == {"reason": "duplicate", "duplicate_of": stays["submission_number"]}
    assert (await intake.get(f"/dossiers/{stays['id']}")).json()["status"] == 1


async def test_two_of_one_matter_are_not_each_withdrawn_for_the_other(intake: Intake) -> None:
    """Neither one after the other, nor at once; before acceptance, and while routing has not answered."""
    for accept in (False, True):
        first, second = await pair(intake, accept=accept)
        answers = await asyncio.gather(
            withdraw(intake, first, duplicate_of(second)), withdraw(intake, second, duplicate_of(first))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 422]
        refused = next(answer for answer in answers if answer.status_code == 422).json()
        assert (refused["code"], refused["errors"][0]["field"]) == ("not-its-duplicate", "duplicate_of")
        first, second = await pair(intake, accept=accept)
        assert (await withdraw(intake, first, duplicate_of(second))).status_code == 200
        assert (await withdraw(intake, second, duplicate_of(first))).json()["code"] == "not-its-duplicate"


async def test_only_the_same_persons_same_procedure_at_a_unit_of_ones_own_is_a_duplicate(intake: Intake) -> None:
    person = somebody()
    received = await intake.receive(applicant=person)
    another = await intake.receive(applicant=somebody())
    procedure = await intake.receive(applicant=person, procedure=INSURANCE_CARD, papers=papers_of(INSURANCE_CARD))
    elsewhere = (await intake.post("/dossiers", new_dossier(applicant=person, unit=COMMUNE), clerk="tam")).json()
    for other in (another, procedure, elsewhere, received, {"code": "000.00.21.H99-260101-0009"}):
        answer = await withdraw(intake, received, duplicate_of(other))
        assert (answer.status_code, answer.json()["code"]) == (422, "not-its-duplicate"), other
    assert [kind for _, kind in await intake.published(received["id"])] == ["submitted", "accepted"]


async def test_who_was_forgotten_has_no_duplicate(intake: Intake) -> None:
    stays, goes = await pair(intake)
    async with intake.database.begin() as connection:
        await connection.exec_driver_sql(f"DELETE FROM person WHERE dossier = '{stays['id']}'")  # noqa: S608 -- our own id
    assert (await withdraw(intake, goes, duplicate_of(stays))).json()["code"] == "not-its-duplicate"
    assert (await withdraw(intake, goes)).status_code == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"reason": "duplicate"}, "duplicate-missing"),
        ({"reason": "applicant", "duplicate_of": "N-1"}, "duplicate-not-the-reason"),
    ],
)
async def test_reason_and_duplicate_fit_together(intake: Intake, body: dict[str, Any], code: str) -> None:
    received = await intake.receive()
    answer = await withdraw(intake, received, body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["field"] == "duplicate_of"


# --- pages ------------------------------------------------------------------------------------------------


def path_of(received: dict[str, Any]) -> str:
    return f"/intake/dossiers/{received['id']}/withdraw"


async def test_the_box_of_the_same_matter_leads_to_the_page_that_asks_and_names_what_is_given_back(
    clerk: Browser, intake: Intake
) -> None:
    person = somebody()
    received = await intake.receive(applicant=person)
    counter = await opened(clerk, identity_number=person["identity_number"])
    assert f'href="{path_of(received)}"' in counter.text
    page = await clerk.get(path_of(received))
    assert "Yêu cầu rút được gửi đến đó" in page.text
    assert "Trả lại cho người nộp các giấy tờ đã nhận" in page.text
    assert 'value="duplicate"' not in page.text, "there is no other dossier to be the duplicate of"
    assert not program_words_in(shown(page.text))
    asked = await clerk.follow(await clerk.send(page, path_of(received), reason="applicant"))
    assert "đang chờ cơ quan giải quyết trả lời" in asked.text
    assert path_of(received) not in asked.text, "it is not asked for twice"
    tracked = await intake.track(received)
    assert tracked.json()["withdrawal"] == {"reason": "applicant", "duplicate_of": None}


async def test_a_clerk_chooses_the_dossier_that_stays_and_every_page_says_so(clerk: Browser, intake: Intake) -> None:
    stays, goes = await pair(intake, accept=False)
    page = await clerk.get(path_of(goes))
    assert f'value="{stays["submission_number"]}"' in page.text
    nothing_chosen = await clerk.send(page, path_of(goes), reason="duplicate")
    assert nothing_chosen.status_code == 422
    assert "Rút vì trùng thì phải chọn hồ sơ được giữ lại" in nothing_chosen.text
    done = await clerk.follow(await clerk.send(page, path_of(goes), reason="duplicate", duplicate_of=stays["submission_number"]))
    said = f"Trùng với hồ sơ {stays['submission_number']}"
    assert said in done.text
    assert said in (await clerk.get(f"/intake/dossiers/{goes['id']}/receipt")).text
    citizen = Browser(intake.http, None)
    form = await citizen.get("/track")
    tracked = await citizen.send(form, "/track", code=goes["submission_number"], secret=goes["secret"])
    assert "<h1>Đã rút hồ sơ</h1>" in tracked.text
    assert said in tracked.text
    listed = await clerk.get(f"/intake/dossiers?status=7&unit={new_dossier()['unit']}")
    assert goes["submission_number"] in listed.text
    assert stays["submission_number"] not in listed.text


async def test_enter_withdraws_nothing_and_a_page_that_was_overtaken_says_who_did_what(clerk: Browser, intake: Intake) -> None:
    received = await intake.receive()
    page = await clerk.get(path_of(received))
    entered = await clerk.send(page, path_of(received), reason="applicant", enter="yes")
    assert entered.status_code == 422
    await intake.consume(received["id"], opened_case(received), decided_case(received))
    late = await clerk.send(page, path_of(received), reason="applicant")
    assert late.status_code == 412
    assert "Đã có kết quả" in late.text
    assert "không còn rút được" in late.text
    assert [kind for _, kind in await intake.published(received["id"])][-1] == "decided"


async def test_what_a_withdrawn_dossier_was_promised_is_promised_no_more(intake: Intake) -> None:
    received = await intake.receive()
    await withdraw(intake, received)
    await intake.consume(received["id"], opened_case(received), case_withdrawn(received))
    citizen = Browser(intake.http, None)
    form = await citizen.get("/track")
    tracked = await citizen.send(form, "/track", code=received["code"], secret=received["secret"])
    assert "Hẹn trả kết quả:" not in tracked.text
    assert LAND not in tracked.text
