"""What a changed calendar would do is said before it does it, by unit and day, and it does just that."""

from typing import Any, Final

import pytest

from contracts.directory import CalendarV1
from services.intake.background.calendars import reschedule_due
from tests.integration.intake.test_moved_promises import publish_holiday
from tests.integration.intake.test_time import HOLIDAY, publish_calendar
from tests.support.intake_world import Intake
from tests.support.reference_data import DISTRICT, entities

PATH: Final = "/promises/preview"


def document(*more: dict[str, Any], **changes: Any) -> dict[str, Any]:
    calendar = next(entity for entity in entities() if isinstance(entity, CalendarV1) and entity.id == "mot-cua")
    known = calendar.model_dump(mode="json", exclude_none=True)
    return known | {"exceptions": [*calendar.exceptions, *more]} | changes


async def moved_by(intake: Intake, body: dict[str, Any], clerk: str = "quantri") -> dict[str, Any]:
    answer = await intake.post(PATH, body, clerk=clerk)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_the_preview_says_what_the_pass_then_does(intake: Intake) -> None:
    await publish_calendar(intake)
    dossiers = [await intake.receive() for _ in range(3)]
    before = await moved_by(intake, document())
    assert (before["open"] >= 3, before["moved"], before["moves"]) == (True, 0, [])
    preview = await moved_by(intake, document(HOLIDAY))
    (group,) = [move for move in preview["moves"] if move["previous_day"] == "2026-03-10"]
    assert (group["unit"]["id"], group["day"], group["dossiers"]) == (DISTRICT, "2026-03-11", preview["moved"])
    assert not preview["truncated"]
    tracked = [(await intake.track(dossier)).json()["promised_at"] for dossier in dossiers]
    assert tracked == [dossier["promised_at"] for dossier in dossiers], "nothing is moved by asking"
    await publish_holiday(intake)
    await reschedule_due(intake.app.state.process, None)
    (moved,) = await intake.rows("SELECT count(*) AS number FROM history WHERE type LIKE '%rescheduled%'")
    assert moved.number == preview["moved"]


async def test_a_rule_of_reception_that_changes_moves_nothing(intake: Intake) -> None:
    await publish_calendar(intake)
    await intake.receive()
    later = {"cutoff": "07:31", "late_moves_start": True}
    assert (await moved_by(intake, document(rules=later)))["moved"] == 0


async def test_a_leader_sees_the_units_that_they_lead(intake: Intake) -> None:
    await publish_calendar(intake)
    await intake.receive()
    everywhere = await moved_by(intake, document(HOLIDAY))
    assert everywhere["moved"] > 0
    elsewhere = await moved_by(intake, document(HOLIDAY), clerk="quang")
    assert (elsewhere["open"], elsewhere["moved"]) == (0, 0)


@pytest.mark.parametrize("clerk", ["hoa", "minh"])
async def test_who_keeps_no_calendar_is_refused(intake: Intake, clerk: str) -> None:
    assert (await intake.post(PATH, document(HOLIDAY), clerk=clerk)).status_code == 403


async def test_a_calendar_that_cannot_be_counted_with_is_refused_with_the_reason(intake: Intake) -> None:
    await intake.receive()
    refused = await intake.post(PATH, document(weekly={}, exceptions=[]), clerk="quantri")
    assert (refused.status_code, refused.json()["code"]) == (409, "cannot-promise"), refused.text
