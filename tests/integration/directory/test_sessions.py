"""Signing in and out: tokens for a shift, guesses slowed down, out everywhere at once, and nothing shown of who exists."""

import asyncio
import json
import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from chassis.guess_limiter import GuessLimit
from chassis.secret_files import UnusableSecret
from services.directory.adapters import passwords
from services.directory.adapters.passwords import PASSWORDS
from services.directory.adapters.turns import Turns
from services.directory.commands import sessions
from services.directory.domain.guess_limits import CLOSED_FOR, MOST, WITHIN
from tests.support.directory_world import OPERATOR_PASSWORD, Directory, hidden, running, settings_in
from tests.support.reference_data import ADMIN, CENTRE, DISTRICT, PASSWORD, PUBLIC_KEY, signing_key_file
from tests.support.servers import PostgresServer
from web.signin import COOKIE
from web.tokens import new_signing_key, verify

LONG = {"username": "long", "password": PASSWORD, "next": "/"}
OWN = {"Sec-Fetch-Site": "same-origin"}


async def sign_in(directory: Directory, username: str, password: str, address: str = "192.0.2.1") -> httpx.Response:
    """`address`: as the front door saw it."""
    credentials, headers = {"username": username, "password": password}, {"X-Forwarded-For": address}
    return await directory.http.post("/api/directory/sign-in", json=credentials, headers=headers)


async def test_a_token_says_who_and_what_for_one_shift(directory: Directory) -> None:
    answer = await sign_in(directory, " Minh ", PASSWORD)
    claims = verify(answer.json()["token"], PUBLIC_KEY)
    assert (claims.sub, claims.username, claims.name) == ("cb006", "minh", "Nguyễn Lương Khải Minh")
    assert claims.roles == {DISTRICT: frozenset({"officer", "clerk"})}
    assert claims.expires_at - claims.issued_at == timedelta(hours=10)
    assert datetime.fromisoformat(answer.json()["expires_at"]) == claims.expires_at


async def test_a_name_and_password_from_another_keyboard_are_the_same(directory: Directory) -> None:
    password = "m\u1eadt kh\u1ea9u c\u1ee7a t\u00f4i"
    files = {
        "staff.csv": "id,username,name,sample,initial_password\n"
        f"cb777,phim.khac,Người Thử,yes,{unicodedata.normalize('NFD', password)}\n",
        "posts.csv": f"staff,unit,role\ncb777,{CENTRE},clerk\n",
    }
    assert (await directory.import_files(files)).status_code == 200
    for form in ("NFC", "NFD"):
        assert await directory.token("ＰＨＩＭ.khac\u200b", unicodedata.normalize(form, password))


