"""What strangers may hand in within a day: bounded by address, person, telephone, e-mail and unit, each by its setting.

Beyond that a small proof is asked for, and with it as much again is received; here, but for its own tests, there is none.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support.draft_pages import shows_draft
from tests.support.intake_browser import Browser, Forms
from tests.support.intake_events import APPLICANT, NOW, new_dossier
from tests.support.intake_world import Intake, intake_world
from tests.support.reference_data import headers_for
from tests.support.servers import PostgresServer

BOUNDS = {"address": 4, "person": 3, "telephone": 3, "email": 3, "unit": 6}
SETTINGS = {f"submissions_per_{whose}": most for whose, most in BOUNDS.items()}
SUBMISSIONS = "/api/intake/submissions"


@pytest.fixture
async def bounded(postgres: PostgresServer, tmp_path: Path) -> AsyncIterator[Intake]:
    """An intake of its own: what was handed in stays counted for a day."""
    async with intake_world(postgres, tmp_path, submissions_with_proof=0, **SETTINGS) as made:
        yield made


@pytest.fixture
async def with_proof(postgres: PostgresServer, tmp_path: Path) -> AsyncIterator[Intake]:
    """As much again is received from who answers a question."""
    async with intake_world(postgres, tmp_path, submissions_with_proof=1, **SETTINGS) as made:
        yield made


def body(number: int, **applicant: Any) -> dict[str, Any]:
    """Somebody else's each time, but for what is given."""
    own = {"identity_number": f"03409900{number:04}", "telephone": f"091200{number:04}", "email": f"nguoi{number}@vidu.test"}
    given = new_dossier(applicant=APPLICANT | own | applicant)
    return {name: value for name, value in given.items() if name != "accept"}


async def send(
    intake: Intake, number: int, address: str, key: str | None = None, headers: dict[str, str] | None = None, **applicant: Any
) -> httpx.Response:
    given = {"X-Forwarded-For": address, "Idempotency-Key": key or str(uuid4())} | (headers or {})
    return await intake.http.post(SUBMISSIONS, json=body(number, **applicant), headers=given)


async def test_one_address_cannot_flood_the_clerks(bounded: Intake) -> None:
    answers = [await send(bounded, number, "192.0.2.1") for number in range(5)]
    assert [answer.status_code for answer in answers] == [201] * 4 + [429]
    assert answers[-1].json()["code"] == "too-many-submissions"
    assert 23 * 3600 < int(answers[-1].headers["retry-after"]) <= 24 * 3600
    assert (await send(bounded, 9, "192.0.2.2")).status_code == 201
    staff = headers_for("hoa", NOW)
    assert (await send(bounded, 10, "192.0.2.1", staff["Idempotency-Key"], staff)).status_code == 201, "who answers by name"
    assert len(await bounded.rows("SELECT 1 FROM dossier")) == 6


@pytest.mark.parametrize(
    "whose", [{"identity_number": "034099 009999"}, {"telephone": "0912345678"}, {"email": "Nan.Nhan@vidu.test"}], ids=str
)
async def test_nobody_is_flooded_from_many_addresses(bounded: Intake, whose: dict[str, str]) -> None:
    answers = [await send(bounded, number, f"192.0.2.{number}", **whose) for number in range(4)]
    assert [answer.status_code for answer in answers] == [201] * 3 + [429]
    written = {"identity_number": "034099009999", "telephone": "+84912345678", "email": "nan.nhan@VIDU.test"}
    again = {name: written[name] for name in whose}
    assert (await send(bounded, 5, "192.0.2.5", **again)).status_code == 429, "however it is written"


