"""An e-mail address that a stranger wrote down: one mail asks for its owner's word, and nothing else goes to it before."""

import asyncio
import json
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support.intake_browser import Browser
from tests.support.intake_events import APPLICANT, MISSING, new_dossier
from tests.support.intake_world import Intake
from tests.support.page_words import program_words_in, shown

PAGE = "/submit/confirm"
_numbers = count(34_099_800_001)
_clients = count(1)


@pytest.fixture
def citizen(intake: Intake) -> Browser:
    return Browser(intake.http, None)


def somebody(**known: str) -> dict[str, str]:
    number = f"0{next(_numbers)}"
    return APPLICANT | {"identity_number": number, "email": f"{number}@vidu.test", "telephone": "+84912" + number[-6:]} | known


async def hand_in(intake: Intake, applicant: dict[str, str]) -> dict[str, Any]:
    body = {name: value for name, value in new_dossier(applicant=applicant).items() if name != "accept"}
    answer = await intake.online("/submissions", body, **{"X-Forwarded-For": f"198.51.100.{next(_clients)}"})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def contacts(intake: Intake, dossier: str) -> list[dict[str, Any]]:
    """Each version that was published of it."""
    query = "SELECT payload FROM outbox WHERE aggregateid = :id AND aggregatetype LIKE 'intake.contacts.%' ORDER BY position"
    return [json.loads(bytes(row.payload)) for row in await intake.rows(query, id=dossier)]


async def confirmation_of(intake: Intake, dossier: str) -> str | None:
    (contact, *_) = await contacts(intake, dossier)
    assert contact["confirmed"] is False
    return contact.get("confirmation")


async def confirm(intake: Intake, confirmation: str, key: str | None = None) -> httpx.Response:
    return await intake.online("/confirmations", {"confirmation": confirmation}, key)


async def kinds(intake: Intake, dossier: str) -> list[str]:
    return [kind for _, kind in await intake.published(dossier)]


async def test_an_address_written_down_by_a_stranger_is_asked_once_whoever_the_dossier_is_for(intake: Intake) -> None:
    first = somebody()
    asked = await hand_in(intake, first)
    assert asked["address_confirmed"] is False
    assert await confirmation_of(intake, asked["id"])
    for applicant in (first, somebody(email=first["email"]), somebody(email=first["email"].upper())):
        held = await hand_in(intake, applicant)
        assert await confirmation_of(intake, held["id"]) is None, "the address gets no second mail"


async def test_many_at_once_ask_one_address_once(intake: Intake) -> None:
    address = somebody()["email"]
    sent = await asyncio.gather(*(hand_in(intake, somebody(email=address)) for _ in range(6)))
    asked = [await confirmation_of(intake, received["id"]) for received in sent]
    assert sum(confirmation is not None for confirmation in asked) == 1


async def test_the_owners_word_lets_the_last_state_go_out_and_stays_for_this_person(intake: Intake) -> None:
    person = somebody()
    asked, held = await hand_in(intake, person), await hand_in(intake, person)
    others = await hand_in(intake, somebody(email=person["email"]))
    confirmation = await confirmation_of(intake, asked["id"])
    assert confirmation
    await intake.post(f"/dossiers/{asked['id']}/return", {"missing": [{"code": MISSING, "reason": "Mờ"}]}, version=1)
    answer = await confirm(intake, confirmation.lower().replace("-", " "))
    assert (answer.status_code, answer.json()) == (200, {"confirmed": True})
    assert await kinds(intake, asked["id"]) == ["submitted", "returned", "address-confirmed"]
    assert await kinds(intake, held["id"]) == ["submitted", "address-confirmed"]
    assert await kinds(intake, others["id"]) == ["submitted"], "the word was given for one person"
    confirmed = (await contacts(intake, asked["id"]))[-1]
    assert (confirmed["confirmed"], "confirmation" in confirmed, confirmed["email"]) == (True, False, person["email"])
    state = (await intake.get(f"/dossiers/{asked['id']}")).json()
    assert (state["address_confirmed"], state["contact_version"]) == (True, 2)
    again = await hand_in(intake, person)
    assert again["address_confirmed"] is True
    assert (await contacts(intake, again["id"]))[0]["confirmed"] is True


