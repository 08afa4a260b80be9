"""What the API answers, name by name: who reads an answer finds every name each time, null where there is nothing to say."""

from typing import Any

import pytest

from tests.support.intake_events import APPLICANT, INCOMPLETE, MISSING, decided_case, opened_case
from tests.support.intake_world import Intake
from tests.support.reference_data import DISTRICT, LAND, staff_id

UNIT = {"id": DISTRICT, "name": "Bộ phận Một cửa huyện Hà An"}
TITLE = "Đăng ký biến động do tặng cho, thừa kế quyền sử dụng đất (cha mẹ chuyển cho con)"
PROMISED = "2026-03-10T17:00:00+07:00"
STATE = {
    *("id", "version", "status", "stage", "submission_number", "code", "promised_at", "provisional"),
    *("withdrawal", "address_confirmed"),
}
PERSON = APPLICANT | {"telephone": "+84912000001", "language": "vi", "identity_kind": "citizen_card"}


def without(answer: dict[str, Any], *names: str) -> dict[str, Any]:
    """The answer but for what differs from run to run, which has to be there all the same."""
    assert set(names) <= answer.keys()
    return {name: value for name, value in answer.items() if name not in names}


async def test_a_received_dossier_comes_with_what_its_receipt_needs(intake: Intake) -> None:
    received = await intake.receive()
    assert without(received, "code", "submission_number", "secret", "tracking_url", "id") == {
        "version": 2,
        "status": 2,
        "stage": "accepted",
        "promised_at": PROMISED,
        "provisional": None,
        "receipt_url": f"/intake/dossiers/{received['id']}/receipt",
        "warnings": [],
        "withdrawal": None,
        "address_confirmed": True,
    }
    sent = await intake.submit()
    assert sent.keys() == received.keys()
    assert (sent["code"], sent["promised_at"]) == (None, None)
    assert sent["tracking_url"].endswith(f"/track?code={sent['submission_number']}")


async def test_every_step_answers_how_the_dossier_stands(intake: Intake) -> None:
    held = await intake.receive(accept=False, papers=INCOMPLETE)
    path = f"/dossiers/{held['id']}"
    steps: list[tuple[str, dict[str, Any], str]] = [
        ("return", {"missing": [{"code": MISSING, "reason": "Chưa có"}]}, "returned"),
        ("resubmit", {"papers": [MISSING]}, "submitted"),
        ("accept", {}, "accepted"),
    ]
    for version, (action, body, stage) in enumerate(steps, 1):
        answer = await intake.post(f"{path}/{action}", body, version=version)
        assert answer.json().keys() == STATE, action
        assert (answer.json()["stage"], answer.headers["etag"]) == (stage, f'"{version + 1}"')
    await intake.consume(held["id"], opened_case(answer.json()), decided_case(answer.json()))
    handed_over = (await intake.post(f"{path}/hand-over", {}, version=6)).json()
    assert (handed_over.keys(), handed_over["status"], handed_over["promised_at"]) == (STATE, 10, PROMISED)
    refused = await intake.receive(accept=False)
    answer = await intake.post(f"/dossiers/{refused['id']}/refuse", {"reason": "Sai nơi nộp"}, version=1)
    assert (answer.json().keys(), answer.json()["code"]) == (STATE, None)


async def test_staff_see_the_whole_dossier(intake: Intake) -> None:
    received = await intake.decided(hand_over="post")
    seen = (await intake.get(f"/dossiers/{received['id']}")).json()
    assert without(seen, "accepted_at", "submitted_at", "why_this_date", "papers", "steps") == {
        **without({name: received[name] for name in STATE}, "version", "status", "stage"),
        "version": 4,
        "status": 9,
        "stage": "decided",
        "procedure": {"code": LAND, "version": 1, "title": TITLE, "field": "dat-dai", "field_title": "Đất đai"},
        "unit": UNIT,
        "competent_unit": UNIT,
        "hand_over": "post",
        "channel": "counter",
        "lane": "district",
        "fee": 500_000,
        "missing": [],
        "reason": None,
        "outcome": "granted",
        "decided_at": "2026-02-24T09:00:00+07:00",
        "result_number": "12/QĐ-UBND",
        "handed_over_at": None,
        "handed_over_by": None,
        "contact_version": 1,
        "applicant": PERSON,
        "withdrawn_at": None,
    }
    assert seen["papers"][0] == {"code": "don-dang-ky", "title": "Đơn đăng ký biến động đất đai"}, "no word about a file"
    assert seen["why_this_date"].keys() == {"vi", "en"}
    taken_up = {"kind": "taken-up", "at": "2026-02-24T09:00:00+07:00", "by": None, "data": {}}
    assert seen["steps"][2] == taken_up
    assert (seen["steps"][0]["by"], seen["steps"][0]["at"].endswith("+07:00")) == (staff_id("hoa"), True)
    assert seen["steps"][3]["data"].keys() == {"outcome", "decided_at", "result_number"}


