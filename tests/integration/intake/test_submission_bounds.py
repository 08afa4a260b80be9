"""What strangers may hand in within a day: bounded by address, person, telephone, e-mail and unit, each by its setting."""

import asyncio
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
SUBMISSIONS = "/api/intake/submissions"


@pytest.fixture
async def bounded(postgres: PostgresServer, tmp_path: Path) -> AsyncIterator[Intake]:
    """An intake of its own: what was handed in stays counted for a day."""
    async with intake_world(postgres, tmp_path, **{f"submissions_per_{whose}": most for whose, most in BOUNDS.items()}) as made:
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


async def test_the_page_says_so_at_its_form(bounded: Intake) -> None:
    for number in range(4):
        await send(bounded, number, "192.0.2.1")
    form = {
        "unit": new_dossier()["unit"],
        "procedure": new_dossier()["procedure"],
        "idempotency_key": str(uuid4()),
        "papers": new_dossier()["papers"],
        "hand_over": "counter",
        **APPLICANT,
    }
    answer = await bounded.http.post("/submit", data=form, headers={"X-Forwarded-For": "192.0.2.1", "Accept": "text/html"})
    assert answer.status_code == 429
    assert "Hãy nộp tại quầy" in answer.text
    assert "retry-after" in answer.headers


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
