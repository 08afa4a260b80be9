"""The counter on one page: a procedure found by words, a person read from a card, the promise before anything is accepted."""

import re
from itertools import count
from typing import Any

import httpx
import pytest

from contracts.directory import ProcedureV1
from contracts.search_words import folded
from tests.support.intake_browser import TYPED, Browser, fields_of, opened
from tests.support.intake_events import APPLICANT, MISSING, papers_of
from tests.support.intake_world import Intake
from tests.support.page_words import shown
from tests.support.reference_data import COMMUNE, DISTRICT, INSURANCE_CARD, LAND, entities

COUNTER = "/intake/counter"
_numbers = count(34_099_200_001)


def title_of(code: str) -> str:
    procedure = next(entity for entity in entities() if isinstance(entity, ProcedureV1) and entity.code == code)
    return procedure.versions[-1].title


def card(name: str = "Lê Thị Thẻ", address: str = "Thôn Thẻ, xã Minh Lạc") -> tuple[str, str]:
    """The number, and what a scanner types."""
    number = f"0{next(_numbers)}"
    return number, f"{number}|151234567|{name}|01021985|Nữ|{address}|10052021"


async def send(clerk: Browser, page: httpx.Response, act: str = "open", **fields: Any) -> httpx.Response:
    return await clerk.send(page, COUNTER, act=act, **fields)


def focused(page: httpx.Response) -> list[str]:
    """What the cursor stands on: name and value of each element that asks for it."""
    tags = re.findall(r"<(?:input|button)[^>]* autofocus[^>]*>", page.text)
    said = [dict(re.findall(r'(name|value)="([^"]*)"', tag)) for tag in tags]
    return [f"{element['name']}={element['value']}" for element in said]


async def dossiers(intake: Intake) -> int:
    (row,) = await intake.rows("SELECT count(*) AS n FROM dossier")
    return int(row.n)


async def test_words_without_marks_open_the_one_procedure_that_has_them(clerk: Browser) -> None:
    page = await send(clerk, await clerk.get(COUNTER), procedure=folded(title_of(LAND)).upper())
    assert (fields_of(page)["opened_procedure"], fields_of(page)["procedure"]) == (LAND, title_of(LAND))
    assert "Bản gốc giấy chứng nhận quyền sử dụng đất" in page.text


async def test_words_of_several_are_chosen_from_by_the_next_key(clerk: Browser) -> None:
    page = await send(clerk, await clerk.get(COUNTER), procedure="the bao hiem")
    offered = re.findall(r'<button class="secondary" type="submit" name="procedure" value="([^"]+)"', page.text)
    assert len(offered) > 1
    assert INSURANCE_CARD in offered
    assert (fields_of(page)["opened_procedure"], fields_of(page)["procedure"]) == ("", "the bao hiem")
    assert focused(page) == [f"procedure={offered[0]}"]
    chosen = await send(clerk, page, procedure=INSURANCE_CARD)
    assert fields_of(chosen)["opened_procedure"] == INSURANCE_CARD


async def test_words_that_no_procedure_has_say_so_and_stay(clerk: Browser) -> None:
    page = await send(clerk, await clerk.get(COUNTER), procedure="tàu vũ trụ")
    assert "Không có thủ tục nào tại đây mang các chữ này" in page.text
    assert fields_of(page)["procedure"] == "tàu vũ trụ"


async def test_another_procedure_typed_and_not_opened_is_not_received(clerk: Browser, intake: Intake) -> None:
    """Its papers and its promise have not been seen; the one before is not meant any more."""
    page, before = await opened(clerk), await dossiers(intake)
    for typed in ("the bao hiem", title_of(INSURANCE_CARD)):
        shown_first = await send(clerk, page, "accept", papers=papers_of(LAND), **TYPED | {"procedure": typed})
        assert fields_of(shown_first)["name"] == TYPED["name"]
        assert "papers" not in fields_of(shown_first)
    assert await dossiers(intake) == before


async def test_what_was_received_last_is_offered_first(clerk: Browser, intake: Intake) -> None:
    for procedure in (LAND, INSURANCE_CARD):
        await intake.receive(procedure=procedure, papers=papers_of(procedure))
    page = await clerk.get(COUNTER)
    offered = re.findall(r'name="procedure" value="([^"]+)">', page.text)
    assert offered[:2] == [INSURANCE_CARD, LAND]


