"""Keys come and go by the word of the root key alone, while the service goes on."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from chassis.secret_files import UnusableSecret
from messaging.clock import system_clock
from tests.support.directory_world import Directory, running, settings_in
from tests.support.reference_data import KEY_ID, PRIVATE_KEY, ROOT_PRIVATE, signing_key_file, vouched, voucher
from tests.support.servers import PostgresServer
from web.tokens import names_of, new_signing_key
from web.vouchers import vouch

SECOND, SECOND_PUBLIC = new_signing_key("second")


@pytest.fixture
async def directory(postgres: PostgresServer, tmp_path: Path) -> AsyncIterator[Directory]:
    async with running(await postgres.create_database("directory"), settings_in(tmp_path)) as directory:
        yield directory


async def take_up(directory: Directory, said: str, username: str = "operator", **more: str) -> httpx.Response:
    headers = await directory.headers(username, **more)
    return await directory.http.post("/api/directory/keys", json={"voucher": said}, headers=headers)


async def listed(directory: Directory) -> list[dict[str, Any]]:
    keys: list[dict[str, Any]] = (
        await directory.http.get("/api/directory/keys", headers=await directory.headers("operator"))
    ).json()["keys"]
    return keys


async def test_a_new_key_is_published_and_signs_when_its_file_is_there(directory: Directory, tmp_path: Path) -> None:
    old = await directory.token("lan")
    now = system_clock()
    said = vouched(SECOND_PUBLIC, since=now, until=now + timedelta(days=1))
    assert (await take_up(directory, said)).json() == {"kid": "second", "version": 1}
    assert ("directory.keys", "second", 1) in await directory.published()
    assert names_of(await directory.token("lan"))[0] == KEY_ID, "nobody signs with what others may not know yet"
    replacement = tmp_path / "signing.jwk.new"
    replacement.write_text(signing_key_file(SECOND))
    replacement.rename(tmp_path / "signing.jwk")
    new = await directory.token("lan")
    assert names_of(new)[0] == "second"
    for token in (old, new):
        assert (await directory.http.get("/api/directory/me", headers={"Authorization": f"Bearer {token}"})).status_code == 200
    assert [(key["kid"], key["signs"], key["vouched"]) for key in await listed(directory)] == [
        ("second", True, True),
        (KEY_ID, False, True),
    ]


async def test_a_revoked_key_shuts_out_who_came_with_it_and_stays_revoked(directory: Directory) -> None:
    token = await directory.token("lan")
    assert (await take_up(directory, vouched(version=2, revoked=True))).status_code == 200
    out = await directory.http.get("/api/directory/me", headers={"Authorization": f"Bearer {token}"})
    assert (out.status_code, out.json()["code"]) == (401, "sign-in-invalid")
    assert ("directory.keys", KEY_ID, 2) in await directory.published()


async def test_the_newest_word_counts_and_the_same_one_may_be_said_again(directory: Directory) -> None:
    shorter = vouched(version=3, until=system_clock() + timedelta(hours=2))
    for _ in range(2):
        assert (await take_up(directory, shorter)).json() == {"kid": KEY_ID, "version": 3}
    for late in (vouched(version=2), vouched(version=3)):
        answer = await take_up(directory, late)
        assert (answer.status_code, answer.json()["code"]) == (409, "voucher-superseded")
    assert [row[2] for row in await directory.published() if row[0] == "directory.keys"] == [1, 3]


async def test_the_operator_without_the_root_key_adds_none(directory: Directory) -> None:
    for forgery in (vouch(voucher(SECOND_PUBLIC), SECOND), vouch(voucher(SECOND_PUBLIC), PRIVATE_KEY), "a.b.c"):
        answer = await take_up(directory, forgery)
        assert (answer.status_code, answer.json()["code"]) == (422, "not-vouched-for")
    assert [key["kid"] for key in await listed(directory)] == [KEY_ID]


async def test_a_browser_changes_no_key(directory: Directory) -> None:
    token = await directory.token("operator")
    headers = {"Idempotency-Key": str(uuid4()), "Cookie": f"motcua_token={token}", "Sec-Fetch-Site": "same-origin"}
    answer = await directory.http.post("/api/directory/keys", json={"voucher": vouched(SECOND_PUBLIC)}, headers=headers)
    assert answer.status_code == 403
    assert [key["kid"] for key in await listed(directory)] == [KEY_ID]


@pytest.mark.parametrize(
    "said",
    ["", vouch(voucher(), SECOND), vouch(voucher(SECOND_PUBLIC), ROOT_PRIVATE), "a.b.c"],
    ids=["none", "a stranger's", "another key's", "rubbish"],
)
async def test_directory_does_not_start_with_a_key_that_nobody_vouches_for(
    postgres: PostgresServer, tmp_path: Path, said: str
) -> None:
    settings = settings_in(tmp_path)
    (tmp_path / "signing.jwk").write_text(signing_key_file().replace(vouched(), said))
    with pytest.raises(UnusableSecret, match="MOTCUA_ROOT_KEYS"):
        async with running(await postgres.create_database("directory"), settings, sample=False):
            pass
