"""One person after another at the counter: what belongs to one never serves another, and nobody hands in twice unseen."""

import re
from itertools import count
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from messaging.statements import Statement
from services.intake.repository import others
from tests.support.draft_pages import shows_draft
from tests.support.intake_browser import Browser, fields_of, opened
from tests.support.intake_events import APPLICANT, papers_of
from tests.support.intake_world import Intake
from tests.support.page_words import program_words_in, shown
from tests.support.reference_data import COMMUNE, DISTRICT, INSURANCE_CARD, LAND, people
from web.languages import layout_texts

_numbers = count(34_099_100_001)
PERSONAL = ("name", "address", "telephone", "email")


def somebody(**known: str) -> dict[str, str]:
    """A person of their own; all that is filled in of them is theirs alone."""
    number = f"0{next(_numbers)}"
    own = {
        "name": f"Người {number}",
        "address": f"Nhà {number}",
        "telephone": "+84912" + number[-6:],
        "email": f"{number}@example.vn",
    }
    return APPLICANT | own | {"identity_number": number} | known


def as_typed(person: dict[str, str]) -> dict[str, str]:
    return {name: person[name] for name in (*PERSONAL, "identity_number")}


async def open_again(clerk: Browser, page: httpx.Response, **fields: Any) -> httpx.Response:
    return await clerk.send(page, "/intake/counter", act="open", **fields)


async def accept(clerk: Browser, page: httpx.Response, papers_for: str = LAND, **fields: Any) -> httpx.Response:
    return await clerk.send(page, "/intake/counter", act="accept", **{"papers": papers_of(papers_for), **fields})


async def number_of_dossiers(intake: Intake) -> int:
    (row,) = await intake.rows("SELECT count(*) AS n FROM dossier")
    return int(row.n)


async def test_the_next_persons_number_brings_the_next_persons_details(clerk: Browser, intake: Intake) -> None:
    first, second = somebody(), somebody()
    for person in (first, second):
        await intake.receive(applicant=person, procedure=INSURANCE_CARD, papers=papers_of(INSURANCE_CARD))
    page = await opened(clerk, identity_number=first["identity_number"])
    assert fields_of(page)["name"] == first["name"]
    page = await open_again(clerk, page, identity_number=second["identity_number"])
    shown = fields_of(page)
    assert (shown["name"], shown["address"], shown["email"]) == (second["name"], second["address"], second["email"])


async def test_an_unknown_number_after_a_known_one_leaves_nothing_of_it(clerk: Browser, intake: Intake) -> None:
    first, stranger = somebody(), somebody()
    await intake.receive(applicant=first, procedure=INSURANCE_CARD, papers=papers_of(INSURANCE_CARD))
    page = await opened(clerk, identity_number=first["identity_number"])
    changed = {
        "hand_over": "post",
        "received_at": "2026-02-23T09:00",
        "papers": papers_of(LAND)[:1],
        "address": "Gõ cho người trước",
    }
    page = await open_again(clerk, page, **changed | {"identity_number": stranger["identity_number"]})
    shown = fields_of(page)
    assert {name: shown[name] for name in (*PERSONAL, "received_at")} == dict.fromkeys((*PERSONAL, "received_at"), "")
    assert (shown["hand_over"], shown["opened_procedure"], "papers" in shown) == ("counter", LAND, False)
    assert first["name"] not in page.text
    assert first["email"] not in page.text


async def test_a_number_changed_after_opening_is_not_received_with_the_others_details(clerk: Browser, intake: Intake) -> None:
    first, second = somebody(), somebody()
    await intake.receive(applicant=first, procedure=INSURANCE_CARD, papers=papers_of(INSURANCE_CARD))
    before = await number_of_dossiers(intake)
    page = await opened(clerk, identity_number=first["identity_number"])
    for action in ("accept", "hold"):
        answer = await clerk.send(
            page, "/intake/counter", act=action, papers=papers_of(LAND), identity_number=second["identity_number"]
        )
        assert shows_draft(answer)
        assert f"đã mở cho số {first['identity_number']}, nhưng số đang ghi là {second['identity_number']}" in answer.text
    again = await accept(clerk, answer)
    assert shows_draft(again)
    assert await number_of_dossiers(intake) == before
    right = await accept(clerk, answer, identity_number=first["identity_number"])
    assert right.status_code == 303