async def test_a_scanned_card_fills_in_the_person_and_receives_nothing(clerk: Browser, intake: Intake) -> None:
    number, scanned = card()
    before = await dossiers(intake)
    for act in ("open", "accept"):
        page = await send(clerk, await opened(clerk), act, identity_number=scanned, papers=papers_of(LAND))
        fields = fields_of(page)
        assert (fields["identity_number"], fields["opened_number"]) == (number, number)
        assert (fields["name"], fields["address"]) == ("Lê Thị Thẻ", "Thôn Thẻ, xã Minh Lạc")
        assert fields["papers"] == papers_of(LAND)
    assert await dossiers(intake) == before
    receipt = await clerk.follow(await send(clerk, page, "accept"))
    assert f"{DISTRICT}-260224-" in receipt.text


async def test_a_card_scanned_before_the_procedure_leaves_that_to_the_next_key(clerk: Browser) -> None:
    number, scanned = card()
    page = await send(clerk, await clerk.get(COUNTER), identity_number=scanned)
    assert (fields_of(page)["identity_number"], fields_of(page)["name"]) == (number, "Lê Thị Thẻ")
    assert focused(page) == ["procedure="]


async def test_the_next_card_takes_nothing_of_the_person_before(clerk: Browser, intake: Intake) -> None:
    person = APPLICANT | {"identity_number": card()[0], "name": "Người Trước"}
    await intake.receive(applicant=person)
    page = await opened(clerk, identity_number=person["identity_number"])
    assert fields_of(page)["telephone"]
    number, scanned = card(address="")
    page = await send(clerk, page, identity_number=f"{person['identity_number']}{scanned}")
    fields = fields_of(page)
    assert [fields[name] for name in ("identity_number", "name", "address", "telephone", "email")] == [
        number,
        "Lê Thị Thẻ",
        "",
        "",
        "",
    ]


async def test_a_card_of_another_name_fills_in_nothing_over_what_was_typed(clerk: Browser) -> None:
    _, scanned = card()
    page = await send(clerk, await opened(clerk), identity_number=scanned, name="Trần Văn Gõ")
    assert (fields_of(page)["name"], fields_of(page)["address"]) == ("Trần Văn Gõ", "")
    assert "Thẻ vừa quét ghi tên Lê Thị Thẻ" in page.text


async def test_a_known_persons_card_brings_what_the_card_does_not_say(clerk: Browser, intake: Intake) -> None:
    number, scanned = card()
    await intake.receive(applicant=APPLICANT | {"identity_number": number, "name": "Lê Thị Thẻ"})
    fields = fields_of(await send(clerk, await opened(clerk), identity_number=scanned))
    assert (fields["address"], fields["telephone"]) == ("Thôn Thẻ, xã Minh Lạc", "0912000001")


@pytest.mark.parametrize("typed", ["", "24/02/2026 08:00", "16h30 13-2-2026"])
async def test_the_promise_that_is_shown_is_the_one_that_is_made(clerk: Browser, typed: str) -> None:
    page = await opened(clerk, identity_number=card()[0], received_at=typed)
    date = re.search(r"<dt>Hẹn trả</dt><dd>([^<]+)</dd>", page.text)
    assert date is not None
    assert "Phí, lệ phí" in page.text
    assert "Cách tính ngày hẹn trả" in page.text
    accepted = TYPED | {"identity_number": fields_of(page)["identity_number"]}
    receipt = await clerk.follow(await send(clerk, page, "accept", papers=papers_of(LAND), **accepted))
    assert f"<dd>{date[1]}</dd>" in receipt.text


async def test_a_time_that_would_be_refused_is_refused_before_anything_is_typed(clerk: Browser) -> None:
    page = await opened(clerk, received_at="24/02/2027 08:00")
    assert "Giờ tiếp nhận ở tương lai" in shown(page.text)
    assert "<dt>Hẹn trả</dt>" not in page.text


