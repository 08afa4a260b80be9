"""The list with which dossiers go to the competent units: what was accepted in that half of the day, a sheet for each unit."""

import re
from datetime import datetime, timedelta

from sqlalchemy import text

from services.intake.repository import dispatch
from tests.support.intake_browser import Browser
from tests.support.intake_events import NOW
from tests.support.intake_world import Intake
from tests.support.reference_data import DISTRICT

PAGE = "/intake/dispatch"


async def _accepted_at(intake: Intake, dossier: str, at: datetime) -> None:
    async with intake.database.begin() as connection:
        await connection.execute(
            text("UPDATE dossier SET accepted_at = :at, submitted_at = :at WHERE id = :id"), {"at": at, "id": dossier}
        )


def listed(page: str) -> list[str]:
    return re.findall(r'<td class="code"><a href="/intake/dossiers/([^"]+)"', page)


async def test_a_half_of_a_day_lists_what_was_accepted_in_it_and_nothing_else(clerk: Browser, intake: Intake) -> None:
    noon = datetime.fromisoformat("2025-03-04T12:00:00+07:00")
    first, last, after = [(await intake.receive())["id"] for _ in range(3)]
    await _accepted_at(intake, last, noon - timedelta(seconds=1))
    await _accepted_at(intake, first, noon - timedelta(hours=4))
    await _accepted_at(intake, after, noon)
    morning = await clerk.get(f"{PAGE}?unit={DISTRICT}&day=4/3/2025&round=morning")
    assert listed(morning.text) == [first, last]
    assert listed((await clerk.get(f"{PAGE}?unit={DISTRICT}&day=04/03/2025&round=afternoon")).text) == [after]
    assert listed((await clerk.get(f"{PAGE}?unit={DISTRICT}&day=05/03/2025&round=morning")).text) == []


async def test_without_a_choice_it_is_the_round_under_way(clerk: Browser, intake: Intake) -> None:
    received = await intake.receive()
    assert received["id"] in listed((await clerk.get(f"{PAGE}?unit={DISTRICT}")).text)


async def test_what_is_no_day_is_said_at_its_field(clerk: Browser) -> None:
    page = (await clerk.get(f"{PAGE}?unit={DISTRICT}&day=31/2/2026")).text
    assert "Không đọc được ngày" in page
    assert 'value="31/2/2026"' in page


async def test_another_units_list_is_not_shown(clerk: Browser) -> None:
    assert (await clerk.get(f"{PAGE}?unit=000.00.99.H99")).status_code == 403


async def test_it_is_read_by_its_index(intake: Intake) -> None:
    given = {"unit": DISTRICT, "start": NOW, "end": NOW, "limit": 10}
    async with intake.database.connect() as connection:
        await connection.execute(text("SET LOCAL enable_seqscan = off"))
        lines = await connection.execute(text(f"EXPLAIN (COSTS OFF) {dispatch.ACCEPTED.text}"), given)
        plan = "\n".join(line for (line,) in lines)
    assert "dossier_accepted" in plan
    assert "Sort" not in plan