async def test_a_number_changed_after_a_refusal_is_another_person_too(clerk: Browser, intake: Intake) -> None:
    """The page was opened without a number: the first one sent with it is whose fields they are."""
    first, second = somebody(), somebody()
    page = await opened(clerk)
    lacking = await accept(clerk, page, **as_typed(first) | {"papers": []})
    assert shows_draft(lacking)
    other = await accept(clerk, lacking, identity_number=second["identity_number"])
    assert shows_draft(other)
    assert first["identity_number"] in other.text
    assert (await accept(clerk, lacking, **as_typed(first))).status_code == 303


async def test_the_same_number_written_otherwise_is_the_same_person(clerk: Browser, intake: Intake) -> None:
    person = somebody()
    await intake.receive(applicant=person, procedure=INSURANCE_CARD, papers=papers_of(INSURANCE_CARD))
    number = person["identity_number"]
    page = await opened(clerk, identity_number=number)
    received = await accept(clerk, page, identity_number=f" {number[:3]} {number[3:]} ")
    assert received.status_code == 303


async def test_what_a_clerk_emptied_or_corrected_is_not_filled_in_again(clerk: Browser, intake: Intake) -> None:
    person = somebody()
    await intake.receive(applicant=person, procedure=INSURANCE_CARD, papers=papers_of(INSURANCE_CARD))
    page = await opened(clerk, identity_number=person["identity_number"])
    page = await open_again(clerk, page, email="", address="Nhà mới")
    shown = fields_of(page)
    assert (shown["email"], shown["address"], shown["name"]) == ("", "Nhà mới", person["name"])


async def test_details_typed_before_the_number_are_not_mixed_with_somebody_elses(clerk: Browser, intake: Intake) -> None:
    known = somebody()
    await intake.receive(applicant=known, procedure=INSURANCE_CARD, papers=papers_of(INSURANCE_CARD))
    page = await opened(clerk, name="Người Khác Hẳn", identity_number=known["identity_number"])
    shown = fields_of(page)
    assert (shown["name"], shown["address"], shown["telephone"], shown["email"]) == ("Người Khác Hẳn", "", "", "")
    assert f"đã nộp hồ sơ với tên {known['name']}" in page.text
    page = await opened(clerk, name=f" {known['name'].upper()}", identity_number=known["identity_number"])
    assert fields_of(page)["address"] == known["address"]


async def test_another_procedure_keeps_the_person_and_asks_for_its_own_papers(clerk: Browser, intake: Intake) -> None:
    person = somebody()
    page = await opened(clerk, **as_typed(person))
    page = await open_again(clerk, page, procedure=INSURANCE_CARD, papers=papers_of(LAND))
    shown = fields_of(page)
    assert (page.status_code, shown["name"], shown["email"]) == (200, person["name"], person["email"])
    assert "papers" not in shown
    assert papers_of(INSURANCE_CARD)[0] in page.text


async def test_a_procedure_changed_just_before_accepting_shows_its_papers_first(clerk: Browser, intake: Intake) -> None:
    person = somebody()
    before = await number_of_dossiers(intake)
    page = await opened(clerk, **as_typed(person))
    changed = await accept(clerk, page, procedure=INSURANCE_CARD)
    assert shows_draft(changed)
    assert "không có giấy tờ mã" not in changed.text
    shown = fields_of(changed)
    assert (shown["name"], shown["opened_procedure"], "papers" in shown) == (person["name"], INSURANCE_CARD, False)
    assert await number_of_dossiers(intake) == before
    assert (await accept(clerk, changed, INSURANCE_CARD)).status_code == 303