async def test_before_acceptance_nothing_is_promised_and_null_says_so(intake: Intake) -> None:
    nobody = {name: APPLICANT[name] for name in ("name", "identity_number", "address")}
    sent = await intake.submit(applicant=nobody)
    seen = (await intake.get(f"/dossiers/{sent['id']}")).json()
    unknown = {
        "code",
        "promised_at",
        "provisional",
        "competent_unit",
        "accepted_at",
        "reason",
        "outcome",
        "decided_at",
        "result_number",
        "withdrawal",
        "withdrawn_at",
    }
    assert {name for name, value in seen.items() if value is None} == unknown | {
        "handed_over_at",
        "handed_over_by",
        "contact_version",
    }
    assert (seen["why_this_date"], seen["missing"], seen["fee"]) == ({"vi": [], "en": []}, [], 0)
    assert seen["applicant"] == nobody | {
        "identity_kind": "citizen_card",
        "telephone": None,
        "email": None,
        "language": "vi",
    }


async def test_who_tracks_sees_no_person_and_no_paper(intake: Intake) -> None:
    sent = await intake.submit(papers=INCOMPLETE)
    await intake.post(f"/dossiers/{sent['id']}/return", {"missing": [{"code": MISSING, "reason": "Chưa có"}]}, version=1)
    tracked = (await intake.track(sent)).json()
    assert without(tracked, "id", "submission_number", "submitted_at", "steps") == {
        "version": 2,
        "status": 1,
        "stage": "returned",
        "code": None,
        "promised_at": None,
        "provisional": None,
        "procedure": {"code": LAND, "title": TITLE},
        "unit": UNIT,
        "competent_unit": None,
        "hand_over": "counter",
        "accepted_at": None,
        "why_this_date": {"vi": [], "en": []},
        "missing": [{"code": MISSING, "title": "Bản gốc giấy chứng nhận quyền sử dụng đất", "reason": "Chưa có"}],
        "reason": None,
        "outcome": None,
        "decided_at": None,
        "handed_over_at": None,
        "withdrawal": None,
        "withdrawn_at": None,
        "address_confirmed": False,
    }
    assert [step.keys() for step in tracked["steps"]] == [{"kind", "at"}] * 2


async def test_one_line_of_the_list(intake: Intake) -> None:
    received = await intake.receive()
    answer = (await intake.get(f"/dossiers?q={received['submission_number']}")).json()
    assert answer.keys() == {"dossiers", "next"}
    (line,) = answer["dossiers"]
    assert without(line, "submitted_at") == {
        **{name: received[name] for name in ("id", "version", "status", "code", "submission_number")},
        "returned": False,
        "procedure": {"code": LAND, "title": TITLE},
        "channel": "counter",
        "hand_over": "counter",
        "promised_at": PROMISED,
        "applicant_name": APPLICANT["name"],
    }


async def test_the_short_answers(intake: Intake) -> None:
    await intake.receive()
    guidance = await intake.post("/guidance", {"unit": DISTRICT, "kind": "call_in"})
    assert guidance.json().keys() == {"id"}
    known = await intake.get(f"/applicants?identity_number={APPLICANT['identity_number']}")
    assert known.json() == {"applicant": PERSON, "warnings": []}
    summary = (await intake.get("/summary", clerk="operator")).json()
    assert summary.keys() == {"dossiers"}
    assert all(status.isdecimal() and count > 0 for status, count in summary["dossiers"].items())


@pytest.mark.parametrize("path", ["/dossiers/d-none", "/dossiers/d-none/applicant"])
async def test_what_is_not_there_is_a_problem_in_both_languages(intake: Intake, path: str) -> None:
    answer = await intake.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-dossier")
    assert answer.json().keys() == {"type", "title", "status", "code", "detail", "vi", "en", "errors"}
