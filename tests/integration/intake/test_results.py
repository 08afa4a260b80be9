"""Results given back: found by what is scanned, handed to the applicant or who comes for them, listed by how long they wait."""

import html
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.intake.queries import results as queries
from services.intake.repository import results
from tests.support.intake_browser import Browser
from tests.support.intake_events import APPLICANT, NOW
from tests.support.intake_world import Intake
from tests.support.reference_data import COMMUNE, DISTRICT

REPRESENTATIVE = {"name": "Trần Thị Thay", "identity_number": "034085005555"}
PAGE = "/intake/results"


@pytest.fixture
async def waiting(intake: Intake) -> Any:
    """A result that has waited for eleven days."""
    received = await intake.decided()
    await _wait(intake, received["id"], days=11)
    return received


async def _wait(intake: Intake, dossier: str, days: int) -> None:
    """As if it had been decided so many days ago."""
    async with intake.database.begin() as connection:
        at = NOW - timedelta(days=days)
        await connection.execute(text("UPDATE dossier SET decided_at = :at WHERE id = :id"), {"at": at, "id": dossier})


def listed(page: str) -> list[str]:
    """The ids on a page of the list, in its order."""
    return re.findall(r'<td class="code"><a href="/intake/dossiers/([^"]+)/hand-over"', page)


async def scanned(clerk: Browser, typed: str) -> str:
    """Where it leads to."""
    answer = await clerk.send(await clerk.get(PAGE), PAGE, q=typed)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


@pytest.mark.parametrize("form", ["{code}", "https://motcua.test/track?code={code}", "{tail}", "{identity}"])
async def test_whatever_is_scanned_or_typed_of_one_result_opens_it(clerk: Browser, intake: Intake, form: str) -> None:
    number = f"034099{uuid4().int % 10**6:06}"
    received = await intake.decided(applicant=APPLICANT | {"identity_number": number})
    tail = received["code"].rpartition("-")[2]
    location = await scanned(clerk, form.format(code=received["code"], tail=tail, identity=number))
    assert location == f"/intake/dossiers/{received['id']}/hand-over"


async def test_a_code_without_a_result_opens_why_there_is_none_and_a_name_of_several_their_list(
    clerk: Browser, intake: Intake
) -> None:
    accepted = await intake.receive()
    page = await clerk.get(await scanned(clerk, accepted["code"]))
    assert "Không thể trả kết quả tại quầy" in page.text
    assert f'action="/intake/dossiers/{accepted["id"]}/hand-over"' not in page.text
    person = APPLICANT | {"name": "Đặng Thị Đôi", "identity_number": "034099333001"}
    twice = [(await intake.decided(applicant=person))["id"] for _ in range(2)]
    several = await clerk.get(await scanned(clerk, "dang thi doi"))
    assert all(f"/intake/dossiers/{dossier}" in several.text for dossier in twice)


async def test_the_applicant_fetches_and_the_slip_says_so(clerk: Browser, intake: Intake, waiting: dict[str, Any]) -> None:
    path = f"/intake/dossiers/{waiting['id']}"
    done = await clerk.follow(await clerk.send(await clerk.get(f"{path}/hand-over"), f"{path}/hand-over"))
    shown = html.unescape(done.text)
    assert (await intake.get(f"/dossiers/{waiting['id']}")).json()["status"] == 10
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in shown
    assert "Người nộp trực tiếp nhận" in shown
    assert waiting["code"] in shown
    assert f"{APPLICANT['name']} · {APPLICANT['identity_number']}" in shown
    again = await clerk.get(f"{path}/hand-over")
    assert "đã trả kết quả" in again.text
    assert f"{path}/slip" in again.text


async def test_who_comes_with_authority_is_on_the_slip_and_sealed_and_in_no_fact(
    clerk: Browser, intake: Intake, waiting: dict[str, Any]
) -> None:
    path = f"/intake/dossiers/{waiting['id']}"
    page = await clerk.get(f"{path}/hand-over")
    done = await clerk.follow(await clerk.send(page, f"{path}/hand-over", **REPRESENTATIVE))
    assert "Trần Thị Thay · 034085005555" in html.unescape(done.text)
    assert "Trần Thị Thay" in html.unescape((await clerk.get(path)).text)
    shown = (await intake.get(f"/dossiers/{waiting['id']}")).json()
    assert shown["fetched_by"] == REPRESENTATIVE | {"identity_kind": "citizen_card"}
    (row,) = await intake.rows("SELECT sealed FROM representative WHERE dossier = :d", d=waiting["id"])
    assert b"Thay" not in row.sealed
    for table in ("history", "outbox"):
        kept = await intake.rows(f"SELECT to_jsonb(t)::text AS line FROM {table} t")  # noqa: S608 -- named here
        assert not any("034085005555" in line.line or "Thay" in line.line for line in kept)


async def test_forgetting_the_applicant_forgets_who_came_for_them(intake: Intake) -> None:
    received = await intake.decided()
    body = {"fetched_by": REPRESENTATIVE}
    assert (await intake.post(f"/dossiers/{received['id']}/hand-over", body, version=4)).status_code == 200
    async with intake.database.begin() as connection:
        await connection.execute(text("DELETE FROM person WHERE dossier = :d"), {"d": received["id"]})
    assert await intake.rows("SELECT 1 FROM representative WHERE dossier = :d", d=received["id"]) == []
    assert "fetched_by" not in (await intake.get(f"/dossiers/{received['id']}")).json()


