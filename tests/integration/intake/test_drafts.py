"""What was typed and is not done: whose it is, how long it is kept, and what becomes of it when a session ends."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from chassis.draft_purge import purge_round
from chassis.drafts import MOST_OF_ONE
from chassis.sign_in import SignInLookUp
from contracts.directory import StaffV1
from tests.support.draft_pages import shows_draft
from tests.support.intake_browser import TYPED, Browser, Forms, opened
from tests.support.intake_events import NOW, papers_of
from tests.support.intake_world import Intake
from tests.support.reference_data import DISTRICT, LAND, LIFETIME, PRIVATE_KEY, REVISE, ROOTS, people, staff_id
from web import drafts
from web.csrf import csrf_token
from web.drafts import KEPT_FOR, Draft, Owner
from web.signin import COOKIE, REMEMBERED_FOR, SignInCheck
from web.tokens import TokenClaims, sign

WRONG = TYPED | {"telephone": "12"}
_SET_RECORD = text("""
    UPDATE state_copy SET value = CAST(:value AS jsonb), version = version + 1 WHERE topic = 'directory.staff' AND id = :id
""")
_AGE = text("""
    UPDATE draft SET saved_at = saved_at - interval '8 days', expires_at = expires_at - interval '8 days' WHERE id = :id
""")
HTML = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
async def signed_out(intake: Intake) -> AsyncIterator[None]:
    """Hoa has signed out elsewhere: every token of hers is over."""
    hoa = people()["hoa"]
    await set_record(intake, hoa.model_copy(update={"tokens_valid_from": NOW + timedelta(minutes=1)}))
    yield
    await set_record(intake, hoa)


async def set_record(intake: Intake, staff: StaffV1) -> None:
    """Known to the application at once, not within half a second."""
    async with intake.database.begin() as connection:
        await connection.execute(_SET_RECORD, {"id": staff.id, "value": staff.model_dump_json()})
        await connection.execute(REVISE)
    process = intake.app.state.process
    intake.app.state.signin = SignInCheck(SignInLookUp(process.reads, ROOTS), process.clock)


def token(name: str, *, ago: timedelta = timedelta(0)) -> tuple[str, str]:
    """A token issued so long ago, and the proof that a page made for it holds."""
    person: StaffV1 = people()[name]
    claims = TokenClaims.issue(
        staff_id=person.id,
        username=person.username,
        name=person.name,
        roles=person.roles(),
        sid=uuid4().hex,
        at=NOW - ago,
        lifetime=LIFETIME,
    )
    signed = sign(claims, PRIVATE_KEY)
    return signed, csrf_token(signed, claims.sid)


async def send(intake: Intake, path: str, cookie: str, **fields: object) -> httpx.Response:
    form = TYPED | {"idempotency_key": str(uuid4()), "person": staff_id("hoa")} | fields
    return await intake.http.post(path, data=form, headers=HTML | {"Cookie": f"{COOKIE}={cookie}"})


def after_signing_in(answer: httpx.Response) -> str:
    """Where the sign-in page leads on to."""
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?")
    return httpx.URL(answer.headers["location"]).params["next"]


def field(page: httpx.Response, name: str, action: str = "/intake/counter") -> object:
    return Forms(page.text).to(action).get(name, "")


async def refused(clerk: Browser) -> httpx.Response:
    """The counter's page after a refusal: everything is there but a telephone that is one."""
    page = await clerk.send(await opened(clerk), "/intake/counter", act="accept", papers=papers_of(LAND), **WRONG)
    assert shows_draft(page)
    return page


async def test_a_refused_form_is_loaded_again_and_read_in_the_other_language(clerk: Browser) -> None:
    page = await refused(clerk)
    again = await clerk.get(str(page.url))
    english = await clerk.get(f"{page.url}&lang=en")
    for shown in (page, again, english):
        assert (field(shown, "name"), field(shown, "telephone"), field(shown, "papers")) == (TYPED["name"], "12", papers_of(LAND))
    assert "số điện thoại phải như" in again.text.lower()
    assert "telephone number" in english.text
    assert 'lang="en"' in english.text


async def test_a_draft_opens_to_nobody_else(intake: Intake, clerk: Browser) -> None:
    page = await refused(clerk)
    colleague = Browser(intake.http, "bich")
    other = await colleague.get(str(page.url))
    assert TYPED["name"] not in other.text
    assert "Không có bản nháp này" in other.text
    draft = field(page, "draft")
    await colleague.send(other, "/intake/counter", act="open", draft=draft, name="Người khác")
    assert field(await clerk.get(str(page.url)), "name") == TYPED["name"], "nor can they write over it"