async def test_a_unit_takes_so_many_a_day(bounded: Intake) -> None:
    answers = await asyncio.gather(*(send(bounded, number, f"192.0.2.{number}") for number in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] * 6 + [429] * 2


async def test_sending_again_is_not_handing_in_again(bounded: Intake) -> None:
    for _ in range(6):
        assert (await send(bounded, 1, "192.0.2.1", "key-of-the-first")).status_code == 201
    for number in range(2, 5):
        assert (await send(bounded, number, "192.0.2.1")).status_code == 201
    assert (await send(bounded, 5, "192.0.2.1")).status_code == 429
    repeated = await send(bounded, 1, "192.0.2.1", "key-of-the-first")
    assert repeated.status_code == 201, "its answer is given all the same"


async def test_what_is_refused_is_not_counted(bounded: Intake) -> None:
    for number in range(6):
        wrong = body(number) | {"procedure": "9.999999"}
        refused = await bounded.http.post(
            SUBMISSIONS, json=wrong, headers={"X-Forwarded-For": "192.0.2.1", "Idempotency-Key": str(uuid4())}
        )
        assert 400 <= refused.status_code < 500
    assert (await send(bounded, 9, "192.0.2.1")).status_code == 201


def form_of_a_citizen() -> dict[str, Any]:
    given = new_dossier()
    shown = {name: given[name] for name in ("unit", "procedure", "papers")}
    return {**shown, "idempotency_key": str(uuid4()), "hand_over": "counter", **APPLICANT}


async def send_form(intake: Intake, form: dict[str, Any]) -> httpx.Response:
    return await intake.http.post("/submit", data=form, headers={"X-Forwarded-For": "192.0.2.1", "Accept": "text/html"})


async def test_the_page_says_so_at_its_form(bounded: Intake) -> None:
    for number in range(4):
        await send(bounded, number, "192.0.2.1")
    answer = await send_form(bounded, form_of_a_citizen())
    assert answer.status_code == 429
    assert "Hãy nộp tại quầy" in answer.text
    assert "retry-after" in answer.headers


# --- the small proof ---------------------------------------------------------------------------------


VI = ["một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười"]


def sum_of(text: str) -> int:
    """As somebody reads it: `Mười hai cộng bảy bằng bao nhiêu?`."""
    first, second = re.search(r"([\w ]+) cộng ([\w ]+) bằng", text.lower()).groups()  # type: ignore[union-attr]
    return number_of(first) + number_of(second)


def number_of(words: str) -> int:
    if words == "hai mươi":
        return 20
    tens, _, ones = words.partition("mười ")
    return 10 + [*VI, "lăm"].index(ones.replace("lăm", "năm")) + 1 if ones else VI.index(tens or "mười") + 1


async def ask(intake: Intake) -> tuple[str, int]:
    """The token of a question, and its right answer."""
    question = (await intake.http.get(f"{SUBMISSIONS}/question")).json()
    return question["question"], sum_of(question["vi"])


async def send_proved(intake: Intake, number: int, token: str, answer: object) -> httpx.Response:
    return await send(intake, number, "192.0.2.1", headers={"Proof-Question": token, "Proof-Answer": str(answer)})


async def use_up(intake: Intake) -> None:
    for number in range(4):
        assert (await send(intake, number, "192.0.2.1")).status_code == 201


async def test_beyond_the_usual_a_question_is_asked_and_answered(with_proof: Intake) -> None:
    await use_up(with_proof)
    asked = await send(with_proof, 5, "192.0.2.1")
    assert (asked.status_code, asked.json()["code"]) == (429, "proof-needed")
    assert "retry-after" not in asked.headers, "nobody has to wait"
    token, right = await ask(with_proof)
    assert (await send_proved(with_proof, 5, token, right)).status_code == 201


async def test_a_wrong_answer_spends_its_question(with_proof: Intake) -> None:
    """Or its forty sums could be tried one after the other."""
    await use_up(with_proof)
    token, right = await ask(with_proof)
    assert (await send_proved(with_proof, 5, token, right + 1)).json()["code"] == "proof-needed"
    assert (await send_proved(with_proof, 5, token, right)).json()["code"] == "proof-needed"
    assert (await send_proved(with_proof, 5, *await ask(with_proof))).status_code == 201


async def test_an_answer_serves_once_however_many_send_it_at_a_time(with_proof: Intake) -> None:
    await use_up(with_proof)
    token, right = await ask(with_proof)
    answers = await asyncio.gather(*(send_proved(with_proof, number, token, right) for number in range(5, 8)))
    assert sorted(answer.status_code for answer in answers) == [201, 429, 429]


async def test_with_proofs_too_there_is_an_end(with_proof: Intake) -> None:
    await use_up(with_proof)
    answers = [await send_proved(with_proof, number, *await ask(with_proof)) for number in range(5, 10)]
    assert [answer.status_code for answer in answers] == [201] * 4 + [429]
    assert answers[-1].json()["code"] == "too-many-submissions"
    assert "retry-after" in answers[-1].headers


async def test_what_came_to_nothing_leaves_its_answer_unused(with_proof: Intake) -> None:
    await use_up(with_proof)
    token, right = await ask(with_proof)
    headers = {"X-Forwarded-For": "192.0.2.1", "Proof-Question": token, "Proof-Answer": str(right)}
    wrong = body(5) | {"procedure": "9.999999"}
    refused = await with_proof.http.post(SUBMISSIONS, json=wrong, headers=headers | {"Idempotency-Key": str(uuid4())})
    assert 400 <= refused.status_code < 500
    assert refused.json()["code"] != "proof-needed"
    assert (await send_proved(with_proof, 5, token, right)).status_code == 201


async def test_the_page_asks_below_the_form_and_keeps_what_was_typed(with_proof: Intake) -> None:
    await use_up(with_proof)
    citizen = Browser(with_proof.http, None, "192.0.2.1")
    page = await citizen.get("/submit")
    asked = await citizen.send(page, "/submit", **form_of_a_citizen())
    assert "Hãy trả lời câu hỏi này rồi gửi lại" in asked.text
    form = Forms(asked.text).to("/submit")
    assert form["name"] == APPLICANT["name"]
    done = await citizen.send(asked, "/submit", proof=str(sum_of(asked.text)))
    assert "mã tra cứu" in done.text
    assert len(await with_proof.rows("SELECT 1 FROM dossier")) == 5


async def test_beyond_what_is_kept_of_an_address_a_form_is_answered_at_once(postgres: PostgresServer, tmp_path: Path) -> None:
    """Nothing is refused, and nothing more is written."""
    async with intake_world(postgres, tmp_path, drafts_per_address=1) as intake:
        citizen = Browser(intake.http, None)
        asked = await citizen.get("/track")
        kept = await citizen.send(asked, "/track", code="x", secret="0000-0000")
        assert shows_draft(kept)
        at_once = await citizen.send(asked, "/track", code="x", secret="0000-0000")
        assert at_once.status_code == 422
        assert Forms(at_once.text).to("/track")["code"] == "x"
        (count,) = await intake.rows("SELECT count(*) AS n FROM draft")
        assert count.n == 1
