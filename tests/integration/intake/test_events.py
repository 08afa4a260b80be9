"""What routing and the post tell: each event through the real engine on real rows; twice without effect, refused without loss."""

import json
from collections.abc import AsyncIterator

import pytest
from joserfc.jwk import ECKey

from contracts.values import Lane
from services.intake.domain.dossier import dossier_of_collection
from tests.support.intake_world import (
    APPLICANT,
    NOW,
    Intake,
    collected,
    decided_case,
    delivered,
    dispatched,
    intake_world,
    opened_case,
)
from tests.support.reference_data import BUSINESS, DISTRICT, INSURANCE_CARD, MARRIAGE, headers_for
from tests.support.servers import PostgresServer

COLLECTION = "c-0af00001"


@pytest.fixture(scope="module")
async def intake(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Intake]:
    async with intake_world(postgres, tmp_path_factory.mktemp("keys")) as world:
        yield world


async def test_case_opened_and_decided(intake: Intake) -> None:
    taken = await intake.take_in()
    await intake.tell(taken["id"], opened_case(taken))
    assert (await intake.get(f"/dossiers/{taken['id']}")).json()["status"] == 4
    await intake.tell(taken["id"], decided_case(taken))
    seen = (await intake.get(f"/dossiers/{taken['id']}")).json()
    assert (seen["status"], seen["outcome"], seen["result_number"], seen["version"]) == (9, "granted", "12/QĐ-UBND", 4)
    assert await intake.told(taken["id"]) == [(1, "submitted"), (2, "accepted"), (3, "taken-up"), (4, "decided")]
    assert await intake.told(taken["id"].replace("d-", "o-"), "intake.post-orders") == []


async def test_both_events_in_one_batch_and_read_again(intake: Intake) -> None:
    taken = await intake.take_in()
    await intake.tell(taken["id"], opened_case(taken), decided_case(taken))
    await intake.tell(taken["id"], decided_case(taken), again=True)
    history = await intake.rows("SELECT sequence FROM history WHERE dossier = :id ORDER BY sequence", id=taken["id"])
    assert [row.sequence for row in history] == [1, 2, 3, 4]
    assert len(await intake.told(taken["id"])) == 4


async def test_case_of_a_dossier_that_was_never_accepted_is_a_dead_letter(intake: Intake) -> None:
    waiting = await intake.take_in(accept=False)
    accepted = await intake.take_in()
    await intake.tell(waiting["id"], opened_case(waiting | {"code": accepted["code"], "promised_at": accepted["promised_at"]}))
    ((state, reason),) = await intake.waiting(waiting["id"])
    assert (state, reason.split(":")[0]) == ("dead", "illegal-step")
    await intake.tell("d-unknown", opened_case(accepted))
    ((state, reason),) = await intake.waiting("d-unknown")
    assert (state, reason.split(":")[0]) == ("dead", "unknown-dossier")


async def test_decision_places_the_order_with_the_post(intake: Intake) -> None:
    taken = await intake.decided(hand_over="post")
    order = taken["id"].replace("d-", "o-")
    assert await intake.told(order, "intake.post-orders") == [(1, "placed")]
    (row,) = await intake.rows("SELECT * FROM outbox WHERE aggregateid = :id", id=order)
    placed = json.loads(bytes(row.payload))
    assert (placed["code"], placed["kind"], row.lane) == (taken["code"], "deliver", "district")
    await intake.tell(order, dispatched())
    await intake.tell(order, delivered())
    seen = (await intake.get(f"/dossiers/{taken['id']}")).json()
    assert (seen["status"], seen["handed_over_by"]) == (10, "post")
    (fact,) = await intake.rows("SELECT lane FROM outbox WHERE aggregateid = :id AND sequence = 5", id=taken["id"])
    assert fact.lane == "district"


async def test_delivery_without_an_order_or_before_it_is_placed_is_a_dead_letter(intake: Intake) -> None:
    taken = await intake.take_in(hand_over="post")
    order = taken["id"].replace("d-", "o-")
    await intake.tell(order, delivered())
    ((state, reason),) = await intake.waiting(order)
    assert (state, reason.split(":")[0]) == ("dead", "illegal-order-step")
    assert (await intake.get(f"/dossiers/{taken['id']}")).json()["status"] == 2
    await intake.tell("o-unknown", dispatched())
    assert [reason.split(":")[0] for _, reason in await intake.waiting("o-unknown")] == ["unknown-order"]


