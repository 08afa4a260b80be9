"""A unit's list: status and text hold together, on the page and in the API; what was not found is said of what was searched."""

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from urllib.parse import urlencode

import httpx
import pytest

from tests.support.intake_browser import Browser
from tests.support.intake_events import APPLICANT
from tests.support.intake_world import Intake
from tests.support.list_filters import hold_together
from tests.support.reference_data import DISTRICT

PERSON = APPLICANT | {"identity_number": "034099200001", "telephone": "0912200001"}


@pytest.fixture(scope="module")
async def queries(intake: Intake) -> dict[str, list[str]]:
    """One person with a dossier in each of three statuses, and somebody else."""
    other = APPLICANT | {"identity_number": "034099200002", "telephone": "0912200002"}
    accepted = await intake.receive(applicant=PERSON)
    submitted = await intake.receive(applicant=PERSON, accept=False)
    refused = await intake.receive(applicant=PERSON, accept=False)
    await intake.post(f"/dossiers/{refused['id']}/refuse", {"reason": "Sai nơi nộp"}, version=1)
    await intake.receive(applicant=other)
    await intake.receive(applicant=other, accept=False)
    typed = [accepted["code"], submitted["submission_number"], PERSON["identity_number"], PERSON["telephone"]]
    return {"status": ["1", "2", "3"], "q": typed}


async def test_api_filters_hold_together(intake: Intake, queries: dict[str, list[str]]) -> None:
    async def ask(query: Mapping[str, str]) -> Iterable[str]:
        return [line["id"] for line in (await intake.get(f"/dossiers?{urlencode(query)}")).json()["dossiers"]]

    await hold_together(ask, queries)


async def test_page_filters_hold_together(clerk: Browser, queries: dict[str, list[str]]) -> None:
    async def ask(query: Mapping[str, str]) -> Iterable[str]:
        page = await _list(clerk, urlencode(query))
        return re.findall(r'<td class="code"><a href="/intake/dossiers/([^"]+)"', page.text)

    await hold_together(ask, queries)


@pytest.mark.parametrize(
    ("query", "said", "unsaid"),
    [
        ("q=4999", "không có hồ sơ mã 000.00.21.H99-260224-4999.", "Chỉ tìm trong"),
        ("q=034099999999", "số định danh hoặc điện thoại 034099999999.", "Chỉ tìm trong"),
        ("q=034099200001&status=10", "Chỉ tìm trong trạng thái “Đã trả kết quả”.", "chưa có hồ sơ nào"),
        ("status=10", "không có hồ sơ nào ở trạng thái “Đã trả kết quả”.", "chưa có hồ sơ nào"),
    ],
)
async def test_nothing_found_is_said_of_what_was_searched(
    clerk: Browser, queries: dict[str, list[str]], query: str, said: str, unsaid: str
) -> None:
    page = await _list(clerk, query)
    assert said in page.text
    assert "Chưa tìm ở đơn vị khác" in page.text
    assert unsaid not in page.text


async def _list(clerk: Browser, query: str) -> httpx.Response:
    """A number that a person has leads to an address without it."""
    page = await clerk.get(f"/intake/dossiers?{query}")
    return await clerk.follow(page) if page.status_code == HTTPStatus.SEE_OTHER else page


async def test_a_list_that_could_not_be_read_does_not_say_that_there_is_nothing(clerk: Browser) -> None:
    page = await clerk.get(f"/intake/dossiers?unit={DISTRICT}&after=x")
    assert page.status_code == 422
    assert "không có hồ sơ" not in page.text.lower()
    assert "chưa có hồ sơ" not in page.text.lower()


async def test_a_status_that_the_page_does_not_offer_is_neither_shown_nor_applied(
    clerk: Browser, queries: dict[str, list[str]]
) -> None:
    page = await clerk.get("/intake/dossiers?status=11")
    assert '<td class="code"><a href="/intake/dossiers/' in page.text
    assert " selected" not in page.text.partition('id="f-status"')[2].partition("</select>")[0]