async def test_wrong_unknown_and_disabled_get_the_same_answer(directory: Directory) -> None:
    headers = await directory.headers("operator", **{"If-Match": '"1"'})
    assert (await directory.http.post("/api/directory/staff/cb014/disable", headers=headers)).status_code == 200
    answers = [
        await sign_in(directory, "hoa", "wrong-password"),
        await sign_in(directory, "nobody-at-all", PASSWORD),
        await sign_in(directory, "không phải tên", PASSWORD),
        await sign_in(directory, "thao", PASSWORD),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1


async def test_an_unknown_name_costs_a_hash_like_a_known_one(directory: Directory, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    real = passwords._verify

    def counting(password: str, hashed: str) -> bool:
        checked.append(hashed)
        return real(password, hashed)

    monkeypatch.setattr(passwords, "_verify", counting)
    await sign_in(directory, "nobody-else", PASSWORD)
    await sign_in(directory, "hoa", "wrong-password")
    parameters = {hashed.rsplit("$", 2)[0] for hashed in checked}
    assert len(checked) == 2
    assert len(parameters) == 1, "the same work for both"


@pytest.mark.parametrize("username", ["quang", "nobody-here"])
async def test_guessing_closes_a_name_for_a_minute_whether_anybody_has_it_or_not(directory: Directory, username: str) -> None:
    for _ in range(MOST):
        assert (await sign_in(directory, username, "wrong-password")).status_code == 401
    closed = await sign_in(directory, username, PASSWORD)
    assert (closed.status_code, closed.json()["code"]) == (429, "too-many-guesses")
    assert 1 <= int(closed.headers["retry-after"]) <= 60


async def test_the_right_password_clears_what_stood_against_the_name_at_that_address(directory: Directory) -> None:
    for _ in range(2):
        for _ in range(MOST - 1):
            assert (await sign_in(directory, "hai", "wrong-password", "192.0.2.20")).status_code == 401
        assert (await sign_in(directory, "hai", PASSWORD, "192.0.2.20")).status_code == 200


async def test_a_strangers_wrong_passwords_do_not_lock_the_owner_out(directory: Directory) -> None:
    for _ in range(MOST):
        assert (await sign_in(directory, "dung", "wrong-password", "192.0.2.21")).status_code == 401
    assert (await sign_in(directory, "dung", PASSWORD, "192.0.2.21")).status_code == 429
    assert (await sign_in(directory, "dung", PASSWORD, "192.0.2.22")).status_code == 200


async def test_a_name_guessed_at_from_everywhere_opens_to_its_owner_alone(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(sessions.SIGN_IN_LIMITS, target=GuessLimit(3, WITHIN, CLOSED_FOR))
    monkeypatch.setattr(sessions, "SIGN_IN_LIMITS", few)
    for number in range(3):
        assert (await sign_in(directory, "nga", "wrong-password", f"192.0.2.{30 + number}")).status_code == 401
    assert (await sign_in(directory, "nga", "wrong-password", "192.0.2.30")).status_code == 429
    for _ in range(2):
        assert (await sign_in(directory, "nga", PASSWORD, "192.0.2.40")).status_code == 200
    assert (await sign_in(directory, "nga", PASSWORD, "192.0.2.30")).status_code == 429, "it stays closed to who guessed wrong"


async def test_one_address_cannot_try_a_password_on_everybody(directory: Directory, monkeypatch: pytest.MonkeyPatch) -> None:
    few = replace(sessions.SIGN_IN_LIMITS, client=GuessLimit(3, WITHIN, CLOSED_FOR))
    monkeypatch.setattr(sessions, "SIGN_IN_LIMITS", few)
    answers = [await sign_in(directory, f"made-up-{number}", "wrong-password", "192.0.2.50") for number in range(4)]
    assert [answer.status_code for answer in answers] == [401] * 3 + [429]
    assert (await sign_in(directory, "made-up-4", "wrong-password", "192.0.2.51")).status_code == 401


async def test_no_reader_of_the_database_learns_who_tried_whose_name(directory: Directory) -> None:
    await sign_in(directory, "made-up-name", "wrong-password", "192.0.2.60")
    subjects = [bytes(row.subject) for row in await directory.rows("SELECT subject FROM guess")]
    assert subjects
    assert not [subject for subject in subjects if b"made-up-name" in subject or b"192.0.2.60" in subject]


async def test_signing_out_ends_every_token_and_is_published(directory: Directory) -> None:
    first, second = await directory.token("son"), await directory.token("son")
    out = await directory.http.post("/api/directory/sign-out", headers={"Authorization": f"Bearer {first}"})
    assert out.status_code == 204
    for token in (first, second):
        answer = await directory.http.post("/api/directory/sign-out", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()["code"]) == (401, "sign-in-ended")
    assert ("directory.staff", "cb007", 2) in await directory.published()
    fresh = await directory.token("son")
    page = await directory.browser(fresh).get("/")
    assert "Hoàng Lam Sơn" in page.text


async def test_who_is_disabled_is_out_at_once(directory: Directory) -> None:
    token = await directory.token("long")
    headers = await directory.headers(ADMIN, **{"If-Match": '"1"'})
    disabled = await directory.http.post("/api/directory/staff/cb003/disable", headers=headers)
    assert disabled.json() == {"id": "cb003", "active": False, "version": 2}
    out = await directory.http.post("/api/directory/sign-out", headers={"Authorization": f"Bearer {token}"})
    assert (out.status_code, out.json()["code"]) == (401, "sign-in-ended")
    stale = await directory.http.post("/api/directory/staff/cb003/enable", headers=headers | {"Idempotency-Key": str(uuid4())})
    assert stale.status_code == 412
    headers |= {"If-Match": disabled.headers["etag"], "Idempotency-Key": str(uuid4())}
    assert (await directory.http.post("/api/directory/staff/cb003/enable", headers=headers)).json()["version"] == 3
    again = await directory.http.post("/api/directory/sign-out", headers={"Authorization": f"Bearer {token}"})
    assert again.status_code == 401, "enabled again, but the old token stays void"
    await directory.token("long")


async def test_nobody_disables_themselves_or_whom_they_do_not_administer(directory: Directory) -> None:
    headers = await directory.headers(ADMIN, **{"If-Match": '"1"'})
    for change in ("disable", "enable"):
        fresh = headers | {"Idempotency-Key": str(uuid4())}
        own = await directory.http.post(f"/api/directory/staff/cb013/{change}", headers=fresh)
        assert own.json()["code"] == "own-account"
    for staff_id in ("operator", "cb012", "cb008"):
        fresh = headers | {"Idempotency-Key": str(uuid4())}
        assert (await directory.http.post(f"/api/directory/staff/{staff_id}/disable", headers=fresh)).status_code == 403
    fresh = headers | {"Idempotency-Key": str(uuid4())}
    assert (await directory.http.post("/api/directory/staff/nobody/disable", headers=fresh)).status_code == 404
    clerk = await directory.headers("hoa", **{"If-Match": '"1"'})
    assert (await directory.http.post("/api/directory/staff/cb001/disable", headers=clerk)).status_code == 403
    listed = (await directory.http.get("/api/directory/staff", headers=headers)).json()["staff"]
    assert {"operator", "cb012", "cb008"}.isdisjoint(person["id"] for person in listed), "cb008 holds a post elsewhere too"
    assert [person["name"].split()[-1] for person in listed][:3] == ["Hải", "Hiền", "Hoa"]


async def test_a_person_signs_in_is_led_on_and_signs_out(directory: Directory) -> None:
    browser = directory.browser()
    form = {"username": "lan", "password": PASSWORD, "next": "/intake/counter"}
    answer = await browser.post("/sign-in", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/intake/counter")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    token = browser.cookies[COOKIE]
    home = await browser.get("/")
    assert "/intake/counter" in home.text
    assert "/directory/staff" not in home.text
    out = await browser.post("/sign-out", data=hidden(token, 1), headers={"Sec-Fetch-Site": "same-origin"})
    assert (out.status_code, out.headers["location"]) == (303, "/")
    assert COOKIE not in browser.cookies
    assert "Lê Thị Ngọc Lan" not in (await directory.browser(token).get("/")).text


async def test_who_is_signed_in_elsewhere_is_told_what_signing_out_ends(directory: Directory) -> None:
    here, there = directory.browser(), directory.browser()
    for browser in (here, there):
        await browser.post("/sign-in", data=LONG, headers=OWN)
    await sign_in(directory, "long", PASSWORD)
    token = here.cookies[COOKIE]
    asked = await here.post("/sign-out", data=hidden(token, 1), headers=OWN)
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-out")
    page = (await here.get("/sign-out")).text
    assert (page.count("trong trình duyệt, từ"), page.count("(tại đây)")) == (2, 1)
    assert "bằng chương trình, từ" in page
    out = await here.post("/sign-out", data=hidden(token, 1) | {"confirmed": "yes"}, headers=OWN)
    assert (out.status_code, out.headers["location"]) == (303, "/")
    assert (await there.get("/sign-out")).headers["location"] == "/", "nothing is left to end"
    await here.post("/sign-in", data=LONG, headers=OWN)
    alone = await here.post("/sign-out", data=hidden(here.cookies[COOKIE], 1), headers=OWN)
    assert alone.headers["location"] == "/", "what is over is not asked about"


@pytest.mark.parametrize("offered", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", ""])
async def test_signing_in_leads_nowhere_else(directory: Directory, offered: str) -> None:
    form = {"username": "nga", "password": PASSWORD, "next": offered}
    answer = await directory.browser().post("/sign-in", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_a_wrong_form_comes_back_with_what_was_typed_and_without_the_password(directory: Directory) -> None:
    browser = directory.browser()
    wrong = await browser.post(
        "/sign-in", data={"username": "<b>hoa", "password": "sai-mat-khau"}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert wrong.status_code == 401
    assert "&lt;b&gt;hoa" in wrong.text
    assert "sai-mat-khau" not in wrong.text
    assert "không đúng" in wrong.text
    missing = await browser.post("/sign-in", data={"username": ""}, headers={"Sec-Fetch-Site": "same-origin"})
    assert missing.status_code == 422
    forged = await browser.post("/sign-in", data={}, headers={"Sec-Fetch-Site": "cross-site"})
    assert forged.status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        {"username": "lan"},
        {"username": "", "password": ""},
        {"username": "a" * 81, "password": "x"},
        {"username": 1, "password": 2},
    ],
)
async def test_hostile_credentials_are_refused(directory: Directory, body: object) -> None:
    answer = await directory.http.post("/api/directory/sign-in", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


async def test_nul_and_broken_letters_are_refused(directory: Directory) -> None:
    for name in ("\\u0000", "\\ud800"):
        content = f'{{"username": "{name}", "password": "x"}}'
        answer = await directory.http.post(
            "/api/directory/sign-in", content=content, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 422


async def test_an_attempt_that_is_asked_to_come_back_does_not_count(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full:
        full.setattr(PASSWORDS, "_turns", Turns(0, 0))
        for _ in range(MOST + 1):
            answer = await sign_in(directory, "tam", "wrong-password", "192.0.2.70")
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert (await sign_in(directory, "tam", PASSWORD, "192.0.2.70")).status_code == 200


async def test_the_operator_works_before_any_unit_is_there(postgres: PostgresServer, tmp_path: Path) -> None:
    url, settings = await postgres.create_database("directory"), settings_in(tmp_path)
    async with running(url, settings, sample=False) as directory:
        token = await directory.token("operator")
        page = await directory.browser(token).get("/directory/staff")
        assert page.status_code == 200
        first = await directory.published()
    assert sorted(first) == [("directory.keys", "test", 1), ("directory.staff", "operator", 1)]
    assert settings.operator_password_file is not None
    settings.operator_password_file.write_text("a-new-password")
    async with running(url, settings, sample=False) as directory:
        await directory.token("operator", "a-new-password")
        assert (await sign_in(directory, "operator", OPERATOR_PASSWORD)).status_code == 401
        assert await directory.published() == first, "a second start publishes nothing again"


@pytest.mark.parametrize("content", [None, "", "not json", "{}", json.dumps(PUBLIC_KEY), "[1]"], ids=range(6))
async def test_an_unusable_signing_key_stops_the_start_with_a_reason(
    postgres: PostgresServer, tmp_path: Path, content: str | None
) -> None:
    settings = settings_in(tmp_path)
    file = tmp_path / f"{uuid4()}.jwk"
    if content is not None:
        file.write_text(content)
    settings = settings.model_copy(update={"signing_key_file": file})
    with pytest.raises(UnusableSecret, match="MOTCUA_SIGNING_KEY_FILE"):
        async with running(await postgres.create_database("directory"), settings, sample=False):
            pass


async def test_a_new_key_leaves_tokens_of_the_old_one_good(postgres: PostgresServer, tmp_path: Path) -> None:
    url, settings = await postgres.create_database("directory"), settings_in(tmp_path)
    async with running(url, settings) as directory:
        token = await directory.token("lan")
    file = tmp_path / "second.jwk"
    file.write_text(signing_key_file(new_signing_key("second")[0]))
    async with running(url, settings.model_copy(update={"signing_key_file": file}), sample=False) as directory:
        assert "Lê Thị Ngọc Lan" in (await directory.browser(token).get("/")).text
        assert (await directory.token("lan")) != token
    assert CENTRE in verify(token, PUBLIC_KEY).roles


async def test_many_sign_in_at_once(directory: Directory) -> None:
    names = ("lan", "hoa", "tam", "duong", "minh", "bich", "nga", "dung")
    tokens = await asyncio.gather(*(directory.token(name) for name in names))
    assert len({*tokens}) == len(names)


async def test_attempts_under_one_name_at_once_are_counted_one_by_one(directory: Directory) -> None:
    answers = await asyncio.gather(*(sign_in(directory, "nobody-new", "wrong-password") for _ in range(3 * MOST)))
    assert sorted(answer.status_code for answer in answers) == [401] * MOST + [429] * 2 * MOST
