"""A password is its owner's: whoever else has set it, it opens nothing but the choice of another one, once and for some days."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from services.directory.domain.guess_limits import MOST
from tests.support.directory_world import OPERATOR_PASSWORD, Directory, hidden, running, settings_in
from tests.support.reference_data import ADMIN, CENTRE, PASSWORD
from tests.support.servers import PostgresServer
from web.signin import COOKIE

_EARLIER = text("UPDATE account SET one_time_until = one_time_until - make_interval(hours => :hours)")
OWN = {"Sec-Fetch-Site": "same-origin"}
ONCE, CHOSEN = "giao-tan-tay-7Q4K", "ghế gỗ uống nước"
NEWCOMER = {
    "staff.csv": f"id,username,name,initial_password\ncb900,moi.den,Người Mới Đến,{ONCE}\n",
    "posts.csv": f"staff,unit,role\ncb900,{CENTRE},clerk\n",
}


@pytest.fixture
async def directory(postgres: PostgresServer, tmp_path: Path) -> AsyncIterator[Directory]:
    """With somebody to whom the import has given a first password."""
    async with running(await postgres.create_database("directory"), settings_in(tmp_path)) as directory:
        assert (await directory.import_files(NEWCOMER)).status_code == 200
        yield directory


async def sign_in(directory: Directory, username: str, password: str) -> httpx.Response:
    return await directory.http.post("/api/directory/sign-in", json={"username": username, "password": password})


async def choose(directory: Directory, username: str, old: str, new: str) -> httpx.Response:
    body = {"username": username, "password": old, "new_password": new}
    return await directory.http.post("/api/directory/password", json=body)


async def reset(directory: Directory, staff_id: str, version: int, username: str = ADMIN) -> httpx.Response:
    headers = await directory.headers(username, **{"If-Match": f'"{version}"'})
    return await directory.http.post(f"/api/directory/staff/{staff_id}/reset-password", headers=headers)


async def me(directory: Directory, token: str) -> httpx.Response:
    return await directory.http.get("/api/directory/me", headers={"Authorization": f"Bearer {token}"})


async def let_pass(directory: Directory, hours: int) -> None:
    """So many hours earlier was it that passwords were handed out."""
    async with directory.database.begin() as connection:
        await connection.execute(_EARLIER, {"hours": hours})


async def test_a_first_password_opens_nothing_but_the_choice_of_another(directory: Directory) -> None:
    refused = await sign_in(directory, "moi.den", ONCE)
    assert (refused.status_code, refused.json()["code"]) == (403, "new-password-needed")
    assert "token" not in refused.json()
    chosen = await choose(directory, "moi.den", ONCE, CHOSEN)
    assert (await me(directory, chosen.json()["token"])).json()["id"] == "cb900"
    assert (await sign_in(directory, "moi.den", ONCE)).status_code == 401
    assert (await sign_in(directory, "moi.den", CHOSEN)).status_code == 200
    await directory.import_files(NEWCOMER)
    assert (await sign_in(directory, "moi.den", CHOSEN)).status_code == 200, "an import brings no first password back"


async def test_a_first_password_is_over_after_three_days(directory: Directory) -> None:
    await let_pass(directory, 71)
    assert (await sign_in(directory, "moi.den", ONCE)).json()["code"] == "new-password-needed"
    await let_pass(directory, 1)
    for answer in (await sign_in(directory, "moi.den", ONCE), await choose(directory, "moi.den", ONCE, CHOSEN)):
        assert (answer.status_code, answer.json()["code"]) == (403, "one-time-password-over")
    assert (await sign_in(directory, "moi.den", "not the password")).json()["code"] == "wrong-password"


async def test_the_sample_s_published_password_stays_good_where_the_sample_is_on_alone(
    directory: Directory, postgres: PostgresServer, tmp_path: Path
) -> None:
    assert (await sign_in(directory, "lan", PASSWORD)).status_code == 200
    real = settings_in(tmp_path, sample=False)
    async with running(await postgres.create_database("directory"), real) as installation:
        assert (await sign_in(installation, "lan", PASSWORD)).json()["code"] == "new-password-needed"


async def test_who_changes_the_password_stays_and_every_other_session_ends(directory: Directory) -> None:
    before = [await directory.token("son") for _ in range(2)]
    answer = await choose(directory, "son", PASSWORD, CHOSEN)
    assert answer.status_code == 200
    assert [(await me(directory, token)).status_code for token in (*before, answer.json()["token"])] == [401, 401, 200]
    assert ("directory.staff", "cb007", 2) in await directory.published(), "so that every service hears of it"
    assert (await sign_in(directory, "son", PASSWORD)).status_code == 401
    assert (await sign_in(directory, "son", CHOSEN)).status_code == 200


@pytest.mark.parametrize(
    ("new", "status", "said"),
    [
        ("ngắn quá", 422, "invalid"),
        ("dài" * 50, 422, "invalid"),
        ("Matkhau@2026!", 422, "weak-password"),
        ("hoanglamson123", 422, "weak-password"),
        (PASSWORD, 422, "same-password"),
    ],
    ids=["short", "long", "usual", "own name", "same"],
)
async def test_a_password_that_will_not_do_changes_nothing(directory: Directory, new: str, status: int, said: str) -> None:
    answer = await choose(directory, "son", PASSWORD, new)
    assert answer.status_code == status
    assert said in answer.json()["code"]
    assert (await sign_in(directory, "son", PASSWORD)).status_code == 200


async def test_the_old_password_is_asked_for_and_guesses_at_it_are_counted(directory: Directory) -> None:
    for _ in range(MOST):
        assert (await choose(directory, "nga", "not the password", CHOSEN)).json()["code"] == "wrong-password"
    assert (await choose(directory, "nga", PASSWORD, CHOSEN)).json()["code"] == "too-many-guesses"


async def test_a_right_password_with_a_bad_choice_counts_as_no_guess(directory: Directory) -> None:
    for _ in range(2 * MOST):
        assert (await choose(directory, "nga", PASSWORD, "123456789012")).json()["code"] == "weak-password"
    assert (await sign_in(directory, "nga", PASSWORD)).status_code == 200


async def test_one_password_is_changed_once_however_many_try(directory: Directory) -> None:
    answers = await asyncio.gather(*(choose(directory, "moi.den", ONCE, f"{CHOSEN} {number}") for number in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]


async def test_an_administrator_resets_to_a_password_that_is_good_once(directory: Directory) -> None:
    before = await directory.token("long")
    answer = await reset(directory, "cb003", 1)
    handed = answer.json()["password"]
    assert re.fullmatch(r"([a-z2-9]{4}-){3}[a-z2-9]{4}", handed)
    assert (answer.json()["version"], answer.headers["etag"]) == (2, '"2"')
    assert (await me(directory, before)).json()["code"] == "sign-in-ended"
    assert (await sign_in(directory, "long", PASSWORD)).status_code == 401
    assert (await sign_in(directory, "long", handed)).json()["code"] == "new-password-needed"
    assert (await choose(directory, "long", handed, CHOSEN)).status_code == 200
    assert (await sign_in(directory, "long", handed)).status_code == 401
    assert (await reset(directory, "cb003", 1)).status_code == 412, "the same form again hands out nothing"
    other = await reset(directory, "cb003", 3)
    assert other.json()["password"] != handed


async def test_nobody_resets_whom_they_do_not_administer_nor_themselves(directory: Directory) -> None:
    assert (await reset(directory, "cb013", 1)).json()["code"] == "own-account"
    assert (await reset(directory, "cb008", 1)).status_code == 403
    assert (await reset(directory, "cb001", 1, "hoa")).status_code == 403
    assert (await reset(directory, "operator", 1, "operator")).json()["code"] == "operators-password"
    own = await choose(directory, "operator", OPERATOR_PASSWORD, CHOSEN)
    assert (own.status_code, own.json()["code"]) == (409, "operators-password")


async def test_no_password_lies_in_the_database_or_in_what_is_published(directory: Directory) -> None:
    handed = (await reset(directory, "cb003", 1)).json()["password"]
    await choose(directory, "long", handed, CHOSEN)
    for table in ("account", "outbox", "command", "session"):
        rows = str(await directory.rows(f"SELECT CAST(t AS text) FROM {table} t"))  # noqa: S608 -- named above
        assert not [secret for secret in (handed, CHOSEN, ONCE) if secret in rows], table


async def test_a_person_is_led_from_the_first_password_to_their_own(directory: Directory) -> None:
    browser = directory.browser()
    page = await browser.post("/sign-in", data={"username": "moi.den", "password": ONCE, "next": "/"}, headers=OWN)
    assert page.status_code == 403
    assert "Mật khẩu dùng một lần" in page.text
    assert 'value="moi.den"' in page.text
    assert ONCE not in page.text
    assert COOKIE not in browser.cookies
    typed = {"username": "moi.den", "password": ONCE, "new_password": CHOSEN, "new_password_again": CHOSEN, "once": "yes"}
    apart = await browser.post("/password", data=typed | {"new_password_again": "ghế gỗ"}, headers=OWN)
    assert (apart.status_code, "không giống nhau" in apart.text) == (422, True)
    assert CHOSEN not in apart.text
    done = await browser.post("/password", data=typed, headers=OWN)
    assert (done.status_code, done.headers["location"]) == (303, "/password?why=changed")
    assert "Đã đổi mật khẩu" in (await browser.get("/password?why=changed")).text
    assert "Người Mới Đến" in (await browser.get("/")).text


async def test_a_person_changes_the_password_on_a_page(directory: Directory) -> None:
    browser = directory.browser(await directory.token("tam"))
    assert 'value="tam"' in (await browser.get("/password")).text
    typed: dict[str, Any] = {"username": "tam", "password": "not it", "new_password": CHOSEN, "new_password_again": CHOSEN}
    wrong = await browser.post("/password", data=typed | hidden(browser.cookies[COOKIE], 0), headers=OWN)
    assert (wrong.status_code, "không đúng" in wrong.text) == (401, True)
    typed |= {"password": PASSWORD}
    forged = await browser.post("/password", data=typed, headers={"Sec-Fetch-Site": "cross-site"})
    assert forged.status_code == 403
    done = await browser.post("/password", data=typed | hidden(browser.cookies[COOKIE], 0), headers=OWN)
    assert done.status_code == 303
    assert (await browser.get("/directory/units")).status_code == 200
    assert (await sign_in(directory, "tam", CHOSEN)).status_code == 200


async def test_a_one_time_password_is_shown_to_the_administrator_once(directory: Directory) -> None:
    token = await directory.token(ADMIN)
    browser = directory.browser(token)
    assert "Đặt lại mật khẩu của Đỗ Hải Long" in (await browser.get("/directory/staff?q=long")).text
    form = hidden(token, 1)
    page = await browser.post("/directory/staff/cb003/reset-password", data=form, headers=OWN)
    handed = re.search(r'class="keep">([^<]+)<', page.text)
    assert handed is not None
    assert (await sign_in(directory, "long", handed[1])).json()["code"] == "new-password-needed"
    again = await browser.post(
        "/directory/staff/cb003/reset-password", data=form | {"idempotency_key": str(uuid4())}, headers=OWN
    )
    assert again.status_code == 412


async def test_what_is_typed_as_a_password_is_masked_and_can_be_pasted(directory: Directory) -> None:
    for page, kinds in (("/sign-in", {"current-password"}), ("/password", {"current-password", "new-password"})):
        inputs = re.findall(r"<input[^>]*password[^>]*>", (await directory.browser().get(page)).text)
        assert {kind for field in inputs for kind in re.findall(r'autocomplete="([^"]+)"', field)} == kinds
        assert all('type="password"' in field and "onpaste" not in field and 'value=""' in field for field in inputs)


async def test_a_password_of_one_s_own_never_ends(directory: Directory) -> None:
    assert (await choose(directory, "moi.den", ONCE, CHOSEN)).status_code == 200
    await let_pass(directory, 24 * 3650)
    assert (await sign_in(directory, "moi.den", CHOSEN)).status_code == 200