async def test_nobody_comes_for_somebody_who_is_forgotten(intake: Intake) -> None:
    received = await intake.decided()
    async with intake.database.begin() as connection:
        await connection.execute(text("DELETE FROM person WHERE dossier = :d"), {"d": received["id"]})
    path = f"/dossiers/{received['id']}/hand-over"
    refused = await intake.post(path, {"fetched_by": REPRESENTATIVE}, version=4)
    assert (refused.status_code, refused.json()["code"]) == (409, "applicant-forgotten")
    assert (await intake.post(path, {}, version=4)).status_code == 200


async def test_half_a_name_comes_back_as_it_was_typed_and_nothing_is_handed_over(
    clerk: Browser, intake: Intake, waiting: dict[str, Any]
) -> None:
    path = f"/intake/dossiers/{waiting['id']}/hand-over"
    refused = await clerk.send(await clerk.get(path), path, name="Trần Thị Thay")
    assert 'value="Trần Thị Thay"' in html.unescape(refused.text)
    assert 'href="#f-identity_number"' in refused.text
    by_enter = await clerk.send(refused, path, enter="yes", **REPRESENTATIVE)
    assert "error-summary" in by_enter.text
    assert (await intake.get(f"/dossiers/{waiting['id']}")).json()["status"] == 9


async def test_the_longest_wait_comes_first_and_only_the_long_ones_are_in_their_view(
    clerk: Browser, intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    made = [(await intake.decided())["id"] for _ in range(3)]
    for dossier, days in zip(made, (30, 10, 31), strict=True):
        await _wait(intake, dossier, days)
    by_post = (await intake.decided(hand_over="post"))["id"]
    pages = [await clerk.get(PAGE)]
    while more := re.search(r'rel="next" href="([^"]+)"', pages[-1].text):
        pages.append(await clerk.get(html.unescape(more[1])))
    everything = [dossier for page in pages for dossier in listed(page.text)]
    rows = await intake.rows(
        "SELECT id FROM dossier WHERE unit_id = :u AND status = 9 AND hand_over = 'counter' ORDER BY decided_at, id", u=DISTRICT
    )
    assert everything == [row.id for row in rows]
    assert everything[:2] == [made[2], made[0]]
    assert by_post not in everything
    long = await clerk.get(f"{PAGE}?waits=long")
    assert set(listed(long.text)) <= set(everything)
    assert made[1] not in listed(long.text)
    counts = (await clerk.get("/intake/counts.json")).json()
    assert counts["results"] == len(everything)


async def test_another_unit_s_results_are_nobody_s_here(clerk: Browser, intake: Intake, waiting: dict[str, Any]) -> None:
    assert (await clerk.get(f"{PAGE}?unit={COMMUNE}")).status_code == 403
    other = Browser(intake.http, "tam")
    assert (await other.get(f"/intake/dossiers/{waiting['id']}/hand-over")).status_code == 404
    assert (await other.get(f"/intake/dossiers/{waiting['id']}/slip")).status_code == 404
    assert waiting["id"] not in (await other.get(PAGE)).text


async def test_a_reminder_is_sent_once_a_day_by_its_own_fact(clerk: Browser, intake: Intake, waiting: dict[str, Any]) -> None:
    path = f"/intake/dossiers/{waiting['id']}/remind"
    page = await clerk.get(f"{PAGE}?waits=long")
    assert f'action="{path}"' in page.text
    after = await clerk.follow(await clerk.send(page, path))
    assert "Đã nhắc" in after.text
    assert f'action="{path}"' not in after.text
    published = [kind for _, kind in await intake.published(waiting["id"])]
    assert published[-1] == "result-reminded"
    (line,) = await intake.rows(
        "SELECT notice FROM history WHERE dossier = :d AND type LIKE '%.result-reminded.v1'", d=waiting["id"]
    )
    assert line.notice
    refused = await clerk.send(page, path, idempotency_key=str(uuid4()), if_match="5")
    assert "Hôm nay đã nhắc" in html.unescape(refused.text)
    assert [kind for _, kind in await intake.published(waiting["id"])] == published


async def test_who_left_no_address_is_called_instead(clerk: Browser, intake: Intake) -> None:
    person = APPLICANT | {"email": None, "telephone": "0912888001", "identity_number": "034099444009"}
    received = await intake.decided(applicant=person)
    await _wait(intake, received["id"], days=12)
    page = (await clerk.get(f"{PAGE}?waits=long")).text
    assert f"/intake/dossiers/{received['id']}/remind" not in page
    assert 'href="tel:+84912888001"' in page


async def test_a_page_begins_in_the_index_where_the_last_one_ended(intake: Intake) -> None:
    given = {"unit": DISTRICT, "before": NOW, "at": NOW, "id": "d-5", "limit": 51}
    async with intake.database.connect() as connection:
        # So few rows as here would be read whole; all of this is rolled back.
        await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        await connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        lines = await connection.execute(text(f"EXPLAIN (COSTS OFF) {results.BEHIND.text}"), given)
        plan = "\n".join(line[0] for line in lines)
        counted = await connection.execute(
            text(f"EXPLAIN (COSTS OFF) {results.COUNTED.text}"), {"units": [DISTRICT], "before": NOW}
        )
        counting = "\n".join(line[0] for line in counted)
        await connection.rollback()
    assert "using dossier_to_fetch" in plan
    assert re.search(r"Index Cond: .*ROW\(decided_at, \(?id\)?", plan), plan
    assert "Sort" not in plan
    assert "using dossier_to_fetch" in counting
