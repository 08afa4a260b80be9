"""An applicant takes their dossier back with the secret, on the tracking page or by the API, and has to say that they mean it."""

from typing import Any

import httpx
import pytest

from tests.support.intake_browser import Browser
from tests.support.intake_events import decided_case, opened_case
from tests.support.intake_world import Intake
from tests.support.page_words import program_words_in, shown


@pytest.fixture
def citizen(intake: Intake) -> Browser:
    return Browser(intake.http, None)


async def tracked(citizen: Browser, received: dict[str, Any]) -> httpx.Response:
    known_by = received["code"] or received["submission_number"]
    return await citizen.send(await citizen.get("/track"), "/track", code=known_by, secret=received["secret"])


async def kinds(intake: Intake, received: dict[str, Any]) -> list[str]:
    return [kind for _, kind in await intake.published(received["id"])]


async def test_nothing_happens_until_they_say_that_they_mean_it(intake: Intake, citizen: Browser) -> None:
    received = await intake.receive()
    page = await tracked(citizen, received)
    unsure = await citizen.send(page, "/track/withdraw")
    assert "withdrawal-requested" not in await kinds(intake, received)
    assert "Xác nhận rút hồ sơ" in unsure.text
    asked = await citizen.send(unsure, "/track/withdraw", sure="yes")
    assert "đang chờ cơ quan giải quyết trả lời" in asked.text
    assert 'action="/track/withdraw"' not in asked.text, "it is not asked for twice"
    assert not program_words_in(shown(asked.text))
    assert (await kinds(intake, received))[-1] == "withdrawal-requested"
    (line,) = await intake.rows("SELECT by FROM history WHERE dossier = :id AND type LIKE '%requested%'", id=received["id"])
    assert line.by is None, "no clerk did it"


async def test_before_acceptance_it_is_done_at_once(intake: Intake, citizen: Browser) -> None:
    received = await intake.receive(accept=False)
    done = await citizen.send(await tracked(citizen, received), "/track/withdraw", sure="yes")
    assert "<h1>Đã rút hồ sơ</h1>" in done.text
    assert (await kinds(intake, received))[-1] == "withdrawn"


async def test_what_was_decided_meanwhile_is_not_withdrawn_and_the_page_says_why(intake: Intake, citizen: Browser) -> None:
    received = await intake.receive()
    page = await tracked(citizen, received)
    await intake.consume(received["id"], opened_case(received), decided_case(received))
    late = await citizen.send(page, "/track/withdraw", sure="yes")
    assert "Đã có kết quả" in late.text
    assert 'action="/track/withdraw"' not in late.text
    assert (await kinds(intake, received))[-1] == "decided"


async def test_by_the_api_with_the_secret_and_with_no_other(intake: Intake) -> None:
    received = await intake.receive()
    path = f"/submissions/{received['code']}/withdraw"
    wrong = await intake.post(path, {"secret": "7K3Q-9XAB"}, version=received["version"])
    assert wrong.status_code == 404
    answers = [
        await intake.post(path, {"secret": received["secret"]}, version=received["version"], key="k-0123456789abcdef")
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["withdrawal"] == {"reason": "applicant", "duplicate_of": None}
    assert (await kinds(intake, received)).count("withdrawal-requested") == 1
