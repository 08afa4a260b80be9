"""Dates that may still move, receptions dated back over Tết, and moments of the post that cannot have been."""

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any, Final

import pytest
from sqlalchemy import text

from contracts.directory import CalendarV1
from contracts.values import CIVIL_TIME
from services.intake.background.calendars import RING, reschedule_due
from services.intake.domain.dossier import dossier_of_collection
from services.intake.domain.orders import order_of
from tests.support.eventually import eventually
from tests.support.intake_events import NOW, collected, delivered, dispatched, new_dossier
from tests.support.intake_world import Intake
from tests.support.reference_data import DISTRICT, REVISE, entities, token_for
from web.signin import COOKIE

FRIDAY_BEFORE_TET: Final = datetime(2026, 2, 13, 16, 0, tzinfo=CIVIL_TIME)
"""Two working days before NOW, and eleven days: Tết lies between."""
PROVISIONAL: Final = {"calendar": "mot-cua", "known_until": "2026-02-27"}
HOLIDAY: Final = {"date": "2026-03-05", "kind": "holiday", "vi": "Ngày mới", "en": "A new day", "shifts": []}
_versions = count(100)


async def publish_calendar(intake: Intake, **stated: Any) -> None:
    """A newer version of the district's calendar, as the consumer would have copied it."""
    calendar = next(entity for entity in entities() if isinstance(entity, CalendarV1) and entity.id == "mot-cua")
    changed = calendar.model_copy(update=stated).model_dump_json(exclude_none=True)
    async with intake.database.begin() as connection:
        await connection.execute(
            text("UPDATE state_copy SET version = :version, value = CAST(:value AS jsonb) WHERE id = 'mot-cua'"),
            {"version": next(_versions), "value": changed},
        )
        await connection.execute(REVISE)


async def provisional(intake: Intake, **changes: Any) -> dict[str, Any]:
    """A dossier promised past the end of the calendar."""
    await publish_calendar(intake, known_until=date(2026, 2, 27))
    return await intake.receive(**changes)


async def page(intake: Intake, path: str) -> str:
    return (await intake.http.get(path, headers={"Cookie": f"{COOKIE}={token_for('hoa', NOW)}"})).text


async def test_a_promise_past_the_calendar_s_end_is_shown_as_provisional_wherever_it_is_shown(intake: Intake) -> None:
    received = await provisional(intake)
    assert received["promised_at"] == "2026-03-10T17:00:00+07:00"
    assert received["provisional"] == PROVISIONAL
    tracked = (await intake.track(received)).json()
    assert tracked["provisional"] == PROVISIONAL
    assert tracked["why_this_date"]["vi"][-1].startswith("Ngày này là tạm tính")
    note = "ngày tạm tính: lịch làm việc mới có đến hết 27/02/2026"
    for path in ("", "/receipt"):
        assert note in await page(intake, f"/intake/dossiers/{received['id']}{path}")
    form = {"code": received["code"], "secret": received["secret"]}
    assert note in (await intake.http.post("/track", data=form, follow_redirects=True)).text


async def test_a_promise_that_the_calendar_knows_is_firm(intake: Intake) -> None:
    await publish_calendar(intake)
    received = await intake.receive()
    assert received["provisional"] is None
    assert "tạm tính" not in await page(intake, f"/intake/dossiers/{received['id']}/receipt")


async def test_a_calendar_that_refuses_what_it_does_not_know_promises_nothing(intake: Intake) -> None:
    await publish_calendar(intake, known_until=date(2026, 2, 27), refuse_beyond=True)
    refused = await intake.post("/dossiers", new_dossier())
    assert (refused.status_code, refused.json()["code"]) == (409, "cannot-promise")
    assert "27/02/2026" in refused.text


async def test_provisional_dates_come_right_when_the_calendar_does(intake: Intake) -> None:
    received, decided = await provisional(intake), await intake.decided()
    process = intake.app.state.process
    seen = await reschedule_due(process, None)
    unmoved = (await intake.track(received)).json()
    assert unmoved["promised_at"] == received["promised_at"]
    calendar = next(entity for entity in entities() if isinstance(entity, CalendarV1) and entity.id == "mot-cua")
    await publish_calendar(intake, exceptions=[*calendar.exceptions, HOLIDAY])
    await reschedule_due(process, seen)
    moved = (await intake.track(received)).json()
    assert (moved["promised_at"], moved["provisional"]) == ("2026-03-11T17:00:00+07:00", None)
    assert (await intake.published(received["id"]))[-1] == (3, "rescheduled")
    (notice,) = await intake.rows("SELECT notice FROM history WHERE dossier = :id AND sequence = 3", id=received["id"])
    assert notice.notice
    assert "trước đó hẹn 17:00, thứ ba 10/03/2026" in await page(intake, f"/intake/dossiers/{received['id']}")
    assert (await intake.track(decided)).json()["promised_at"] == decided["promised_at"]
    assert await reschedule_due(process, None) == await reschedule_due(process, None)
    assert (await intake.published(received["id"]))[-1] == (3, "rescheduled")