async def test_each_key_stands_where_the_next_one_goes(clerk: Browser, intake: Intake) -> None:
    number, scanned = card()
    assert focused(await clerk.get(COUNTER)) == ["procedure="]
    page = await opened(clerk)
    assert focused(page) == ["identity_number="]
    page = await send(clerk, page, identity_number=scanned)
    assert focused(page) == [f"papers={papers_of(LAND)[0]}"]
    assert focused(await send(clerk, page, papers=papers_of(LAND))) == ["act=accept"]
    assert focused(await send(clerk, page, papers=papers_of(LAND), name="")) == ["name="]
    assert number in page.text


async def test_only_guidance_leads_on_with_the_procedure(clerk: Browser) -> None:
    page = await opened(clerk)
    link = re.search(r'href="(/intake/guidance\?[^"]+)"', page.text)
    assert link is not None
    guidance = await clerk.get(link[1].replace("&amp;", "&"))
    assert f'<option value="{LAND}" selected>' in guidance.text
    assert "datetime-local" not in guidance.text


async def test_anybody_may_ask_what_would_be_promised(intake: Intake) -> None:
    asked = {"unit": DISTRICT, "procedure": LAND, "at": "2026-02-24T08:00:00+07:00"}
    answer = await intake.http.get("/api/intake/promise", params=asked)
    body = answer.json()
    assert answer.status_code == 200
    assert (body["unit"]["id"], body["procedure"]["code"], body["fee"] >= 0) == (DISTRICT, LAND, True)
    made = await intake.receive(received_at=asked["at"])
    assert (body["promised_at"], body["provisional"]) == (made["promised_at"], made["provisional"])
    dossier = (await intake.get(f"/dossiers/{made['id']}")).json()
    assert body["why_this_date"] == dossier["why_this_date"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"procedure": "1.999999"}, "not-in-directory"),
        ({"unit": "000.00.99.H99"}, "not-in-directory"),
        ({"unit": COMMUNE, "procedure": "1.900041"}, "not-received-here"),
        ({"at": "2026-03-24T08:00:00+07:00"}, "received-in-future"),
        ({"at": "2026-02-02T08:00:00+07:00"}, "received-too-long-ago"),
    ],
)
async def test_what_would_be_refused_promises_nothing(intake: Intake, changed: dict[str, str], code: str) -> None:
    answer = await intake.http.get("/api/intake/promise", params={"unit": DISTRICT, "procedure": LAND} | changed)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.parametrize("person", ["hoa", "tam"])
async def test_form_02_names_everything_that_is_missing_while_it_is_missing(clerk: Browser, intake: Intake, person: str) -> None:
    clerk.person = person
    received = await intake.receive(accept=False, papers=[code for code in papers_of(LAND) if code != MISSING])
    path, lines = f"/intake/dossiers/{received['id']}", [{"code": MISSING, "reason": "Để ở <nhà>"}]
    assert (await clerk.get(f"{path}/supplement")).status_code == (303 if person == "hoa" else 404)
    await intake.post(f"/dossiers/{received['id']}/return", {"missing": lines}, version=1)
    page = await clerk.get(f"{path}/supplement")
    if person != "hoa":
        assert page.status_code == 404
        return
    there, missing = (
        re.search(f"<h2[^>]*>{title}[^<]*</h2>\\s*<ol>(.*?)</ol>", page.text, re.DOTALL)
        for title in ("Giấy tờ đã có", "Giấy tờ cần")
    )
    assert missing is not None
    assert there is not None
    assert re.findall(r"<li>(.*?)</li>", missing[1]) == ["Bản gốc giấy chứng nhận quyền sử dụng đất: Để ở &lt;nhà&gt;"]
    assert there[1].count("<li>") == len(papers_of(LAND)) - 1
    assert "Trần Thị Quỳnh Hoa" in page.text
    assert f'href="{path}/supplement"' in (await clerk.get(path)).text
    await intake.post(f"/dossiers/{received['id']}/accept", {"papers": [MISSING]}, version=2)
    late = await clerk.get(f"{path}/supplement")
    assert (late.status_code, late.headers["location"]) == (303, path)
    assert f'href="{path}/supplement"' not in (await clerk.get(path)).text
