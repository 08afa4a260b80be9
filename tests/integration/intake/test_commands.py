"""Commands on dossiers over HTTP: what each publishes, who may, effectively once, and nothing half-written when refused."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.support.intake_events import APPLICANT, INCOMPLETE, MISSING, NOW, new_dossier, read_by_post
from tests.support.intake_world import Intake
from tests.support.reference_data import BIRTH, CENTRE, CERTIFIED_COPY, COMMUNE, DISTRICT, LAND, MARRIAGE, token_for

FORM_02 = {"missing": [{"code": MISSING, "reason": "Chưa mang theo bản gốc"}]}


async def test_receiving_at_the_counter_submits_and_accepts(intake: Intake) -> None:
    answer = await intake.post("/dossiers", new_dossier())
    body = answer.json()
    assert (answer.status_code, body["version"], body["status"], answer.headers["etag"]) == (201, 2, 2, '"2"')
    assert body["code"].startswith(f"{DISTRICT}-260224-")
    # Ten working days of the district's calendar after Tuesday; its desk is open on Saturday mornings, which no limit counts.
    assert body["promised_at"] == "2026-03-10T17:00:00+07:00"
    assert body["tracking_url"].endswith(f"/track?code={body['code']}")
    assert body["secret"] not in body["tracking_url"]
    assert await intake.published(body["id"]) == [(1, "submitted"), (2, "accepted")]


async def test_contact_goes_out_before_the_facts_and_they_name_its_version(intake: Intake) -> None:
    received = await intake.receive()
    rows = await intake.rows("SELECT * FROM outbox WHERE aggregateid = :id ORDER BY position", id=received["id"])
    assert [row.aggregatetype for row in rows] == ["intake.contacts.district", *["intake.dossiers.district"] * 2]
    contact, *facts = [json.loads(bytes(row.payload)) for row in rows]
    assert (contact["email"], contact["telephone"], rows[0].sequence) == ("thu@vidu.test", "+84912000001", 1)
    assert [fact["contact_version"] for fact in facts] == [1, 1]


async def test_without_email_and_telephone_there_is_no_contact(intake: Intake) -> None:
    nobody = {name: APPLICANT[name] for name in ("name", "identity_number", "address")}
    received = await intake.receive(applicant=nobody)
    rows = await intake.rows("SELECT payload FROM outbox WHERE aggregateid = :id", id=received["id"])
    assert len(rows) == 2
    assert all("contact_version" not in json.loads(bytes(row.payload)) for row in rows)


async def test_personal_data_is_nowhere_but_sealed_and_on_the_contacts_topic(intake: Intake) -> None:
    person = APPLICANT | {"name": "Tên Rất Riêng", "identity_number": "099099099099", "address": "Ngõ Không Ai Biết"}
    received = await intake.receive(applicant=person, hand_over="post")
    private = ("Tên Rất Riêng", "099099099099", "Ngõ Không Ai Biết", received["secret"])
    for table in ("dossier", "history", "person", "post_order", "command", "guidance", "code_counter"):
        for row in await intake.rows(f"SELECT to_jsonb(t)::text AS line FROM {table} t"):  # noqa: S608
            assert not any(value in row.line or value.encode().hex() in row.line for value in private), table
    facts = await intake.rows("SELECT payload FROM outbox WHERE aggregatetype NOT LIKE 'intake.contacts.%'")
    assert not any(value in bytes(row.payload).decode() for row in facts for value in private)


async def test_an_order_for_the_post_is_planned_with_an_address_that_only_the_post_reads(intake: Intake) -> None:
    received = await intake.receive(hand_over="post")
    (order,) = await intake.rows("SELECT * FROM post_order WHERE dossier = :id", id=received["id"])
    assert (order.id, order.state, order.version) == (received["id"].replace("d-", "o-"), "planned", 0)
    read = read_by_post(intake.keys, order.recipient)
    assert read == {"name": APPLICANT["name"], "address": APPLICANT["address"], "telephone": "+84912000001"}


async def test_the_same_key_gives_the_same_answer_and_one_dossier(intake: Intake) -> None:
    key, body = str(uuid4()), new_dossier()
    first, again = [await intake.post("/dossiers", body, key=key) for _ in range(2)]
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert len(await intake.rows("SELECT id FROM dossier WHERE id = :id", id=first.json()["id"])) == 1
    other = await intake.post("/dossiers", body | {"hand_over": "post"}, key=key)
    assert (other.status_code, other.json()["code"]) == (422, "key-reused")


async def test_accepted_twice_with_one_key_is_accepted_once(intake: Intake) -> None:
    received = await intake.receive(accept=False)
    key = str(uuid4())
    answers = [await intake.post(f"/dossiers/{received['id']}/accept", {}, version=1, key=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert await intake.published(received["id"]) == [(1, "submitted"), (2, "accepted")]
    stale = await intake.post(f"/dossiers/{received['id']}/accept", {}, version=1)
    assert stale.status_code == 412


async def test_handed_back_with_everything_named_then_complete(intake: Intake) -> None:
    """Đông Hưng's first story."""
    received = await intake.receive(accept=False, papers=INCOMPLETE)
    path = f"/dossiers/{received['id']}"
    refused = await intake.post(f"{path}/accept", {}, version=1)
    assert (refused.status_code, refused.json()["code"]) == (422, "papers-missing")
    assert "Bản gốc giấy chứng nhận quyền sử dụng đất" in refused.json()["vi"]
    returned = await intake.post(f"{path}/return", FORM_02, version=1)
    assert (returned.json()["status"], returned.json()["stage"], returned.json()["code"]) == (1, "returned", None)
    accepted = await intake.post(f"{path}/accept", {"papers": [MISSING]}, version=2)
    assert (accepted.status_code, accepted.json()["version"]) == (200, 4)
    assert await intake.published(received["id"]) == [(1, "submitted"), (2, "returned"), (3, "submitted"), (4, "accepted")]
    (turn,) = await intake.rows("SELECT * FROM guidance WHERE dossier = :id", id=received["id"])
    assert (turn.kind, turn.unit_id, turn.version) == ("in_person", DISTRICT, 1)
    assert await intake.published(turn.id, "intake.front-desk") == [(1, "given")]