async def test_enter_with_nothing_chosen_says_what_to_choose_and_keeps_the_person(clerk: Browser, intake: Intake) -> None:
    person = somebody()
    await intake.receive(applicant=person, procedure=INSURANCE_CARD, papers=papers_of(INSURANCE_CARD))
    page = await clerk.get("/intake/counter")
    asked = await open_again(clerk, page, identity_number=person["identity_number"])
    assert shows_draft(asked)
    assert layout_texts().text("vi", "invalid.missing", label="Thủ tục") in asked.text
    chosen = await open_again(clerk, asked, procedure=LAND)
    assert (chosen.status_code, fields_of(chosen)["name"]) == (200, person["name"])


@pytest.mark.parametrize("address", ["/submit?unit=", f"/submit?unit={DISTRICT}&procedure="])
async def test_a_citizen_who_chose_nothing_is_told_what_to_choose(citizen: Browser, address: str) -> None:
    page = await citizen.get(address)
    assert page.status_code == 422
    assert 'class="error-summary"' in page.text
    assert (await citizen.get("/submit")).status_code == (await citizen.get(f"/submit?unit={DISTRICT}")).status_code == 200


async def test_a_persons_other_dossier_of_the_procedure_is_seen_before_one_more_is_received(
    clerk: Browser, intake: Intake
) -> None:
    person = somebody()
    first = await intake.receive(applicant=person)
    page = await opened(clerk, identity_number=person["identity_number"])
    assert first["code"] in page.text
    assert fields_of(page)["others_shown"] == [first["id"]]
    assert (await accept(clerk, page)).status_code == 303


async def test_a_number_typed_after_opening_shows_the_other_dossier_and_asks_once(clerk: Browser, intake: Intake) -> None:
    person = somebody()
    first = await intake.receive(applicant=person)
    before = await number_of_dossiers(intake)
    page = await opened(clerk)
    asked = await accept(clerk, page, **as_typed(person))
    assert asked.status_code == 200
    assert first["code"] in asked.text
    assert "bấm tiếp nhận lần nữa" in asked.text
    assert await number_of_dossiers(intake) == before
    assert (await accept(clerk, asked)).status_code == 303
    assert await number_of_dossiers(intake) == before + 1


async def test_only_the_same_open_procedure_at_the_clerks_own_units_is_another_dossier(clerk: Browser, intake: Intake) -> None:
    person = somebody()
    await intake.receive(applicant=person, procedure=INSURANCE_CARD, papers=papers_of(INSURANCE_CARD))
    refused = await intake.receive(applicant=person, accept=False)
    await intake.post(f"/dossiers/{refused['id']}/refuse", {"reason": "Sai nơi nộp"}, version=1)
    elsewhere = await intake.receive(applicant=person)
    async with intake.database.begin() as connection:
        moved = {"unit": COMMUNE, "id": elsewhere["id"]}
        await connection.execute(text("UPDATE dossier SET unit_id = :unit WHERE id = :id"), moved)
    page = await opened(clerk, identity_number=person["identity_number"])
    assert "others_shown" not in fields_of(page)


async def test_a_submission_shows_its_applicants_other_dossier_beside_accepting(clerk: Browser, intake: Intake) -> None:
    person = somebody()
    first = await intake.receive(applicant=person)
    again = await intake.receive(applicant=person, accept=False)
    page = await clerk.get(f"/intake/dossiers/{again['id']}")
    assert f'href="/intake/dossiers/{first["id"]}"' in page.text
    settled = await clerk.get(f"/intake/dossiers/{first['id']}")
    assert f'href="/intake/dossiers/{again["id"]}"' not in settled.text


@pytest.mark.parametrize("statement", [others._OF_PERSON, others._BESIDE])
async def test_other_dossiers_are_found_by_the_persons_index(intake: Intake, statement: Statement) -> None:
    given = {
        "index": b"1",
        "key": "k",
        "actor": "a",
        "dossier": "d-1",
        "procedure": LAND,
        "units": [DISTRICT],
        "ended": [3, 7, 10],
    }
    async with intake.database.connect() as connection:
        # So few rows as here would be read whole.
        await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        lines = await connection.exec_driver_sql(f"EXPLAIN (COSTS OFF) {statement._query.decode()}", given)
        plan = "\n".join(line[0] for line in lines)
        await connection.rollback()
    assert "person_identity" in plan
    assert "Seq Scan" not in plan


