"""The second step of a sign-in: whoever has it needs it at every door, and whoever must have it gets no further without."""

import asyncio
import re
from base64 import b32decode
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from messaging.clock import system_clock
from services.directory.domain.guess_limits import MOST
from services.directory.domain.second_factor import MOST_WRONG, digits_at, step_of
from tests.support.directory_world import OPERATOR_PASSWORD, Directory, hidden, running, settings_in
from tests.support.reference_data import ADMIN, PASSWORD
from tests.support.servers import PostgresServer
from web.signin import COOKIE

OWN = {"Sec-Fetch-Site": "same-origin"}
CHOSEN = "ghế gỗ uống nước"
NEXT = 1
"""Of the step after this one: still good when a step ends meanwhile, and later than what enrolling has used."""


@pytest.fixture
async def directory(postgres: PostgresServer, tmp_path: Path) -> AsyncIterator[Directory]:
    async with running(await postgres.create_database("directory"), settings_in(tmp_path)) as directory:
        yield directory


@pytest.fixture
async def strict(postgres: PostgresServer, tmp_path: Path) -> AsyncIterator[Directory]:
    """Where administrators and leaders must have one."""
    settings = settings_in(tmp_path, second_factor="required")
    async with running(await postgres.create_database("directory"), settings) as directory:
        yield directory


class Telephone:
    """What makes of a secret the digits of each moment; `off` steps fast."""

    def __init__(self, secret: str) -> None:
        self._secret = b32decode(secret)

    def digits(self, off: int = 0) -> str:
        return digits_at(self._secret, step_of(system_clock()) + off)


async def post(directory: Directory, path: str, username: str, **more: str) -> httpx.Response:
    return await directory.http.post(f"/api/directory/{path}", json={"username": username, "password": PASSWORD} | more)


async def enrol(directory: Directory, username: str, **more: str) -> tuple[Telephone, list[str]]:
    offer = (await post(directory, "second-factor", username, **more)).json()
    telephone = Telephone(offer["secret"])
    done = await post(directory, "second-factor/confirm", username, sealed=offer["sealed"], code=telephone.digits())
    assert done.status_code == 200, done.text
    return telephone, done.json()["codes"]


async def test_who_has_it_needs_both_at_every_door(directory: Directory) -> None:
    before = await directory.token("son")
    telephone, _ = await enrol(directory, "son")
    ended = await directory.http.get("/api/directory/me", headers={"Authorization": f"Bearer {before}"})
    assert ended.json()["code"] == "sign-in-ended", "a session from before the second step"
    asked = await post(directory, "sign-in", "son")
    assert (asked.status_code, asked.json()["code"]) == (403, "code-needed")
    assert (await post(directory, "password", "son", new_password=CHOSEN)).json()["code"] == "code-needed"
    assert (await post(directory, "second-factor", "son")).json()["code"] == "code-needed"
    assert (await post(directory, "sign-in", "son", code=telephone.digits(NEXT))).status_code == 200