async def test_the_database_knows_nothing_of_what_was_typed(intake: Intake, clerk: Browser) -> None:
    page = await refused(clerk)
    (row,) = await intake.rows("SELECT * FROM draft WHERE id = :id", id=field(page, "draft"))
    assert row.owner == f"staff:{staff_id('hoa')}"
    assert TYPED["name"].encode() not in bytes(row.sealed)
    assert TYPED["identity_number"] not in repr(row)


async def test_a_draft_is_gone_when_its_form_is_done(clerk: Browser) -> None:
    page = await refused(clerk)
    done = await clerk.send(page, "/intake/counter", act="accept", **TYPED | {"papers": papers_of(LAND)})
    assert done.headers["location"].endswith("/receipt")
    back = await clerk.get(str(page.url))
    assert "Không có bản nháp này" in back.text
    assert field(back, "name") == ""


async def test_a_draft_is_thrown_away_on_request(clerk: Browser) -> None:
    page = await refused(clerk)
    discarded = await clerk.send(page, "/intake/drafts/discard")
    assert discarded.headers["location"] == "/intake/counter"
    assert field(await clerk.get(str(page.url)), "name") == ""


async def test_what_is_typed_is_saved_while_it_is_and_offered_later(intake: Intake, clerk: Browser) -> None:
    page = await clerk.get("/intake/counter")
    form = Forms(page.text).to("/intake/counter") | {"name": "Nguyễn Thị Đang Gõ", "procedure": LAND}
    saved = await intake.http.post(
        "/intake/drafts?form=/intake/counter", data=form, headers=clerk.headers | {"HX-Request": "true", "Accept": "*/*"}
    )
    assert saved.text.startswith("Đã lưu nháp lúc")
    listed = await clerk.get("/intake/counter")
    assert f'href="/intake/counter?draft={form["draft"]}"' in listed.text
    assert field(await clerk.get(f"/intake/counter?draft={form['draft']}"), "name") == "Nguyễn Thị Đang Gõ"
    assert form["draft"] not in (await Browser(intake.http, "bich").get("/intake/counter")).text


async def test_a_form_typed_while_the_session_ended_comes_back_after_signing_in(
    intake: Intake, signed_out: None, clerk: Browser
) -> None:
    cookie, proof = token("hoa")
    answer = await send(intake, "/intake/counter", cookie, csrf_token=proof, act="accept", procedure=LAND)
    where = after_signing_in(answer)
    assert TYPED["name"] not in answer.headers["location"]
    assert TYPED["name"] not in (await Browser(intake.http, "bich").get(where)).text
    await set_record(intake, people()["hoa"])
    page = await clerk.get(where)
    assert field(page, "name") == TYPED["name"]
    assert "chưa có gì được thực hiện" in page.text
    assert where.partition("=")[2] not in (await clerk.get("/intake/counter")).text, "only its own address opens it"


@pytest.mark.parametrize(("ago", "kept"), [(LIFETIME, True), (LIFETIME + REMEMBERED_FOR, False)])
async def test_a_form_of_an_expired_sign_in_is_kept_over_a_weekend(intake: Intake, ago: timedelta, kept: bool) -> None:
    cookie, proof = token("hoa", ago=ago)
    where = after_signing_in(await send(intake, "/intake/counter", cookie, csrf_token=proof))
    assert ("draft=" in where) == kept


async def test_a_late_reason_comes_back_to_its_own_form(intake: Intake, signed_out: None, clerk: Browser) -> None:
    received = await intake_submission(intake)
    path = f"/intake/dossiers/{received}/refuse"
    cookie, proof = token("hoa")
    answer = await send(intake, path, cookie, csrf_token=proof, reason="Không thuộc thẩm quyền.", if_match="1")
    await set_record(intake, people()["hoa"])
    page = await clerk.get(after_signing_in(answer))
    assert "Không thuộc thẩm quyền.</textarea>" in page.text


async def intake_submission(intake: Intake) -> str:
    (row,) = await intake.rows(
        "SELECT id FROM dossier WHERE submission_number = :number", number=(await intake.submit())["submission_number"]
    )
    return str(row.id)


