"""A unit ends: what waited there goes to its successor, the citizen is told, and no two clerks are both refused."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from chassis.process import Process
from contracts.directory import UnitV1
from contracts.intake import DossierTransferredV1
from messaging.command_table import Answer
from services.intake.background.successors import transfer_some
from services.intake.commands.succession import transfer_dossier
from tests.support.eventually import eventually
from tests.support.intake_events import INCOMPLETE, MISSING, NOW, collected, decided_case, opened_case
from tests.support.intake_world import Intake, running
from tests.support.reference_data import COMMUNE, DISTRICT, INSURANCE_CARD, LAND, entities

SUCCESSOR = "Bộ phận Một cửa huyện Hà An"


@pytest.fixture(autouse=True)
async def _everybody_is_there_again(intake: Intake) -> Any:
    await publish(intake)
    yield
    await publish(intake)


async def publish(intake: Intake, **changes: Any) -> None:
    """The commune as directory publishes it, in its next version."""
    (unit,) = [entity for entity in entities() if isinstance(entity, UnitV1) and entity.id == COMMUNE]
    intake.sequences.setdefault(("directory", COMMUNE), 1)
    await intake.consume(COMMUNE, unit.model_copy(update=changes))


async def end_commune(intake: Intake) -> None:
    await publish(intake, valid_to=NOW.date() - timedelta(days=1), successor=DISTRICT)


async def transfer(intake: Intake) -> int:
    return await transfer_some(intake.app.state.process)


async def facts_of(intake: Intake, dossier: str) -> list[Any]:
    rows = await intake.rows("SELECT payload FROM outbox WHERE aggregateid = :id ORDER BY position", id=dossier)
    return [json.loads(bytes(row.payload)) for row in rows]


async def test_a_submission_that_waits_goes_to_the_successor_whose_clerk_accepts_it(intake: Intake) -> None:
    waiting = await intake.submit(unit=COMMUNE)
    await end_commune(intake)
    refused = await intake.post(f"/dossiers/{waiting['id']}/accept", {}, clerk="tam", version=1)
    assert refused.status_code == 422, "its own clerk cannot promise a date any more"
    assert await transfer(intake) == 1
    assert await intake.published(waiting["id"]) == [(1, "submitted"), (2, "transferred")]
    moved = DossierTransferredV1.model_validate((await facts_of(intake, waiting["id"]))[-1])
    assert (moved.unit.id, moved.unit.name, moved.transferred_from.id) == (DISTRICT, SUCCESSOR, COMMUNE)
    accepted = await intake.post(f"/dossiers/{waiting['id']}/accept", {}, clerk="hoa", version=2)
    assert accepted.status_code == 200, accepted.text
    assert accepted.json()["code"].startswith(DISTRICT)
    history = await intake.rows("SELECT notice FROM history WHERE dossier = :id AND sequence = 2", id=waiting["id"])
    assert [row.notice for row in history] == [True]


async def test_what_was_handed_back_is_handed_in_again_at_the_successor(intake: Intake) -> None:
    waiting = await intake.submit(unit=COMMUNE, papers=INCOMPLETE)
    missing = {"missing": [{"code": MISSING, "reason": "Để ở nhà"}]}
    assert (await intake.post(f"/dossiers/{waiting['id']}/return", missing, clerk="tam", version=1)).status_code == 200
    await end_commune(intake)
    assert await transfer(intake) == 1
    again = await intake.post(f"/dossiers/{waiting['id']}/resubmit", {"papers": [MISSING]}, clerk="hoa", version=3)
    assert again.status_code == 200, again.text
    tracked = (await intake.track(waiting)).json()
    assert tracked["unit"]["id"] == DISTRICT


async def test_a_result_that_waits_is_handed_over_by_the_successor(intake: Intake) -> None:
    received = await _received_there(intake)
    await intake.consume(received["id"], opened_case(received), decided_case(received))
    await end_commune(intake)
    assert await transfer(intake) == 1
    path = f"/dossiers/{received['id']}/hand-over"
    assert (await intake.post(path, {}, clerk="tam", version=5)).status_code == 404
    done = await intake.post(path, {}, clerk="hoa", version=5)
    assert done.status_code == 200, done.text
    assert done.json()["code"] == received["code"], "a code is for life"
    await end_commune(intake)
    assert await transfer(intake) == 0, "what is handed over stays in its history"


async def test_an_order_to_the_post_follows_unless_the_post_has_it(intake: Intake) -> None:
    planned, placed = await _received_there(intake, hand_over="post"), await _received_there(intake, hand_over="post")
    await intake.consume(placed["id"], opened_case(placed), decided_case(placed))
    await end_commune(intake)
    assert await transfer(intake) == 2
    await intake.consume(planned["id"], opened_case(planned), decided_case(planned))
    ordered_from = {
        received["id"]: [
            json.loads(bytes(row.payload))["unit"]["id"]
            for row in await intake.rows("SELECT payload FROM outbox WHERE aggregateid = :id", id=f"o-{received['id'][2:]}")
        ]
        for received in (planned, placed)
    }
    assert ordered_from == {planned["id"]: [DISTRICT], placed["id"]: [COMMUNE]}


async def test_a_parcel_addressed_to_a_unit_that_has_ended_is_its_successor_s(intake: Intake) -> None:
    await end_commune(intake)
    await intake.consume("c-ended", collected(intake.keys, unit=COMMUNE, procedure=INSURANCE_CARD, papers=[]))
    assert await intake.parked("c-ended") == []
    rows = await intake.rows("SELECT unit_id FROM dossier WHERE collection = 'c-ended'")
    assert [row.unit_id for row in rows] == [DISTRICT]


async def test_nothing_goes_anywhere_while_the_unit_is_there_or_nobody_has_taken_over(intake: Intake) -> None:
    waiting = await intake.submit(unit=COMMUNE)
    assert await transfer(intake) == 0
    await publish(intake, valid_to=NOW.date(), successor=DISTRICT)
    assert await transfer(intake) == 0
    await publish(intake, valid_to=NOW.date() - timedelta(days=1), successor=None)
    assert await transfer(intake) == 0
    await end_commune(intake)
    assert await transfer(intake) == 1
    assert await transfer(intake) == 0
    assert await intake.published(waiting["id"]) == [(1, "submitted"), (2, "transferred")]


async def test_a_process_looks_by_itself_and_only_after_its_own_lanes(intake: Intake) -> None:
    waiting = await intake.submit(unit=COMMUNE)
    await end_commune(intake)
    process = intake.app.state.process
    assert await transfer_some(replace(process, settings=process.settings.model_copy(update={"lanes": "post"}))) == 0
    async with running(intake.database.url.render_as_string(hide_password=False), intake.settings):

        async def transferred() -> bool:
            return (2, "transferred") in await intake.published(waiting["id"])

        await eventually(transferred, describe="the dossier has gone to the successor")


async def test_one_that_cannot_go_keeps_no_other_back(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck, other = await intake.submit(unit=COMMUNE), await intake.submit(unit=COMMUNE)
    await end_commune(intake)

    async def fails_for_one(process: Process, dossier: str) -> Answer:
        if dossier == stuck["id"]:
            raise TimeoutError("a row is locked")
        return await transfer_dossier(process, dossier)

    with monkeypatch.context() as patch, capture_logs() as lines:
        patch.setattr("services.intake.background.successors.transfer_dossier", fails_for_one)
        assert await transfer(intake) == 1
    assert [(line["dossier"], line["error"]) for line in lines if line["log_level"] == "error"] == [(stuck["id"], "TimeoutError")]
    assert len(await intake.published(other["id"])) == 2
    assert await transfer(intake) == 1
    assert len(await intake.published(stuck["id"])) == 2


async def _received_there(intake: Intake, **changes: Any) -> dict[str, Any]:
    waiting = await intake.submit(unit=COMMUNE, procedure=LAND, **changes)
    answer = await intake.post(f"/dossiers/{waiting['id']}/accept", {}, clerk="tam", version=1)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())