async def test_a_code_is_good_once_even_for_two_at_once(directory: Directory) -> None:
    telephone, _ = await enrol(directory, "son")
    code = telephone.digits(NEXT)
    answers = await asyncio.gather(*(post(directory, "sign-in", "son", code=code) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 401]
    earlier = await post(directory, "sign-in", "son", code=telephone.digits())
    assert earlier.json()["code"] == "wrong-code", "none of before a code that was used"


async def test_wrong_codes_close_the_name_like_wrong_passwords(directory: Directory) -> None:
    telephone, _ = await enrol(directory, "son")
    for number in range(MOST):
        wrong = await post(directory, "sign-in", "son", code=f"00000{number}")
        assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong-code")
    assert (await post(directory, "sign-in", "son", code=telephone.digits(NEXT))).json()["code"] == "too-many-guesses"


async def test_codes_tried_from_everywhere_close_the_second_step_and_no_stranger_can(directory: Directory) -> None:
    telephone, _ = await enrol(directory, "son")

    async def sign_in(address: str, code: str, password: str = PASSWORD) -> str:
        body, headers = {"username": "son", "password": password, "code": code}, {"X-Forwarded-For": address}
        answer = await directory.http.post("/api/directory/sign-in", json=body, headers=headers)
        return str(answer.json().get("code", answer.status_code))

    assert [await sign_in(f"192.0.2.{number}", "000000", "not it") for number in range(MOST_WRONG)] == [
        "wrong-password"
    ] * MOST_WRONG
    assert [await sign_in(f"192.0.2.{number}", f"00000{number}") for number in range(20, 20 + MOST_WRONG)] == [
        "wrong-code"
    ] * MOST_WRONG
    assert await sign_in("192.0.2.40", telephone.digits(NEXT)) == "too-many-codes"


async def test_a_code_on_paper_opens_once_when_the_telephone_is_lost(directory: Directory) -> None:
    _, codes = await enrol(directory, "son")
    assert len({*codes}) == 10
    assert (await post(directory, "sign-in", "son", code=codes[3].replace("-", " ").upper())).status_code == 200
    assert (await post(directory, "sign-in", "son", code=codes[3])).json()["code"] == "wrong-code"
    offer = (await post(directory, "second-factor", "son", code=codes[4])).json()
    replaced = Telephone(offer["secret"])
    done = await post(directory, "second-factor/confirm", "son", sealed=offer["sealed"], code=replaced.digits())
    assert done.status_code == 200, "the next telephone"
    assert (await post(directory, "sign-in", "son", code=codes[5])).json()["code"] == "wrong-code", "codes go with their secret"
    assert (await post(directory, "sign-in", "son", code=replaced.digits(NEXT))).status_code == 200


async def test_an_offer_of_before_replaces_nothing_and_none_is_of_use_to_others(directory: Directory) -> None:
    early = (await post(directory, "second-factor", "son")).json()
    await enrol(directory, "son")
    for username in ("son", "minh"):
        code = Telephone(early["secret"]).digits()
        answer = await post(directory, "second-factor/confirm", username, sealed=early["sealed"], code=code)
        assert (answer.status_code, answer.json()["code"]) == (422, "enrolment-over")
    rubbish = await post(directory, "second-factor/confirm", "minh", sealed="AAAA", code="123456")
    assert rubbish.json()["code"] == "enrolment-over"


async def test_an_offer_is_over_after_a_quarter_of_an_hour(
    directory: Directory, postgres: PostgresServer, tmp_path: Path
) -> None:
    offer = (await post(directory, "second-factor", "son")).json()
    process = directory.app.state.process
    object.__setattr__(process, "clock", lambda: system_clock() + timedelta(minutes=15))
    code = digits_at(b32decode(offer["secret"]), step_of(process.clock()))
    answer = await post(directory, "second-factor/confirm", "son", sealed=offer["sealed"], code=code)
    assert answer.json()["code"] == "enrolment-over"


@pytest.mark.parametrize("username", ["son", ADMIN])
async def test_leaders_and_administrators_come_no_further_without_where_it_is_required(strict: Directory, username: str) -> None:
    owed = await post(strict, "sign-in", username)
    assert (owed.status_code, owed.json()["code"]) == (403, "second-factor-owed")
    telephone, _ = await enrol(strict, username)
    assert (await post(strict, "sign-in", username, code=telephone.digits(NEXT))).status_code == 200


async def test_clerks_and_the_operator_s_command_go_on_where_it_is_required(strict: Directory) -> None:
    assert (await post(strict, "sign-in", "lan")).status_code == 200
    assert await strict.token("operator")
    page = await strict.browser().post("/sign-in", data={"username": "operator", "password": OPERATOR_PASSWORD}, headers=OWN)
    assert (page.status_code, "data:image/svg" in page.text) == (403, True), "a person who signs in as operator is a person"


async def test_real_data_require_it_and_the_sample_offers_it(tmp_path: Path) -> None:
    for sample, said, required in ((False, None, True), (True, None, False), (False, "offered", False), (True, "required", True)):
        assert settings_in(tmp_path, sample=sample, second_factor=said).factor_required is required


async def remove(directory: Directory, staff_id: str, version: int, username: str = ADMIN) -> httpx.Response:
    headers = await directory.headers(username, **{"If-Match": f'"{version}"'})
    path = f"/api/directory/staff/{staff_id}/remove-second-factor"
    return await directory.http.post(path, json={"why": "Mất điện thoại"}, headers=headers)


async def test_an_administrator_takes_it_from_who_has_lost_it(directory: Directory) -> None:
    assert (await remove(directory, "cb003", 1)).json()["code"] == "no-second-factor"
    telephone, _ = await enrol(directory, "long")
    before = (await post(directory, "sign-in", "long", code=telephone.digits(NEXT))).json()["token"]
    assert (await remove(directory, "cb003", 1)).status_code == 412
    assert (await remove(directory, "cb003", 2)).json() == {"id": "cb003", "active": True, "version": 3}
    ended = await directory.http.get("/api/directory/me", headers={"Authorization": f"Bearer {before}"})
    assert ended.json()["code"] == "sign-in-ended"
    assert (await post(directory, "sign-in", "long")).status_code == 200
    assert (await remove(directory, "cb013", 1)).json()["code"] == "own-account"


async def test_neither_secret_nor_codes_lie_open_in_the_database_or_are_published(directory: Directory) -> None:
    offer = (await post(directory, "second-factor", "son")).json()
    code = Telephone(offer["secret"]).digits()
    codes = (await post(directory, "second-factor/confirm", "son", sealed=offer["sealed"], code=code)).json()["codes"]
    for table in ("account", "outbox", "command"):
        rows = str(await directory.rows(f"SELECT CAST(t AS text) FROM {table} t"))  # noqa: S608 -- named above
        assert offer["secret"] not in rows
        assert b32decode(offer["secret"]).hex() not in rows
        assert not [written for written in codes if written in rows or written.replace("-", "") in rows], table


async def test_a_leader_is_led_through_it_on_pages(strict: Directory) -> None:
    browser = strict.browser()
    typed: dict[str, Any] = {"username": "son", "password": PASSWORD}
    page = await browser.post("/sign-in", data=typed, headers=OWN)
    assert (page.status_code, COOKIE in browser.cookies) == (403, False)
    secret, sealed = (
        re.search(pattern, page.text) for pattern in (r"<code>([A-Z2-7]+)</code>", r'name="sealed" value="([^"]+)"')
    )
    assert secret is not None
    assert sealed is not None
    telephone = Telephone(secret[1])
    wrong = await browser.post("/second-factor/confirm", data=typed | {"sealed": sealed[1], "code": "12"}, headers=OWN)
    assert (wrong.status_code, sealed[1] in wrong.text) == (401, True), "the same secret once more"
    done = await browser.post(
        "/second-factor/confirm", data=typed | {"sealed": sealed[1], "code": telephone.digits()}, headers=OWN
    )
    assert done.status_code == 200
    assert len(re.findall(r"<code>[a-z2-9]{5}(?:-[a-z2-9]{5}){4}</code>", done.text)) == 10
    assert "Hoàng Lam Sơn" in (await browser.get("/")).text
    again = strict.browser()
    asked = await again.post("/sign-in", data=typed, headers=OWN)
    assert (asked.status_code, "6 số" in asked.text) == (403, True)
    assert (await again.post("/sign-in", data=typed | {"code": telephone.digits(NEXT)}, headers=OWN)).status_code == 303


async def test_an_administrator_removes_it_on_a_page_with_a_reason(directory: Directory) -> None:
    await enrol(directory, "long")
    token = await directory.token(ADMIN)
    browser, path = directory.browser(token), "/directory/staff/cb003/second-factor"
    assert "Đăng nhập hai bước của Đỗ Hải Long" in (await browser.get(path)).text
    without = await browser.post(path, data=hidden(token, 2), headers=OWN)
    assert without.status_code == 422
    done = await browser.post(path, data=hidden(token, 2) | {"why": "Mất điện thoại"}, headers=OWN)
    assert (done.status_code, done.headers["location"]) == (303, "/directory/staff#cb003")
    assert "chưa bật" in (await browser.get(path)).text
    assert (await browser.get("/directory/staff/cb008/second-factor")).status_code == 403
    assert (await browser.get("/directory/staff/nobody/second-factor")).status_code == 404