async def test_a_running_process_looks_for_newer_calendars_by_itself(intake: Intake) -> None:
    received = await provisional(intake)
    await publish_calendar(intake)
    # What wakes it otherwise is half a minute.
    intake.app.state.process.messaging.bell.ring(RING)

    async def firm() -> bool:
        return (await intake.track(received)).json()["provisional"] is None

    await eventually(firm, describe="the date is firm")
    assert (await intake.published(received["id"]))[-1] == (3, "rescheduled")
    (notice,) = await intake.rows("SELECT notice FROM history WHERE dossier = :id AND sequence = 3", id=received["id"])
    assert not notice.notice, "the date is the same: nobody is written to"


@pytest.mark.parametrize(
    ("received_at", "status"),
    [
        pytest.param(FRIDAY_BEFORE_TET, 201, id="typed after Tết"),
        pytest.param(FRIDAY_BEFORE_TET - timedelta(days=1), 201, id="three working days ago"),
        pytest.param(FRIDAY_BEFORE_TET - timedelta(days=2), 422, id="four working days ago"),
        pytest.param(FRIDAY_BEFORE_TET - timedelta(days=80), 422, id="months ago"),
    ],
)
async def test_reception_is_dated_back_by_working_days_also_over_tet(intake: Intake, received_at: datetime, status: int) -> None:
    body = new_dossier(received_at=received_at.isoformat())
    answer = await intake.post("/dossiers", body)
    assert answer.status_code == status, answer.text
    if status != 201:
        assert answer.json()["code"] == "received-too-long-ago"
    guidance = {"unit": DISTRICT, "kind": "in_person", "at": received_at.isoformat()}
    assert (await intake.post("/guidance", guidance)).status_code == status


async def test_acceptance_is_dated_back_no_farther_than_that_either(intake: Intake) -> None:
    early = FRIDAY_BEFORE_TET - timedelta(days=2)
    parcel = "c-early"
    await intake.consume(parcel, collected(intake.keys, collected_at=early))
    path = f"/dossiers/{dossier_of_collection(parcel)}/accept"
    refused = await intake.post(path, {"received_at": early.isoformat()}, version=1)
    assert (refused.status_code, refused.json()["code"]) == (422, "received-too-long-ago")
    assert (await intake.post(path, {"received_at": FRIDAY_BEFORE_TET.isoformat()}, version=1)).status_code == 200


async def test_a_parcel_that_the_post_will_have_collected_tomorrow_is_recorded_as_arrived(intake: Intake) -> None:
    tomorrow = NOW + timedelta(days=1)
    await intake.consume("c-tomorrow", collected(intake.keys, collected_at=tomorrow))
    dossier = dossier_of_collection("c-tomorrow")
    answer = (await intake.get(f"/dossiers/{dossier}")).json()
    assert answer["submitted_at"] == NOW.isoformat()
    assert datetime.fromisoformat(answer["steps"][0]["data"]["stated_at"]) == tomorrow
    assert "bưu điện ghi 09:00, thứ tư 25/02/2026, không thể đúng" in await page(intake, f"/intake/dossiers/{dossier}")
    assert (await intake.post(f"/dossiers/{dossier}/accept", {}, version=1)).status_code == 200


@pytest.mark.parametrize("hours", [-5, 5])
async def test_a_delivery_before_the_parcel_was_sent_or_in_the_future_is_recorded_as_arrived(intake: Intake, hours: int) -> None:
    received = await intake.decided(hand_over="post")
    order, stated = order_of(received["id"]), NOW + timedelta(hours=hours)
    # Sent and delivered come in one batch: what was sent is known from the batch itself.
    report = delivered().model_copy(update={"delivered_at": stated})
    await intake.consume(order, dispatched(), report)
    answer = (await intake.track(received)).json()
    assert answer["handed_over_at"] == NOW.isoformat()
    step = (await intake.get(f"/dossiers/{received['id']}")).json()["steps"][-1]
    assert datetime.fromisoformat(step["data"]["stated_at"]) == stated
    form = {"code": received["code"], "secret": received["secret"]}
    assert "không thể đúng, nên ghi lúc tin đến" in (await intake.http.post("/track", data=form, follow_redirects=True)).text


async def test_a_delivery_is_held_against_when_its_parcel_was_sent(intake: Intake) -> None:
    received = await intake.decided(hand_over="post")
    order = order_of(received["id"])
    await intake.consume(order, dispatched())
    async with intake.database.begin() as connection:
        moved = {"at": NOW - timedelta(hours=1), "decided": NOW - timedelta(hours=9), "id": received["id"], "order": order}
        await connection.execute(text("UPDATE post_order SET dispatched_at = :at WHERE id = :order"), moved)
        await connection.execute(text("UPDATE dossier SET decided_at = :decided WHERE id = :id"), moved)
    await intake.consume(order, delivered().model_copy(update={"delivered_at": NOW - timedelta(hours=3)}))
    assert (await intake.track(received)).json()["handed_over_at"] == NOW.isoformat()
