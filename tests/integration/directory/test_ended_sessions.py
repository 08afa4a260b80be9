"""Sign-ins that are ended one by one, or all of a person's by their administrator."""

import json

import httpx
import pytest

from services.directory.handlers import MOST_ENDED
from tests.support.directory_world import Directory, hidden
from tests.support.reference_data import ADMIN

OWN = {"Sec-Fetch-Site": "same-origin"}


async def me(directory: Directory, token: str) -> httpx.Response:
    return await directory.http.get("/api/directory/me", headers={"Authorization": f"Bearer {token}"})


async def sessions(directory: Directory, token: str) -> list[dict[str, str]]:
    answer = await directory.http.get("/api/directory/sessions", headers={"Authorization": f"Bearer {token}"})
    listed: list[dict[str, str]] = answer.json()["sessions"]
    return listed


async def test_one_sign_in_ends_and_the_others_go_on(directory: Directory) -> None:
    lost, kept = await directory.token("son"), await directory.token("son")
    (other,) = [session["id"] for session in await sessions(directory, kept) if not session["here"]]
    browser = directory.browser(kept)
    assert f"/directory/sessions/{other}/end" in (await browser.get("/directory/sessions")).text
    ended = await browser.post(f"/directory/sessions/{other}/end", data=hidden(kept, 0), headers=OWN)
    assert (ended.status_code, ended.headers["location"]) == (303, "/directory/sessions")
    refused = await me(directory, lost)
    assert (refused.status_code, refused.json()["code"]) == (401, "sign-in-ended")
    assert (await me(directory, kept)).status_code == 200
    assert [session["here"] for session in await sessions(directory, kept)] == [True]
    again = await directory.http.post(f"/api/directory/sessions/{other}/end", headers={"Authorization": f"Bearer {kept}"})
    assert (again.status_code, again.json()["code"]) == (404, "unknown-session")


async def test_nobody_ends_the_sign_in_of_another(directory: Directory) -> None:
    theirs, own = await directory.token("lan"), await directory.token("hoa")
    (session,) = [session["id"] for session in await sessions(directory, theirs) if session["here"]]
    answer = await directory.http.post(f"/api/directory/sessions/{session}/end", headers={"Authorization": f"Bearer {own}"})
    assert answer.status_code == 404
    assert (await me(directory, theirs)).status_code == 200


async def test_an_ended_sign_in_stays_ended_when_the_person_is_imported_again(directory: Directory) -> None:
    lost, kept = await directory.token("tam"), await directory.token("tam")
    (other,) = [session["id"] for session in await sessions(directory, kept) if not session["here"]]
    await directory.http.post(f"/api/directory/sessions/{other}/end", headers={"Authorization": f"Bearer {kept}"})
    ((staff_id,),) = await directory.rows("SELECT id FROM account WHERE username = 'tam'")
    posts = await directory.rows(
        "SELECT post ->> 'unit', post ->> 'role' FROM account, jsonb_array_elements(value -> 'posts') post WHERE id = :id",
        id=staff_id,
    )
    lines = "".join(f"{staff_id},{unit},{role}\n" for unit, role in posts)
    files = {"staff.csv": f"id,username,name\n{staff_id},tam,Tên Khác\n", "posts.csv": f"staff,unit,role\n{lines}"}
    assert (await directory.import_files(files)).json()["changed"]["staff"] == 1
    assert (await me(directory, lost)).status_code == 401
    assert (await me(directory, kept)).json()["name"] == "Tên Khác"


async def test_an_administrator_ends_all_sign_ins_of_a_person_and_not_their_own(directory: Directory) -> None:
    token, theirs = await directory.token(ADMIN), await directory.token("nga")
    ((staff_id, version),) = await directory.rows("SELECT id, version FROM account WHERE username = 'nga'")
    browser = directory.browser(token)
    path = f"/directory/staff/{staff_id}/sign-out"
    assert (await browser.post(path, data=hidden(token, version - 1), headers=OWN)).status_code == 412
    assert (await me(directory, theirs)).status_code == 200
    assert (await browser.post(path, data=hidden(token, version), headers=OWN)).status_code == 303
    assert (await me(directory, theirs)).status_code == 401
    assert (await me(directory, await directory.token("nga"))).status_code == 200, "the account stays open"
    ((own, seen),) = await directory.rows("SELECT id, version FROM account WHERE username = :name", name=ADMIN)
    refused = await browser.post(f"/directory/staff/{own}/sign-out", data=hidden(token, seen), headers=OWN)
    assert refused.status_code == 409


@pytest.mark.parametrize("remembered", [MOST_ENDED - 1, MOST_ENDED])
async def test_where_too_many_were_ended_all_end(directory: Directory, remembered: int) -> None:
    lost, kept = await directory.token("long"), await directory.token("long")
    ended = [{"sid": f"s{number}", "until": "2199-01-01T00:00:00Z"} for number in range(remembered)]
    async with directory.database.begin() as connection:
        await connection.exec_driver_sql(
            "UPDATE account SET value = value || jsonb_build_object('ended_sessions', CAST(%s AS jsonb)) WHERE username = 'long'",
            (json.dumps(ended),),
        )
    other = next(session["id"] for session in await sessions(directory, kept) if not session["here"])
    await directory.http.post(f"/api/directory/sessions/{other}/end", headers={"Authorization": f"Bearer {kept}"})
    assert (await me(directory, lost)).status_code == 401
    assert (await me(directory, kept)).status_code == (200 if remembered < MOST_ENDED else 401)