async def test_nobody_plants_a_draft_for_somebody_else(intake: Intake, signed_out: None) -> None:
    """Neither without the page's proof, nor with a token that we did not sign, nor for who is shut out."""
    cookie, _ = token("hoa")
    foreign, _ = token("bich")
    forged = cookie.rpartition(".")[0] + "." + foreign.rpartition(".")[2]
    for sent, proof in ((cookie, "0" * 64), (forged, csrf_token(forged, "s"))):
        assert "draft=" not in after_signing_in(await send(intake, "/intake/counter", sent, csrf_token=proof))
    await set_record(intake, people()["hoa"].model_copy(update={"active": False}))
    cookie, proof = token("hoa")
    assert "draft=" not in after_signing_in(await send(intake, "/intake/counter", cookie, csrf_token=proof))


async def test_an_old_page_of_the_same_person_is_todays_page_with_what_was_typed(intake: Intake, clerk: Browser) -> None:
    _, old_proof = token("hoa")
    cookie, _ = token("hoa")
    answer = await send(intake, "/intake/counter", cookie, csrf_token=old_proof, act="accept", procedure=LAND)
    assert answer.status_code == 303
    assert field(await clerk.get(answer.headers["location"]), "name") == TYPED["name"]
    foreign = await send(intake, "/intake/counter", token("bich")[0], csrf_token=old_proof)
    assert foreign.status_code == 403, "somebody else's page"


async def test_drafts_are_forgotten_after_their_time_and_bounded_in_number(intake: Intake) -> None:
    store = intake.app.state.drafts
    owner = Owner(f"staff:{uuid4().hex}", KEPT_FOR)
    kept = [await store.keep(owner, "/intake/counter", Draft(path="/intake/counter")) for _ in range(MOST_OF_ONE + 1)]
    (count,) = await intake.rows("SELECT count(*) AS n FROM draft WHERE owner = :owner", owner=owner.id)
    assert count.n == MOST_OF_ONE
    old = await store.keep(owner, "/intake/counter", Draft(path="/intake/counter"))
    async with intake.database.begin() as connection:
        await connection.execute(_AGE, {"id": old})
    assert await store.open(owner, old) is None, "before it is purged, too"
    assert await purge_round(intake.app.state.process) >= 1
    assert await intake.rows("SELECT id FROM draft WHERE id = :id", id=old) == []
    assert await store.open(owner, kept[-1]) is not None


async def test_a_citizens_form_opens_in_their_browser_only(intake: Intake) -> None:
    intake.http.cookies.clear()
    citizen = Browser(intake.http, None)
    form = await citizen.get(f"/submit?unit={DISTRICT}&procedure={LAND}")
    page = await citizen.send(form, "/submit", **WRONG)
    assert shows_draft(page)
    assert field(await citizen.get(str(page.url)), "name", "/submit") == TYPED["name"]
    cookie = intake.http.cookies[drafts.COOKIE]
    ident = field(page, "draft", "/submit")
    (row,) = await intake.rows("SELECT owner, expires_at - saved_at AS kept FROM draft WHERE id = :id", id=ident)
    assert row.kept == drafts.KEPT_IN_BROWSER_FOR
    assert cookie not in row.owner
    intake.http.cookies.clear()
    assert TYPED["name"] not in (await citizen.get(str(page.url))).text


async def test_what_was_handed_in_may_be_loaded_again_and_read_in_the_other_language(intake: Intake) -> None:
    intake.http.cookies.clear()
    citizen = Browser(intake.http, None)
    form = await citizen.get(f"/submit?unit={DISTRICT}&procedure={LAND}")
    page = await citizen.send(form, "/submit", **TYPED)
    assert shows_draft(page)
    english = await citizen.get(f"{page.url}&lang=en")
    secret = page.text.partition("Mã tra cứu")[2].partition('class="keep">')[2].partition("<")[0]
    assert secret
    assert secret in english.text
    await citizen.send(page, "/intake/drafts/discard")
    assert secret not in (await citizen.get(str(page.url))).text


async def test_a_browser_without_cookies_gets_its_answer_at_once(intake: Intake) -> None:
    intake.http.cookies.clear()
    citizen = Browser(intake.http, None)
    form = await citizen.get(f"/submit?unit={DISTRICT}&procedure={LAND}")
    intake.http.cookies.clear()
    answer = await citizen.send(form, "/submit", **TYPED)
    assert answer.status_code == 201
    assert "Mã tra cứu" in answer.text
