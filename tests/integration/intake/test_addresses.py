"""No secret and no person's number stands in an address that we make, nor can it be read out of what we keep of a request."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from messaging.command_table import CommandKey
from services.intake.adapters.keys import keys_of
from services.intake.adapters.search_reference import GOOD_FOR, SearchEnded, open_search, seal_search
from services.intake.schemas.requests import ReceiveDossier
from tests.support.intake_events import APPLICANT, NOW, new_dossier
from tests.support.intake_world import Intake
from tests.support.reference_data import DISTRICT, staff_id, token_for
from web.signin import COOKIE

IDENTITY, TELEPHONE = "034099777777", "0912777777"


@pytest.fixture(scope="module")
async def received(intake: Intake) -> dict[str, str]:
    return await intake.receive(applicant=APPLICANT | {"identity_number": IDENTITY, "telephone": TELEPHONE})


@pytest.fixture
def browser(intake: Intake) -> Iterator[dict[str, str]]:
    yield {"Accept": "text/html", "Sec-Fetch-Site": "same-origin", "Cookie": f"{COOKIE}={token_for('hoa', NOW)}"}
    intake.http.cookies.clear()


async def sent(intake: Intake, browser: dict[str, str], typed: str) -> httpx.Response:
    """The list's own form."""
    page = (await intake.http.get("/intake/dossiers", headers=browser)).text
    assert '<form method="post" action="/intake/dossiers">' in page
    proof = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    form = {"unit": DISTRICT, "status": "", "q": typed, "csrf_token": proof}
    return await intake.http.post("/intake/dossiers", data=form, headers=browser)


@pytest.mark.parametrize("typed", [IDENTITY, TELEPHONE, "034 099 777 777", "+84 912 777 777"])
async def test_a_number_that_a_clerk_looks_for_is_in_no_address(
    intake: Intake, browser: dict[str, str], received: dict[str, str], typed: str
) -> None:
    answer = await sent(intake, browser, typed)
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert (answer.status_code, query.keys()) == (303, {"unit", "search"})
    page = await intake.http.get(answer.headers["location"], headers=browser)
    assert received["code"] in page.text
    assert f'value="{typed}"' in page.text, "what was typed is still there"
    assert (await intake.http.get(answer.headers["location"], headers=browser)).text.count(received["code"]) > 0, "F5"


@pytest.mark.parametrize("typed", [IDENTITY, TELEPHONE])
async def test_a_number_written_into_the_address_does_not_stay_there(
    intake: Intake, browser: dict[str, str], received: dict[str, str], typed: str
) -> None:
    answer = await intake.http.get("/intake/dossiers", params={"unit": DISTRICT, "q": typed}, headers=browser)
    assert answer.status_code == 303
    assert typed not in answer.headers["location"]
    assert received["code"] in (await intake.http.get(answer.headers["location"], headers=browser)).text


async def test_a_code_stays_an_address_that_can_be_kept(
    intake: Intake, browser: dict[str, str], received: dict[str, str]
) -> None:
    answer = await sent(intake, browser, received["code"])
    assert parse_qs(urlsplit(answer.headers["location"]).query) == {"unit": [DISTRICT], "q": [received["code"]]}
    page = await intake.http.get(answer.headers["location"], headers=browser)
    assert page.text.count(received["code"]) > 1


def test_a_reference_is_good_for_its_clerk_and_for_an_hour(intake: Intake) -> None:
    keys = keys_of(intake.settings)
    reference = seal_search(keys, "cb005", IDENTITY, NOW)
    assert IDENTITY not in reference
    assert open_search(keys, "cb005", reference, NOW + GOOD_FOR) == IDENTITY
    for clerk, text, at in (
        ("cb005", reference, NOW + GOOD_FOR + timedelta(seconds=1)),
        ("cb010", reference, NOW),
        ("cb005", reference[:-4], NOW),
        ("cb005", "ệ", NOW),
        ("cb005", "AAAA", NOW),
    ):
        with pytest.raises(SearchEnded):
            open_search(keys, clerk, text, at)


async def test_a_search_that_has_ended_says_what_to_do(intake: Intake, browser: dict[str, str]) -> None:
    page = await intake.http.get("/intake/dossiers?search=AAAA", headers=browser)
    assert page.status_code == 422
    assert "Hãy gõ lại điều cần tìm" in page.text


async def test_a_search_by_form_proves_that_it_comes_from_our_page(intake: Intake, browser: dict[str, str]) -> None:
    forged = await intake.http.post("/intake/dossiers", data={"q": IDENTITY, "csrf_token": "0"}, headers=browser)
    assert forged.status_code == 403


async def test_programs_send_secrets_and_numbers_in_the_body(intake: Intake, received: dict[str, str]) -> None:
    who = {"code": received["code"], "secret": received["secret"]}
    tracked = await intake.http.post("/api/intake/track", json=who)
    assert (tracked.status_code, tracked.json()["code"], tracked.headers["etag"]) == (200, received["code"], '"2"')
    assert (await intake.http.post("/api/intake/track", json=who | {"secret": "0000-0000"})).status_code == 404
    known = await intake.post("/applicants", {"identity_number": "034 099 777 777"})
    assert known.json()["applicant"]["identity_number"] == IDENTITY
    for typed in (IDENTITY, TELEPHONE):
        listed = (await intake.post("/dossiers/search", {"unit": DISTRICT, "q": typed})).json()["dossiers"]
        assert [line["code"] for line in listed] == [received["code"]]
    elsewhere = await intake.post("/dossiers/search", {"unit": DISTRICT, "q": IDENTITY}, clerk="tam")
    assert elsewhere.status_code in {403, 404}


async def test_addresses_of_before_still_answer_and_are_deprecated(intake: Intake, received: dict[str, str]) -> None:
    who = {"code": received["code"], "secret": received["secret"]}
    assert (await intake.http.get("/api/intake/track", params=who)).json()["code"] == received["code"]
    known = await intake.get(f"/applicants?identity_number={IDENTITY}")
    assert known.json()["applicant"]["identity_number"] == IDENTITY
    paths = intake.app.openapi()["paths"]
    for path in ("/api/intake/track", "/api/intake/applicants"):
        assert (paths[path]["get"].get("deprecated"), paths[path]["post"].get("deprecated")) == (True, None)


async def test_the_fingerprint_of_a_request_does_not_tell_the_numbers_in_it(intake: Intake) -> None:
    """There are few enough identity numbers to try them all against a digest without a key."""
    body = new_dossier(applicant=APPLICANT | {"identity_number": "034099555555"})
    answer = await intake.post("/dossiers", body, key="fingerprint-1")
    assert answer.status_code == 201
    assert (await intake.post("/dossiers", body, key="fingerprint-1")).json()["id"] == answer.json()["id"], "the same again"
    other = await intake.post("/dossiers", new_dossier(), key="fingerprint-1")
    assert (other.status_code, other.json()["code"]) == (422, "key-reused")
    plain = CommandKey.of("", staff_id("hoa"), "POST dossiers", ReceiveDossier.model_validate(body).model_dump_json()).fingerprint
    (kept,) = [row.fingerprint for row in await intake.rows("SELECT fingerprint FROM command WHERE key = 'fingerprint-1'")]
    assert (len(kept), kept == plain) == (len(plain), False)