async def test_collection_becomes_one_dossier_of_the_posts_lane(intake: Intake) -> None:
    event = collected(intake.keys)
    await intake.tell(COLLECTION, event)
    await intake.tell(COLLECTION, event, again=True)
    await intake.tell(COLLECTION, event)
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
    assert [one["id"] for one in (await intake.get(f"/dossiers?q={COLLECTION.upper()}")).json()["dossiers"]] == [dossier]
    accepted = await intake.post(f"/dossiers/{dossier}/accept", {}, version=1)
    assert (accepted.status_code, accepted.json()["code"].startswith(DISTRICT)) == (200, True)
    (order,) = await intake.rows("SELECT lane, state FROM post_order WHERE dossier = :id", id=dossier)
    assert (order.lane, order.state) == ("post", "planned")


async def test_two_collections_in_one_batch_are_two(intake: Intake) -> None:
    records = [intake.record(f"c-{name}", collected(intake.keys)) for name in ("a", "b")]
    await intake.work(records)
    for name in ("a", "b"):
        assert await intake.told(dossier_of_collection(f"c-{name}")) == [(1, "submitted")]


async def test_applicant_that_cannot_be_decrypted_is_a_dead_letter_without_a_name(intake: Intake) -> None:
    other = ECKey.generate_key("P-256", private=True)
    stranger = intake.keys["intake_key_file"].with_name("stranger")
    stranger.write_text(json.dumps(other.as_dict(private=True)))
    await intake.tell("c-stranger", collected({"intake_key_file": stranger}))
    await intake.tell("c-rubbish", collected(intake.keys, applicant="a.b.c.d.e"))
    for name in ("c-stranger", "c-rubbish"):
        ((state, reason),) = await intake.waiting(name)
        assert (state, reason.split(":")[0]) == ("dead", "applicant-unreadable")
        assert not await intake.rows("SELECT 1 FROM dossier WHERE id = :id", id=dossier_of_collection(name))


async def test_collection_for_a_unit_not_known_yet_waits_until_it_is(intake: Intake) -> None:
    await intake.rows("SELECT 1")
    late = "000.00.22.H99"
    await intake.tell("c-late", collected(intake.keys, unit=late))
    assert [state for state, _ in await intake.waiting("c-late")] == ["waiting"]


@pytest.mark.parametrize(("procedure", "code"), [(MARRIAGE, "not-received-here"), ("2.900033", "channel-not-offered")])
async def test_collection_that_the_unit_does_not_take_by_post_is_a_dead_letter(intake: Intake, procedure: str, code: str) -> None:
    name = f"c-{procedure}"
    await intake.tell(name, collected(intake.keys, procedure=procedure, papers=[]))
    ((state, reason),) = await intake.waiting(name)
    assert (state, reason.split(":")[0]) == ("dead", code)


async def test_version_in_force_that_day_counts(intake: Intake) -> None:
    taken = await intake.take_in(procedure=BUSINESS)
    seen = (await intake.get(f"/dossiers/{taken['id']}")).json()
    assert (seen["procedure"]["version"], seen["promised_at"]) == (2, "2026-02-27T17:00:00+07:00")


async def test_summary_counts_by_status_for_the_operator_alone(intake: Intake) -> None:
    answer = await intake.get("/summary", clerk="operator")
    rows = await intake.rows("SELECT status, count(*) AS number FROM dossier GROUP BY status")
    told = {status: number for status, number in answer.json()["dossiers"].items() if number}
    assert told == {str(row.status): row.number for row in rows}
    assert (await intake.get("/summary")).status_code == 403


async def test_views_agree_with_what_was_told(intake: Intake) -> None:
    headers = headers_for("operator", NOW)
    names = (await intake.http.get("/api/intake/reconcile", headers=headers)).json()["views"]
    assert names == ["cases", "dossiers", "intake-positions", "messages", "routing-positions"]
    taken = await intake.decided(procedure=INSURANCE_CARD, hand_over="post")
    found: dict[str, dict[str, str]] = {}
    for name in names:
        rows: dict[str, str] = {}
        buckets = (await intake.http.get(f"/api/intake/reconcile/{name}", headers=headers)).json()["buckets"]
        for bucket in buckets:
            answer = await intake.http.get(f"/api/intake/reconcile/{name}/{bucket}", headers=headers)
            rows |= answer.json()["rows"]
        found[name] = rows
    ident = taken["id"]
    assert found["dossiers"][ident] == "4:9"
    assert found["intake-positions"][ident] == "4"
    assert found["routing-positions"][ident] == "2"
    assert found["cases"][ident] == taken["code"]
    assert {key for key in found["messages"] if key.startswith(ident)} == {f"{ident}/2", f"{ident}/4"}
