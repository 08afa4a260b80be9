"""Events of routing and of the post: each through the real engine on real rows; twice without effect, refused without loss."""

import json

import pytest
from joserfc.jwk import ECKey

from contracts.values import Lane
from services.intake.domain.dossier import dossier_of_collection
from tests.support.intake_events import APPLICANT, NOW, collected, decided_case, delivered, dispatched, opened_case
from tests.support.intake_world import Intake
from tests.support.reference_data import BUSINESS, DISTRICT, INSURANCE_CARD, MARRIAGE, headers_for

COLLECTION = "c-0af00001"


async def test_case_opened_and_decided(intake: Intake) -> None:
    received = await intake.receive()
    await intake.consume(received["id"], opened_case(received))
    assert (await intake.get(f"/dossiers/{received['id']}")).json()["status"] == 4
    await intake.consume(received["id"], decided_case(received))
    seen = (await intake.get(f"/dossiers/{received['id']}")).json()
    assert (seen["status"], seen["outcome"], seen["result_number"], seen["version"]) == (9, "granted", "12/QĐ-UBND", 4)
    assert await intake.published(received["id"]) == [(1, "submitted"), (2, "accepted"), (3, "taken-up"), (4, "decided")]
    assert await intake.published(received["id"].replace("d-", "o-"), "intake.post-orders") == []


async def test_both_events_in_one_batch_and_read_again(intake: Intake) -> None:
    received = await intake.receive()
    await intake.consume(received["id"], opened_case(received), decided_case(received))
    await intake.consume(received["id"], decided_case(received), again=True)
    history = await intake.rows("SELECT sequence FROM history WHERE dossier = :id ORDER BY sequence", id=received["id"])
    assert [row.sequence for row in history] == [1, 2, 3, 4]
    assert len(await intake.published(received["id"])) == 4


async def test_case_of_a_dossier_that_was_never_accepted_is_a_dead_letter(intake: Intake) -> None:
    waiting = await intake.receive(accept=False)
    accepted = await intake.receive()
    await intake.consume(waiting["id"], opened_case(waiting | {"code": accepted["code"], "promised_at": accepted["promised_at"]}))
    ((state, reason),) = await intake.parked(waiting["id"])
    assert (state, reason.split(":")[0]) == ("dead", "illegal-step")
    await intake.consume("d-unknown", opened_case(accepted))
    ((state, reason),) = await intake.parked("d-unknown")
    assert (state, reason.split(":")[0]) == ("dead", "unknown-dossier")


async def test_decision_places_the_order_with_the_post(intake: Intake) -> None:
    received = await intake.decided(hand_over="post")
    order = received["id"].replace("d-", "o-")
    assert await intake.published(order, "intake.post-orders") == [(1, "placed")]
    (row,) = await intake.rows("SELECT * FROM outbox WHERE aggregateid = :id", id=order)
    placed = json.loads(bytes(row.payload))
    assert (placed["code"], placed["kind"], row.lane) == (received["code"], "deliver", "district")
    await intake.consume(order, dispatched())
    await intake.consume(order, delivered())
    seen = (await intake.get(f"/dossiers/{received['id']}")).json()
    assert (seen["status"], seen["handed_over_by"]) == (10, "post")
    (fact,) = await intake.rows("SELECT lane FROM outbox WHERE aggregateid = :id AND sequence = 5", id=received["id"])
    assert fact.lane == "district"


async def test_delivery_without_an_order_or_before_it_is_placed_is_a_dead_letter(intake: Intake) -> None:
    received = await intake.receive(hand_over="post")
    order = received["id"].replace("d-", "o-")
    await intake.consume(order, delivered())
    ((state, reason),) = await intake.parked(order)
    assert (state, reason.split(":")[0]) == ("dead", "illegal-order-step")
    assert (await intake.get(f"/dossiers/{received['id']}")).json()["status"] == 2
    await intake.consume("o-unknown", dispatched())
    assert [reason.split(":")[0] for _, reason in await intake.parked("o-unknown")] == ["unknown-order"]