async def test_form_02_has_to_name_everything_that_is_missing(intake: Intake) -> None:
    received = await intake.receive(accept=False, papers=INCOMPLETE)
    body = {"missing": [{"code": "hop-dong", "reason": "Bản mờ"}]}
    answer = await intake.post(f"/dossiers/{received['id']}/return", body, version=1)
    assert (answer.status_code, answer.json()["code"]) == (422, "missing-not-named")
    assert not await intake.rows("SELECT id FROM guidance WHERE dossier = :id", id=received["id"])


async def test_clerk_hands_in_again_and_refuses_with_a_reason(intake: Intake) -> None:
    received = await intake.receive(accept=False, papers=INCOMPLETE)
    path = f"/dossiers/{received['id']}"
    await intake.post(f"{path}/return", FORM_02, version=1)
    lacking = await intake.post(f"{path}/resubmit", {"papers": ["hop-dong"]}, version=2)
    assert lacking.json()["code"] == "papers-missing"
    again = await intake.post(f"{path}/resubmit", {"papers": [MISSING]}, version=2)
    assert (again.status_code, again.json()["stage"]) == (200, "submitted")
    refused = await intake.post(f"{path}/refuse", {"reason": "Không thuộc thẩm quyền"}, version=3)
    assert (refused.json()["status"], refused.json()["version"]) == (3, 4)
    seen = (await intake.get(path)).json()
    assert (seen["reason"], [step["kind"] for step in seen["steps"]]) == (
        "Không thuộc thẩm quyền",
        ["submitted", "returned", "submitted", "refused"],
    )


async def test_submission_online_waits_for_a_clerk_and_has_no_promise(intake: Intake) -> None:
    sent = await intake.submit()
    assert (sent["version"], sent["status"], sent["code"], sent["promised_at"]) == (1, 1, None, None)
    assert sent["submission_number"].startswith("S260224-")
    accepted = await intake.post(f"/dossiers/{sent['id']}/accept", {}, version=1)
    assert accepted.json()["code"]
    (fact, *_) = await intake.rows("SELECT payload FROM outbox WHERE aggregateid = :id AND sequence = 2", id=sent["id"])
    assert json.loads(bytes(fact.payload))["channel"] == "online"


