"""What the catalogue says of a limit is what a citizen is promised, and what the fact of acceptance says."""

from collections.abc import AsyncIterator
from itertools import count
from typing import Any, Final

import pytest
from sqlalchemy import text

from contracts.directory import CalendarV1, LimitV1, ProcedureV1, ReceptionRulesV1
from contracts.intake import DossierAcceptedV1
from contracts.registry import Event
from tests.support.intake_world import Intake
from tests.support.reference_data import DISTRICT, LAND, REVISE, entities, entity_id

LATE: Final = "2026-02-23T15:30:00+07:00"
_versions = count(500)


async def publish(intake: Intake, entity: Event) -> None:
    """In a newer version, as the consumer would have copied it."""
    values = {"id": entity_id(entity), "version": next(_versions), "value": entity.model_dump_json(exclude_none=True)}
    async with intake.database.begin() as connection:
        await connection.execute(
            text("UPDATE state_copy SET version = :version, value = CAST(:value AS jsonb) WHERE id = :id"), values
        )
        await connection.execute(REVISE)


@pytest.fixture
async def catalogue(intake: Intake) -> AsyncIterator[dict[str, Any]]:
    """The land procedure and the district's calendar as they are, put back afterwards."""
    held = {entity_id(entity): entity for entity in entities() if entity_id(entity) in {LAND, "mot-cua"}}
    yield held
    for entity in held.values():
        await publish(intake, entity)


async def promised(intake: Intake, at: str = LATE) -> dict[str, Any]:
    answer = await intake.http.get("/api/intake/promise", params={"unit": DISTRICT, "procedure": LAND, "at": at})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def otherwise(procedure: ProcedureV1, **changes: Any) -> ProcedureV1:
    (version,) = procedure.versions
    return procedure.model_copy(update={"versions": [version.model_copy(update=changes)]})


async def test_calendar_days_are_promised_and_published_as_such(intake: Intake, catalogue: dict[str, Any]) -> None:
    limit = LimitV1(kind="working_days", amount=20, every_day=True)
    await publish(intake, otherwise(catalogue[LAND], limit=limit))
    shown = await promised(intake)
    # Twenty days after Monday 23 February is Sunday 15 March.
    assert shown["promised_at"] == "2026-03-16T17:00:00+07:00"
    assert "Thời hạn: 20 ngày, kể cả ngày nghỉ." in shown["why_this_date"]["vi"]
    assert "Time limit: 20 calendar days, days off included." in shown["why_this_date"]["en"]
    received = await intake.receive(received_at=LATE)
    assert received["promised_at"] == shown["promised_at"]
    assert (await intake.get(f"/dossiers/{received['id']}")).json()["why_this_date"] == shown["why_this_date"]
    (row,) = await intake.rows(
        "SELECT payload FROM outbox WHERE aggregateid = :id AND type = :type", id=received["id"], type=DossierAcceptedV1.TYPE
    )
    assert DossierAcceptedV1.model_validate_json(bytes(row.payload)).limit == limit


async def test_out_of_area_runs_from_the_expected_arrival_by_the_rules_of_the_calendar(
    intake: Intake, catalogue: dict[str, Any]
) -> None:
    here = (await promised(intake))["promised_at"]
    land: ProcedureV1 = catalogue[LAND]
    elsewhere = [rule.model_copy(update={"out_of_area": True}) for rule in land.versions[0].competences]
    await publish(intake, otherwise(land, competences=elsewhere))
    by_decree = await promised(intake)
    assert (here[:10], by_decree["promised_at"][:10]) == ("2026-03-09", "2026-03-10")
    assert "Căn cứ: Nghị định 118/2025/NĐ-CP." in by_decree["why_this_date"]["vi"]
    assert by_decree["why_this_date"]["vi"][1].endswith("nhận được hồ sơ, dự kiến 07:30 thứ ba 24/02/2026.")
    calendar: CalendarV1 = catalogue["mot-cua"]
    rules = ReceptionRulesV1(cutoff="16:00", forwarding_days=3, out_of_area_basis="Quyết định 1")
    await publish(intake, calendar.model_copy(update={"rules": rules}))
    by_rule = await promised(intake)
    assert by_rule["promised_at"][:10] == "2026-03-12"
    assert "Căn cứ: Quyết định 1." in by_rule["why_this_date"]["vi"]
    assert "Legal basis: Quyết định 1." in by_rule["why_this_date"]["en"]