async def test_stale_page_says_who_changed_what_and_keeps_what_was_typed(clerk: Browser, intake: Intake) -> None:
    received = await intake.receive(applicant=somebody(), accept=False)
    path = f"/intake/dossiers/{received['id']}"
    page = await clerk.get(path)
    await intake.post(f"/dossiers/{received['id']}/refuse", {"reason": "Sai nơi nộp"}, version=1)
    code = papers_of(LAND)[0]
    late = await clerk.send(page, f"{path}/return", **{f"reason-{code}": "Bản chụp bị mờ"})
    assert shows_draft(late)
    meanwhile = late.text.partition("Đã đổi từ khi bạn mở trang này")[2].partition("</section>")[0]
    assert "Từ chối tiếp nhận (mẫu 03)" in meanwhile
    assert "Đã nộp giấy tờ" not in meanwhile
    assert people()["hoa"].name in meanwhile
    assert "Bản chụp bị mờ" in late.text.partition("Bạn đã nhập")[2]
    assert "Đã đổi từ khi bạn mở trang này" not in (await clerk.get(path)).text


async def test_a_page_sent_again_with_other_contents_is_told_so_in_plain_words(clerk: Browser, intake: Intake) -> None:
    person = somebody()
    page = await opened(clerk, **as_typed(person))
    assert (await accept(clerk, page)).status_code == 303
    again = await accept(clerk, page, address="Nhà khác")
    assert shows_draft(again)
    assert "Trang này đã gửi một lần rồi" in again.text
    assert program_words_in(shown(again.text)) == []


async def test_a_paper_of_another_procedure_is_refused_without_its_code(clerk: Browser, intake: Intake) -> None:
    page = await opened(clerk, **as_typed(somebody()))
    refused = await accept(clerk, page, papers=[*papers_of(LAND), "to-khai-la"])
    assert shows_draft(refused)
    assert "Có giấy tờ không thuộc thủ tục này" in refused.text
    assert "to-khai-la" not in shown(refused.text)


@pytest.mark.parametrize("path", ["/intake/counter?lang=vi", "/intake/dossiers", "/intake/dossiers?after=x"])
async def test_a_clerks_page_shows_no_word_of_programs_and_no_long_id(clerk: Browser, path: str) -> None:
    assert program_words_in(shown((await clerk.get(path)).text)) == []


async def test_an_address_of_forms_that_is_opened_leads_to_its_page(clerk: Browser) -> None:
    answer = await clerk.get("/intake/dossiers/d-x/accept?lang=en")
    assert (answer.status_code, answer.headers["location"]) == (303, "/intake/dossiers/d-x?lang=en")


async def test_enter_in_a_date_accepts_nothing_and_keeps_it(clerk: Browser, intake: Intake) -> None:
    """A browser sends the first button that is not disabled; without scripts there is nothing else to stop it."""
    received = await intake.receive(applicant=somebody(), accept=False)
    path = f"/intake/dossiers/{received['id']}"
    page = await clerk.get(path)
    forms = re.findall(rf'<form method="post" action="{path}/[^"]+">(.*?)</form>', page.text, re.DOTALL)
    buttons = [re.findall(r"<button[^>]*>", form)[:2] for form in forms]
    assert len(buttons) == 3
    assert all(["disabled" in first, 'name="enter"' in second] == [True, True] for first, second in buttons)
    entered = await clerk.send(page, f"{path}/accept", enter="yes", received_at="2026-02-24T08:30")
    assert shows_draft(entered)
    assert "phím Enter không gửi ở đây" in entered.text
    assert 'value="2026-02-24T08:30"' in entered.text
    assert (await intake.get(f"/dossiers/{received['id']}")).json()["stage"] == "submitted"