async def test_citizen_hands_in_again_with_the_secret(intake: Intake) -> None:
    sent = await intake.submit(papers=INCOMPLETE)
    await intake.post(f"/dossiers/{sent['id']}/return", FORM_02, version=1)
    path = f"/submissions/{sent['submission_number']}/resubmit"
    body = {"papers": [MISSING], "secret": sent["secret"].lower().replace("-", " ")}
    wrong = await intake.online(path, body | {"secret": "0000-0000"}, **{"If-Match": '"2"'})
    assert (wrong.status_code, wrong.json()["code"]) == (404, "not-recognised")
    answer = await intake.online(path, body, **{"If-Match": '"2"'})
    assert (answer.status_code, answer.json()["version"]) == (200, 3)
    assert (await intake.online(path, body, **{"If-Match": '"2"'})).status_code == 412


async def test_lost_answer_of_a_submission_does_not_make_two(intake: Intake) -> None:
    key = str(uuid4())
    body = {name: value for name, value in new_dossier().items() if name != "accept"}
    first = await intake.online("/submissions", body, key, **{"X-Forwarded-For": "192.0.2.1"})
    again = await intake.online("/submissions", body, key, **{"X-Forwarded-For": "192.0.2.2"})
    assert first.json() == again.json()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"procedure": "9.999999"}, "not-in-directory"),
        ({"unit": "000.00.77.H99"}, "forbidden"),
        ({"procedure": MARRIAGE}, "not-received-here"),
        ({"papers": ["hop-dong", "la-gi"]}, "unknown-paper"),
        ({"papers": []}, "papers-missing"),
        ({"received_at": (NOW + timedelta(hours=2)).isoformat()}, "received-in-future"),
        ({"received_at": (NOW - timedelta(days=15)).isoformat()}, "received-too-long-ago"),
    ],
)
async def test_what_cannot_be_received_leaves_nothing(intake: Intake, changes: dict[str, Any], code: str) -> None:
    before = await intake.rows("SELECT count(*) AS n FROM outbox")
    answer = await intake.post("/dossiers", new_dossier(**changes))
    assert answer.json()["code"] == code
    assert answer.headers["content-type"] == "application/problem+json"
    assert all(answer.json()[language] for language in ("vi", "en"))
    assert await intake.rows("SELECT count(*) AS n FROM outbox") == before


HOSTILE: list[Any] = [
    {},
    [],
    "x",
    None,
    {"applicant": {}},
    new_dossier(papers=["a"] * 201),
    new_dossier(extra=1),
    new_dossier(applicant=APPLICANT | {"name": "a\u0000b"}),
    new_dossier(applicant=APPLICANT | {"name": "\ud800"}),
    new_dossier(applicant=APPLICANT | {"name": "x" * 501}),
    new_dossier(applicant=APPLICANT | {"telephone": "911"}),
    new_dossier(applicant=APPLICANT | {"email": "không phải"}),
    new_dossier(received_at=10**30),
    new_dossier(received_at="2026-02-24T09:00:00"),
    new_dossier(received_at="0001-01-01T00:00:00+07:00"),
    new_dossier(hand_over="drone"),
    new_dossier(unit="'; DROP TABLE dossier; --"),
]


