"""One question after the result: once, voluntary, by whoever knows the secret, never by staff."""

from typing import Any

import httpx
import pytest

from tests.support.intake_browser import Browser, Forms
from tests.support.intake_world import Intake
from tests.support.reference_data import DISTRICT

ASKED = 'action="/track/rate"'


@pytest.fixture
def citizen(intake: Intake) -> Browser:
    return Browser(intake.http, None)


async def tracked(browser: Browser, received: dict[str, Any]) -> httpx.Response:
    who = {"code": received["code"], "secret": received["secret"]}
    return await browser.send(await browser.get("/track"), "/track", **who)


async def handed_over(intake: Intake) -> dict[str, Any]:
    received = await intake.decided()
    answer = await intake.post(f"/dossiers/{received['id']}/hand-over", {}, version=4)
    assert answer.status_code == 200, answer.text
    return received


async def kept(intake: Intake, received: dict[str, Any]) -> list[tuple[str, str]]:
    rows = await intake.rows("SELECT unit_id, answer FROM rating WHERE dossier = :dossier", dossier=received["id"])
    return [(row.unit_id, row.answer) for row in rows]


async def test_the_first_answer_stays_and_the_question_is_not_asked_again(citizen: Browser, intake: Intake) -> None:
    received = await handed_over(intake)
    page = await tracked(citizen, received)
    thanks = await citizen.send(page, "/track/rate", satisfaction="satisfied")
    assert "Đã ghi nhận đánh giá" in thanks.text
    assert ASKED not in thanks.text
    await citizen.send(page, "/track/rate", satisfaction="dissatisfied")
    assert await kept(intake, received) == [(DISTRICT, "satisfied")]
    assert ASKED not in (await tracked(citizen, received)).text
    history = await intake.rows("SELECT version FROM dossier WHERE id = :id", id=received["id"])
    assert history[0].version == 5, "a rating is no fact of the dossier"


async def test_who_chooses_nothing_is_told_what_is_missing(citizen: Browser, intake: Intake) -> None:
    received = await handed_over(intake)
    again = await citizen.send(await tracked(citizen, received), "/track/rate")
    assert 'href="#f-satisfaction"' in again.text
    assert await kept(intake, received) == []
    assert "Đã ghi nhận" in (await citizen.send(again, "/track/rate", satisfaction="very_satisfied")).text


async def test_before_the_result_nobody_is_asked_and_no_answer_is_kept(citizen: Browser, intake: Intake) -> None:
    early, late = await intake.decided(), await handed_over(intake)
    assert ASKED not in (await tracked(citizen, early)).text
    form = await tracked(citizen, late)
    who = {"code": early["code"], "secret": early["secret"], "satisfaction": "satisfied"}
    assert "chưa trả kết quả" in (await citizen.send(form, "/track/rate", **who)).text
    assert await kept(intake, early) == []


async def test_without_the_secret_nothing_is_kept(citizen: Browser, intake: Intake) -> None:
    received = await handed_over(intake)
    form = await tracked(citizen, received)
    refused = await citizen.send(form, "/track/rate", secret="0000-0000", satisfaction="satisfied")
    assert "không đúng" in refused.text
    assert await kept(intake, received) == []


async def test_staff_are_neither_asked_nor_heard(citizen: Browser, intake: Intake) -> None:
    received = await handed_over(intake)
    form = await tracked(citizen, received)
    clerk = Browser(intake.http)
    assert ASKED not in (await tracked(clerk, received)).text
    fields = {"code": received["code"], "secret": received["secret"], "satisfaction": "satisfied"}
    page = await clerk.get("/track")
    answer = await clerk.http.post("/track/rate", data=_own(page) | fields, headers=clerk.headers)
    assert answer.status_code == 409, answer.text
    assert await kept(intake, received) == []
    assert "Đã ghi nhận" in (await citizen.send(form, "/track/rate", satisfaction="satisfied")).text


def _own(page: httpx.Response) -> dict[str, Any]:
    return Forms(page.text).to("/track")