async def test_given_twice_the_word_is_given_once(intake: Intake) -> None:
    asked = await hand_in(intake, somebody())
    confirmation = await confirmation_of(intake, asked["id"])
    assert confirmation
    answers = [await confirm(intake, confirmation) for _ in range(2)]
    answers += await asyncio.gather(*(confirm(intake, confirmation) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {200}
    assert (await kinds(intake, asked["id"])).count("address-confirmed") == 1


@pytest.mark.parametrize("confirmation", ["7K3Q-9XAB-0ZK2-M4F7", "x"])
async def test_what_was_in_no_mail_confirms_nothing(intake: Intake, confirmation: str) -> None:
    answer = await confirm(intake, confirmation)
    assert (answer.status_code, answer.json()["code"]) == (422, "confirmation-ended")


async def test_after_seven_days_its_time_is_over_and_the_address_may_be_asked_again(intake: Intake) -> None:
    person = somebody()
    asked = await hand_in(intake, person)
    confirmation = await confirmation_of(intake, asked["id"])
    assert confirmation
    async with intake.database.begin() as connection:
        await connection.exec_driver_sql("UPDATE mail_address SET asked_until = asked_until - interval '7 days'")
    assert (await confirm(intake, confirmation)).json()["code"] == "confirmation-ended"
    later = await hand_in(intake, person)
    anew = await confirmation_of(intake, later["id"])
    assert anew not in {None, confirmation}
    assert anew
    assert (await confirm(intake, confirmation)).status_code == 422
    assert (await confirm(intake, anew)).status_code == 200
    assert "address-confirmed" in await kinds(intake, asked["id"]), "the earlier dossier waited for the same word"


async def test_who_was_forgotten_meanwhile_is_not_written_to(intake: Intake) -> None:
    asked = await hand_in(intake, somebody())
    confirmation = await confirmation_of(intake, asked["id"])
    assert confirmation
    async with intake.database.begin() as connection:
        await connection.exec_driver_sql(f"DELETE FROM person WHERE dossier = '{asked['id']}'")  # noqa: S608 -- our own id
    assert (await confirm(intake, confirmation)).status_code == 200
    assert await kinds(intake, asked["id"]) == ["submitted"]


async def test_what_a_clerk_takes_in_needs_no_confirmation(intake: Intake) -> None:
    """The clerk has seen the person: at the counter, and for somebody on the telephone."""
    person = somebody()
    at_counter = await intake.receive(applicant=person)
    body = {name: value for name, value in new_dossier(applicant=person).items() if name != "accept"}
    for_them = (await intake.post("/submissions", body)).json()
    for received in (at_counter, for_them):
        assert received["address_confirmed"] is True
        assert (await contacts(intake, received["id"]))[0]["confirmed"] is True


async def test_neither_address_nor_confirmation_can_be_read_in_the_database(intake: Intake) -> None:
    person = somebody()
    asked = await hand_in(intake, person)
    confirmation = await confirmation_of(intake, asked["id"])
    assert confirmation
    kept = str(await intake.rows("SELECT * FROM mail_address"))
    for secret in (person["email"], person["identity_number"], confirmation, confirmation.replace("-", "")):
        assert secret not in kept


async def test_a_submission_sent_again_asks_nobody_twice(intake: Intake) -> None:
    body = {name: value for name, value in new_dossier(applicant=somebody()).items() if name != "accept"}
    key = str(uuid4())
    first, again = [await intake.online("/submissions", body, key) for _ in range(2)]
    assert first.json()["id"] == again.json()["id"]
    assert len(await contacts(intake, first.json()["id"])) == 1


# --- pages ------------------------------------------------------------------------------------------------


async def test_opening_the_link_confirms_nothing_and_the_button_does(citizen: Browser, intake: Intake) -> None:
    """A mail scanner opens links; it presses no button."""
    asked = await hand_in(intake, somebody())
    confirmation = await confirmation_of(intake, asked["id"])
    page = await citizen.get(PAGE)
    assert await kinds(intake, asked["id"]) == ["submitted"]
    assert not program_words_in(shown(page.text))
    wrong = await citizen.send(page, PAGE, confirmation="7K3Q-9XAB-0ZK2-0000")
    assert wrong.status_code == 422
    assert "Mã xác nhận không đúng hoặc đã hết hạn" in wrong.text
    done = await citizen.send(page, PAGE, confirmation=confirmation, idempotency_key=str(uuid4()))
    assert done.status_code == 303
    assert confirmation not in done.headers["location"]
    assert "Đã xác nhận địa chỉ thư" in (await citizen.follow(done)).text
    assert (await kinds(intake, asked["id"]))[-1] == "address-confirmed"


async def test_every_page_says_that_nothing_goes_to_the_address_yet(citizen: Browser, intake: Intake) -> None:
    asked = await hand_in(intake, somebody())
    confirmation = await confirmation_of(intake, asked["id"])
    assert confirmation
    who = {"code": asked["submission_number"], "secret": asked["secret"]}
    before = await citizen.send(await citizen.get("/track"), "/track", **who)
    assert "chưa được xác nhận nên chưa có thư báo nào gửi tới đó" in before.text
    assert "chưa được xác nhận: chưa có thư báo nào" in (await Browser(intake.http).get(f"/intake/dossiers/{asked['id']}")).text
    await confirm(intake, confirmation)
    after = await citizen.send(await citizen.get("/track"), "/track", **who)
    assert "thư báo được gửi tới" in after.text
    assert "chưa được xác nhận" not in after.text