@pytest.mark.parametrize("body", HOSTILE)
async def test_hostile_bodies_are_refused_by_every_mutation(intake: Intake, body: object) -> None:
    received = await intake.receive(accept=False)
    before = await intake.rows("SELECT count(*) AS n FROM outbox")
    raw = json.dumps(body, ensure_ascii=True).encode()
    steps = [f"/dossiers/{received['id']}/{step}" for step in ("return", "refuse", "resubmit")]
    for path in ("/dossiers", "/submissions", "/guidance", "/submissions/S260224-AAAAA-AAAAA/resubmit", *steps):
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4()), "If-Match": '"1"'}
        answer = await intake.http.post(f"/api/intake{path}", content=raw, headers=signed() | headers)
        assert 400 <= answer.status_code < 500, (path, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
    assert await intake.rows("SELECT count(*) AS n FROM outbox") == before


def signed() -> dict[str, str]:
    return {"Authorization": f"Bearer {token_for('hoa', NOW)}"}


async def test_only_clerks_of_the_unit_may(intake: Intake) -> None:
    received = await intake.receive(accept=False)
    path = f"/dossiers/{received['id']}"
    for clerk, status in (("tam", 404), ("son", 403), ("long", 403)):
        assert (await intake.post(f"{path}/accept", {}, clerk=clerk, version=1)).status_code == status
        assert (await intake.get(path, clerk=clerk)).status_code == status
        assert (await intake.post("/dossiers", new_dossier(), clerk=clerk)).status_code == 403
    assert (await intake.http.get(f"/api/intake{path}")).status_code == 401
    assert (await intake.http.post("/api/intake/dossiers", json=new_dossier())).status_code == 401


async def test_conditions_of_a_change(intake: Intake) -> None:
    received = await intake.receive(accept=False)
    path = f"/dossiers/{received['id']}/accept"
    assert (await intake.post(path, {})).status_code == 428
    assert (await intake.post(path, {}, version=7)).status_code == 412
    assert (await intake.post("/dossiers/d-none/accept", {}, version=1)).status_code == 404
    without = await intake.http.post(f"/api/intake{path}", json={}, headers=signed() | {"If-Match": '"1"'})
    assert (without.status_code, without.json()["code"]) == (400, "idempotency-key-missing")


async def test_promise_counts_from_the_time_at_the_counter(intake: Intake) -> None:
    """Same-day work: in before three o'clock yesterday, due yesterday at five, though it is typed today."""
    yesterday = (NOW - timedelta(days=1)).replace(hour=14)
    received = await intake.receive(procedure=CERTIFIED_COPY, received_at=yesterday.isoformat())
    assert (received["promised_at"], received["code"].split("-")[1]) == ("2026-02-23T17:00:00+07:00", "260223")
    late = await intake.receive(procedure=CERTIFIED_COPY, received_at=yesterday.replace(hour=15, minute=30).isoformat())
    assert late["promised_at"] == "2026-02-24T17:00:00+07:00"
    why = (await intake.get(f"/dossiers/{late['id']}")).json()["why_this_date"]
    assert "sau giờ chốt" in why["vi"][0]
    assert "after the cut-off" in why["en"][0]


async def test_code_and_submission_number_are_of_the_civil_day(intake: Intake) -> None:
    """Half past midnight in Vietnam is still the day before in UTC."""
    received = await intake.receive(received_at="2026-02-23T17:30:00Z")
    assert received["code"].startswith(f"{DISTRICT}-260224-")
    assert received["submission_number"].startswith("S260224-")


async def test_lane_is_the_tier_of_the_door(intake: Intake) -> None:
    province = (await intake.post("/dossiers", new_dossier(unit=CENTRE), clerk="lan")).json()
    commune = (await intake.post("/dossiers", new_dossier(unit=COMMUNE, procedure=BIRTH), clerk="tam")).json()
    rows = await intake.rows("SELECT id, lane FROM dossier WHERE id IN (:a, :b)", a=province["id"], b=commune["id"])
    assert {row.id: row.lane for row in rows} == {province["id"]: "province", commune["id"]: "district"}


async def test_guidance_turns(intake: Intake) -> None:
    for kind in ("in_person", "call_in", "call_out"):
        answer = await intake.post("/guidance", {"unit": DISTRICT, "kind": kind, "procedure": LAND})
        assert answer.status_code == 201
        (row,) = await intake.rows("SELECT payload, sequence FROM outbox WHERE aggregateid = :id", id=answer.json()["id"])
        given = json.loads(bytes(row.payload))
        assert (given["kind"], given["procedure"]["code"], given["unit"]["id"], row.sequence) == (kind, LAND, DISTRICT, 1)
    assert (await intake.post("/guidance", {"unit": COMMUNE, "kind": "call_in"})).status_code == 403
    future = {"unit": DISTRICT, "kind": "call_in", "at": (NOW + timedelta(days=1)).isoformat()}
    assert (await intake.post("/guidance", future)).json()["code"] == "received-in-future"


async def test_history_says_what_owes_a_message(intake: Intake) -> None:
    at_counter, online = await intake.receive(), await intake.submit()
    rows = await intake.rows(
        "SELECT dossier, sequence, notice FROM history WHERE dossier IN (:a, :b)", a=at_counter["id"], b=online["id"]
    )
    owed = {(row.dossier, row.sequence): row.notice for row in rows}
    assert owed == {(at_counter["id"], 1): False, (at_counter["id"], 2): True, (online["id"], 1): True}
