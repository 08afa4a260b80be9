"""A calendar changes under promises that were firm: each dossier moves once, a killed pass goes on, two at once do it once."""

import asyncio
from typing import Any, Final

import pytest

from contracts.directory import CalendarV1
from contracts.values import Lane
from messaging import copies
from services.intake.background import moves
from services.intake.background.calendars import reschedule_due
from services.intake.repository import open_promises
from tests.integration.intake.test_time import HOLIDAY, page, publish_calendar
from tests.support.intake_world import Intake
from tests.support.reference_data import entities

NEXT_DAY: Final = "2026-03-11T17:00:00+07:00"


async def publish_holiday(intake: Intake) -> None:
    calendar = next(entity for entity in entities() if isinstance(entity, CalendarV1) and entity.id == "mot-cua")
    await publish_calendar(intake, exceptions=[*calendar.exceptions, HOLIDAY])


async def moved(intake: Intake, dossier: dict[str, Any]) -> list[str]:
    rows = await intake.rows("SELECT type FROM history WHERE dossier = :id ORDER BY sequence", id=dossier["id"])
    return [row.type for row in rows if "rescheduled" in row.type]


async def test_a_holiday_added_moves_the_firm_dates_and_is_shown_with_the_date_before(intake: Intake) -> None:
    await publish_calendar(intake)
    received, decided = await intake.receive(), await intake.decided()
    assert received["provisional"] is None
    process = intake.app.state.process
    seen = await reschedule_due(process, None)
    await publish_holiday(intake)
    await reschedule_due(process, seen)
    tracked = (await intake.track(received)).json()
    assert tracked["promised_at"] == NEXT_DAY
    (line,) = await intake.rows("SELECT notice, data FROM history WHERE dossier = :id AND sequence = 3", id=received["id"])
    assert line.notice, "the applicant is owed a message"
    assert [day["day"] for day in line.data["days_off"]] == ["2026-03-05"]
    for path in ("", "/receipt"):
        shown = await page(intake, f"/intake/dossiers/{received['id']}{path}")
        assert "trước đó hẹn 17:00, thứ ba 10/03/2026; không tính 05/03/2026 (nghỉ Ngày mới)" in shown
    assert (await intake.track(decided)).json()["promised_at"] == decided["promised_at"]
    assert await moved(intake, decided) == []


async def test_a_holiday_taken_away_again_leaves_the_later_date(intake: Intake) -> None:
    await publish_calendar(intake)
    received, process = await intake.receive(), intake.app.state.process
    await publish_holiday(intake)
    await reschedule_due(process, None)
    await publish_calendar(intake)
    await reschedule_due(process, None)
    assert (await intake.track(received)).json()["promised_at"] == NEXT_DAY
    assert len(await moved(intake, received)) == 1


async def test_a_pass_that_is_killed_goes_on_where_it_was(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    await publish_calendar(intake)
    received = sorted([await intake.receive() for _ in range(3)], key=lambda dossier: dossier["id"])
    await publish_holiday(intake)
    monkeypatch.setattr(moves, "AT_ONCE", 1)
    whole = open_promises.page

    async def killed(*arguments: Any, **more: Any) -> Any:
        if more["last"] == received[0]["id"]:
            raise ConnectionResetError
        return await whole(*arguments, **more)

    monkeypatch.setattr(open_promises, "page", killed)
    process = intake.app.state.process
    with pytest.raises(ConnectionResetError):
        await reschedule_due(process, None)
    (reached,) = await intake.rows("SELECT last FROM calendar_pass WHERE calendar = 'mot-cua' AND last > ''")
    assert reached.last == received[0]["id"]
    monkeypatch.setattr(open_promises, "page", whole)
    assert await reschedule_due(process, None) is None, "latecomers are still to be looked for"
    assert [await moved(intake, dossier) for dossier in received] == [["vn.motcua.intake.dossier.rescheduled.v1"]] * 3
    assert await reschedule_due(process, None) is not None


async def test_two_processes_move_each_date_once(intake: Intake) -> None:
    await publish_calendar(intake)
    received = [await intake.receive() for _ in range(4)]
    await publish_holiday(intake)
    process = intake.app.state.process
    await asyncio.gather(reschedule_due(process, None), reschedule_due(process, None))
    for dossier in received:
        assert (await intake.track(dossier)).json()["promised_at"] == NEXT_DAY
        assert len(await moved(intake, dossier)) == 1


async def test_a_latecomer_accepted_by_the_version_before_is_moved_at_the_next_look(intake: Intake) -> None:
    await publish_calendar(intake)
    received, process = await intake.receive(), intake.app.state.process
    await publish_holiday(intake)
    async with intake.database.begin() as connection:
        version = (await copies.versions(connection, CalendarV1, ["mot-cua"]))["mot-cua"]
        assert await open_promises.begin(connection, "mot-cua", Lane.DISTRICT, version) == ""
        await open_promises.advance(connection, "mot-cua", Lane.DISTRICT, version, None)
    await reschedule_due(process, None)
    assert (await intake.track(received)).json()["promised_at"] == NEXT_DAY