async def test_collection_becomes_one_dossier_of_the_posts_lane(intake: Intake) -> None:
    event = collected(intake.keys)
    await intake.consume(COLLECTION, event)
    await intake.consume(COLLECTION, event, again=True)
    await intake.consume(COLLECTION, event)
    dossier = dossier_of_collection(COLLECTION)
    rows = await intake.rows("SELECT * FROM outbox WHERE aggregateid = :id ORDER BY position", id=dossier)
    assert [(row.aggregatetype, row.lane, row.sequence) for row in rows] == [
        ("intake.contacts.post", "post", 1),
        ("intake.dossiers.post", "post", 1),
    ]
    fact = json.loads(bytes(rows[1].payload))
    assert (fact["channel"], fact["status"], fact["hand_over"], fact["collection"]) == ("post", 1, "post", COLLECTION)
    seen = (await intake.get(f"/dossiers/{dossier}")).json()
    assert (seen["lane"], seen["applicant"]["name"]) == (Lane.POST, APPLICANT["name"])
    assert [line["id"] for line in (await intake.get(f"/dossiers?q={COLLECTION.upper()}")).json()["dossiers"]] == [dossier]
    accepted = await intake.post(f"/dossiers/{dossier}/accept", {}, version=1)
    assert (accepted.status_code, accepted.json()["code"].startswith(DISTRICT)) == (200, True)
    (order,) = await intake.rows("SELECT lane, state FROM post_order WHERE dossier = :id", id=dossier)
    assert (order.lane, order.state) == ("post", "planned")


async def test_two_collections_in_one_batch_are_two(intake: Intake) -> None:
    records = [intake.record(f"c-{name}", collected(intake.keys)) for name in ("a", "b")]
    await intake.work(records)
    for name in ("a", "b"):
        assert await intake.published(dossier_of_collection(f"c-{name}")) == [(1, "submitted")]


async def test_applicant_that_cannot_be_decrypted_is_a_dead_letter_without_a_name(intake: Intake) -> None:
    other = ECKey.generate_key("P-256", private=True)
    stranger = intake.keys["intake_key_file"].with_name("stranger")
    stranger.write_text(json.dumps(other.as_dict(private=True)))
    await intake.consume("c-stranger", collected({"intake_key_file": stranger}))
    await intake.consume("c-rubbish", collected(intake.keys, applicant="a.b.c.d.e"))
    for name in ("c-stranger", "c-rubbish"):
        ((state, reason),) = await intake.parked(name)
        assert (state, reason.split(":")[0]) == ("dead", "applicant-unreadable")
        assert not await intake.rows("SELECT 1 FROM dossier WHERE id = :id", id=dossier_of_collection(name))


async def test_collection_for_a_unit_not_known_yet_waits_until_it_is(intake: Intake) -> None:
    late = "000.00.22.H99"
    await intake.consume("c-late", collected(intake.keys, unit=late))
    assert [state for state, _ in await intake.parked("c-late")] == ["waiting"]


@pytest.mark.parametrize(("procedure", "code"), [(MARRIAGE, "not-received-here"), ("2.900033", "channel-not-offered")])
async def test_collection_that_the_unit_does_not_take_by_post_is_a_dead_letter(intake: Intake, procedure: str, code: str) -> None:
    name = f"c-{procedure}"
    await intake.consume(name, collected(intake.keys, procedure=procedure, papers=[]))
    ((state, reason),) = await intake.parked(name)
    assert (state, reason.split(":")[0]) == ("dead", code)


async def test_version_in_force_that_day_counts(intake: Intake) -> None:
    received = await intake.receive(procedure=BUSINESS)
    seen = (await intake.get(f"/dossiers/{received['id']}")).json()
    assert (seen["procedure"]["version"], seen["promised_at"]) == (2, "2026-02-27T17:00:00+07:00")


async def test_summary_counts_by_status_for_the_operator_alone(intake: Intake) -> None:
    answer = await intake.get("/summary", clerk="operator")
    rows = await intake.rows("SELECT status, count(*) AS number FROM dossier GROUP BY status")
    assert answer.json()["dossiers"] == {str(row.status): row.number for row in rows}
    assert (await intake.get("/summary")).status_code == 403


async def test_views_agree_with_what_was_published(intake: Intake) -> None:
    headers = headers_for("operator", NOW)
    names = (await intake.http.get("/api/intake/reconcile", headers=headers)).json()["views"]
    assert names == ["cases", "dossiers", "intake-positions", "messages", "routing-positions", "statuses", "statuses-kept"]
    received = await intake.decided(procedure=INSURANCE_CARD, hand_over="post")
    by_view: dict[str, dict[str, str]] = {}
    for name in names:
        rows: dict[str, str] = {}
        buckets = (await intake.http.get(f"/api/intake/reconcile/{name}", headers=headers)).json()["buckets"]
        for bucket in buckets:
            answer = await intake.http.get(f"/api/intake/reconcile/{name}/{bucket}", headers=headers)
            rows |= answer.json()["rows"]
        by_view[name] = rows
    ident = received["id"]
    assert by_view["dossiers"][ident] == "4:9"
    assert by_view["intake-positions"][ident] == "4"
    assert by_view["routing-positions"][ident] == "2"
    assert by_view["cases"][ident] == received["code"]
    assert {key for key in by_view["messages"] if key.startswith(ident)} == {f"{ident}/2", f"{ident}/4"}
