"""Administration on screen: what is asked for is shown as a difference, confirmed by the same person, kept with its author."""

import re
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import httpx
import pytest

from tests.support.directory_world import Directory, hidden, running, settings_in
from tests.support.reference_data import ADMIN, CENTRE, COMMUNE, DISTRICT, INSURANCE, sample_files
from tests.support.servers import PostgresServer

OWN = {"Sec-Fetch-Site": "same-origin"}
PERSON = {"name": "Vũ Thu Hà", "username": "Thu.Ha", "unit": DISTRICT, "role": "officer", "fields": "dat-dai"}


@pytest.fixture
async def directory(postgres: PostgresServer, tmp_path: Path) -> AsyncIterator[Directory]:
    async with running(await postgres.create_database("directory"), settings_in(tmp_path)) as directory:
        yield directory


class Administrator:
    """Somebody in a browser, who fills in forms."""

    def __init__(self, directory: Directory, token: str) -> None:
        self.browser, self.token = directory.browser(token), token

    async def post(self, path: str, typed: Any = None, **more: Any) -> httpx.Response:
        return await self.browser.post(path, data=hidden(self.token, 0) | (typed or {}), headers=OWN, **more)

    async def get(self, path: str) -> str:
        page = await self.browser.get(path)
        assert page.status_code == 200, page.text
        return page.text

    async def propose(self, path: str, typed: Any) -> str:
        """The address of the difference."""
        answer = await self.post(path, typed)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]


async def administrator(directory: Directory, username: str = ADMIN) -> Administrator:
    return Administrator(directory, await directory.token(username))


async def staff_of(directory: Directory, staff_id: str) -> dict[str, Any]:
    ((value,),) = await directory.rows("SELECT value FROM account WHERE id = :id", id=staff_id)
    return dict(value)


async def test_somebody_new_is_shown_confirmed_and_kept_in_the_history(directory: Directory) -> None:
    admin = await administrator(directory)
    difference = await admin.propose("/directory/staff/new", PERSON)
    page = await admin.get(difference)
    assert "Vũ Thu Hà" in page
    assert "chuyên viên" in page
    assert await directory.rows("SELECT 1 FROM account WHERE id = 'thu.ha'") == [], "nothing changes before it is confirmed"
    done = await admin.post(difference)
    assert (done.status_code, done.headers["location"]) == (303, "/directory/history?done=yes")
    history = await admin.get("/directory/history?of=thu.ha")
    assert "Vũ Thu Hà" in history
    assert "/directory/staff?q=thu.ha" in history
    assert ("directory.staff", "thu.ha", 1) in await directory.published()
    once = await admin.browser.post("/directory/staff/thu.ha/reset-password", data=hidden(admin.token, 1), headers=OWN)
    assert once.status_code == 200
    assert re.search(r'class="keep">(\w{4}-){3}\w{4}<', once.text)


async def test_a_post_ends_and_another_begins_in_one_change(directory: Directory) -> None:
    admin = await administrator(directory)
    assert f'value="{DISTRICT} clerk" checked' in await admin.get("/directory/staff/cb006/edit")
    typed = {"name": "Lê", "username": "nga", "kept": f"{DISTRICT} officer", "unit": COMMUNE, "role": "leader"}
    before = await staff_of(directory, "cb006")
    difference = await admin.propose("/directory/staff/cb006/edit", typed | {key: before[key] for key in ("name", "username")})
    await admin.post(difference)
    after = await staff_of(directory, "cb006")
    assert [(post["unit"], post["role"]) for post in after["posts"]] == [(DISTRICT, "officer"), (COMMUNE, "leader")]
    assert after["tokens_valid_from"] > before["tokens_valid_from"], "who loses a role loses the tokens that still say it"
    ((by, kind, lines),) = await directory.rows(
        "SELECT by, kind, lines FROM register_change WHERE subject = 'cb006' AND NOT is_new"
    )
    assert (by, kind) == ("cb013", "staff")
    assert {tuple(line["path"]): (line["before"] is None, line["after"] is None) for line in lines} == {
        ("posts", f"{DISTRICT} clerk"): (False, True),
        ("posts", f"{COMMUNE} leader"): (True, False),
    }


async def test_what_changed_meanwhile_is_shown_again_before_it_is_done(directory: Directory) -> None:
    admin = await administrator(directory)
    before = await staff_of(directory, "cb007")
    typed = {"name": "Trần Minh Tám", "username": before["username"], "kept": f"{DISTRICT} leader"}
    difference = await admin.propose("/directory/staff/cb007/edit", typed)
    files = {"staff.csv": f"id,username,name\ncb007,{before['username']},Trần Minh Chín\n"}
    await directory.import_files(files | {"posts.csv": f"staff,unit,role\ncb007,{DISTRICT},leader\n"})
    again = await admin.post(difference)
    assert again.headers["location"] == f"{difference}?why=meanwhile"
    assert (await staff_of(directory, "cb007"))["name"] == "Trần Minh Chín"
    assert "Trần Minh Chín" in await admin.get(again.headers["location"])
    assert (await admin.post(difference)).headers["location"] == "/directory/history?done=yes"
    assert (await staff_of(directory, "cb007"))["name"] == "Trần Minh Tám"


async def test_the_same_confirmation_twice_is_one_change(directory: Directory) -> None:
    admin = await administrator(directory)
    difference = await admin.propose("/directory/staff/new", PERSON)
    form = hidden(admin.token, 0)
    answers = [await admin.browser.post(difference, data=form, headers=OWN) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert (await admin.post(difference)).status_code == 404, "another confirmation of what is done"
    assert await directory.rows("SELECT count(*) FROM register_change WHERE subject = 'thu.ha'") == [(1,)]


async def test_nobody_sees_or_confirms_what_another_has_asked_for(directory: Directory) -> None:
    difference = await (await administrator(directory)).propose("/directory/staff/new", PERSON)
    operator = await administrator(directory, "operator")
    assert (await operator.browser.get(difference)).status_code == 404
    assert (await operator.post(difference)).status_code == 404
    assert await directory.rows("SELECT 1 FROM account WHERE id = 'thu.ha'") == []


async def test_what_is_older_than_an_hour_is_asked_for_again(directory: Directory) -> None:
    admin = await administrator(directory)
    difference = await admin.propose("/directory/staff/new", PERSON)
    async with directory.database.begin() as connection:
        await connection.exec_driver_sql("UPDATE proposal SET until = until - interval '61 minutes'")
    assert (await admin.browser.get(difference)).status_code == 404
    assert (await admin.post(difference)).status_code == 404


@pytest.mark.parametrize(
    ("path", "typed", "status"),
    [
        pytest.param("/directory/staff/new", PERSON | {"unit": INSURANCE}, 403, id="a post where one administers nothing"),
        pytest.param(
            "/directory/staff/cb013/edit", {"name": "Tôi", "username": "quantri", "kept": f"{CENTRE} admin"}, 422, id="own"
        ),
        pytest.param("/directory/staff/cb009/edit", {"name": "Ai", "username": "ai"}, 403, id="somebody of another tree"),
        pytest.param("/directory/staff/new", PERSON | {"username": "operator"}, 422, id="the operator's name"),
        pytest.param("/directory/staff/new", PERSON | {"username": "lan"}, 422, id="a name that somebody has"),
        pytest.param("/directory/staff/new", PERSON | {"fields": "khong-co"}, 422, id="a field of no procedure"),
        pytest.param("/directory/staff/new", PERSON | {"unit": "", "role": ""}, 403, id="without a post nobody's"),
        pytest.param("/directory/calendars/buu-dien", {"date": "2027-06-01", "kind": "local_closure"}, 422, id="no reason"),
        pytest.param(
            "/directory/calendars/hanh-chinh",
            {"date": "2027-06-01", "kind": "local_closure", "name_vi": "Mất điện", "name_en": "No power"},
            403,
            id="a calendar that others keep too",
        ),
    ],
)
async def test_what_may_not_be_is_refused_before_anything_is_shown(
    directory: Directory, path: str, typed: dict[str, str], status: int
) -> None:
    answer = await (await administrator(directory)).post(path, typed)
    assert answer.status_code == status, answer.text
    assert await directory.rows("SELECT 1 FROM proposal") == []


async def test_a_day_off_is_marked_in_the_year_with_its_reason(directory: Directory) -> None:
    admin = await administrator(directory)
    typed = {"date": "2027-06-01", "kind": "local_closure", "name_vi": "Mất điện", "name_en": "No power"}
    await admin.post(await admin.propose("/directory/calendars/mot-cua", typed))
    year = await admin.get("/directory/calendars/mot-cua?year=2027")
    assert "nghỉ riêng của nơi này, Mất điện" in year
    assert '<td class="closed"><a href="?day=2027-06-01#f-date">1</a>' in year
    assert 'value="Mất điện"' in await admin.get("/directory/calendars/mot-cua?day=2027-06-01")
    await admin.post(await admin.propose("/directory/calendars/mot-cua", {"date": "2027-06-01"}))
    assert "Mất điện" not in await admin.get("/directory/calendars/mot-cua?year=2027")


async def test_a_unit_changes_its_telephone_and_keeps_the_rest(directory: Directory) -> None:
    admin = await administrator(directory)
    ((before,),) = await directory.rows("SELECT value FROM unit WHERE id = :id", id=COMMUNE)
    form = {name: str(value).lower() if isinstance(value, bool) else value for name, value in before.items() if value is not None}
    await admin.post(await admin.propose(f"/directory/units/{COMMUNE}/edit", form | {"telephone": "0299 3999 999"}))
    ((after,),) = await directory.rows("SELECT value FROM unit WHERE id = :id", id=COMMUNE)
    assert after == before | {"telephone": "0299 3999 999"}


async def test_a_new_unit_comes_under_one_that_is_administered(directory: Directory) -> None:
    admin = await administrator(directory)
    form = {"id": "H99.21.05.14", "name": "Xã Mới", "tier": "commune", "valid_from": "2027-01-01", "calendar": "mot-cua"}
    assert (await admin.post("/directory/units/new", form)).status_code == 403
    assert (await admin.post("/directory/units/new", form | {"parent": INSURANCE})).status_code == 403
    await admin.post(await admin.propose("/directory/units/new", form | {"parent": DISTRICT}))
    assert await directory.rows("SELECT version FROM unit WHERE id = 'H99.21.05.14'") == [(1,)]


async def test_files_are_tried_as_a_table_of_faults_or_a_difference(directory: Directory) -> None:
    admin = await administrator(directory)
    wrong = {"staff.csv": b"id,username,name\nx1,,Ai\n", "posts.csv": b"staff,unit,role\nx1,000.00.77.H99,clerk\n"}
    refused = await admin.post("/directory/import", files=[("files", (name, text)) for name, text in wrong.items()])
    assert refused.status_code == 422
    for words in ("staff.csv", "username", "Không có đơn vị 000.00.77.H99."):
        assert words in refused.text
    archive = BytesIO()
    with ZipFile(archive, "w") as zipped:
        zipped.writestr("staff.csv", "id,username,name\nx1,x1,Ai Đó\n")
        zipped.writestr("posts.csv", f"staff,unit,role\nx1,{DISTRICT},clerk\n")
    offered = await admin.post("/directory/import", files=[("files", ("all.zip", archive.getvalue()))])
    assert offered.status_code == 303
    assert "Ai Đó" in await admin.get(offered.headers["location"])
    await admin.post(offered.headers["location"])
    assert (await staff_of(directory, "x1"))["name"] == "Ai Đó"


async def test_the_same_files_again_and_passwords_are_refused(directory: Directory) -> None:
    operator = await administrator(directory, "operator")
    sample = sample_files()
    kept = {name: sample[name] for name in ("units.csv",)}
    same = await operator.post("/directory/import", files=[("files", (name, text.encode())) for name, text in kept.items()])
    assert (same.status_code, "Không có gì khác" in same.text) == (422, True)
    people = [("files", (name, sample[name].encode())) for name in ("staff.csv", "posts.csv")]
    password = await operator.post("/directory/import", files=people)
    assert (password.status_code, "initial_password" in password.text) == (422, True)
    assert await directory.rows("SELECT 1 FROM proposal") == []


async def test_programs_propose_confirm_and_read_the_history(directory: Directory) -> None:
    files = {"staff.csv": "id,username,name\nx2,x2,Ai Kia\n", "posts.csv": f"staff,unit,role\nx2,{DISTRICT},clerk\n"}
    asked = await directory.http.post("/api/directory/changes", json={"files": files}, headers=await directory.headers(ADMIN))
    assert asked.status_code == 200, asked.text
    change = asked.json()
    assert [(entity["kind"], entity["id"], entity["is_new"]) for entity in change["changes"]] == [("staff", "x2", True)]
    path = f"/api/directory/changes/{change['id']}"
    headers = await directory.headers(ADMIN)
    assert (await directory.http.get(path, headers=headers)).json() == change
    assert (await directory.http.post(path, headers=headers)).json()["changed"]["staff"] == 1
    history = (await directory.http.get("/api/directory/history", params={"of": "x2"}, headers=headers)).json()
    assert [(past["by"], past["id"]) for past in history["changes"]] == [("cb013", "x2")]
    wrong = {"files": {"staff.csv": "id\nx\n"}}
    refused = await directory.http.post("/api/directory/changes", json=wrong, headers=await directory.headers(ADMIN))
    assert (refused.status_code, refused.json()["errors"][0]["file"]) == (422, "posts.csv")


async def test_an_administrator_reads_the_history_of_what_they_administer(directory: Directory) -> None:
    headers = await directory.headers(ADMIN)
    subjects, after = set[str](), ""
    while True:
        page = (
            await directory.http.get("/api/directory/history", params={"after": after} if after else {}, headers=headers)
        ).json()
        subjects |= {past["id"] for past in page["changes"]}
        after = page["next"]
        if not after:
            break
    assert {"cb001", DISTRICT, "mot-cua"} <= subjects
    assert subjects & {"cb009", INSURANCE, "buu-dien", "hanh-chinh"} == set()
    operator = await directory.headers("operator")
    for subject in ("cb009", "buu-dien"):
        answer = await directory.http.get("/api/directory/history", params={"of": subject}, headers=operator)
        assert [past["by"] for past in answer.json()["changes"]] == ["operator"]


async def test_who_disabled_somebody_stands_in_the_history(directory: Directory) -> None:
    admin = await administrator(directory)
    await admin.browser.post("/directory/staff/cb006/disable", data=hidden(admin.token, 1), headers=OWN)
    ((by, lines),) = await directory.rows("SELECT by, lines FROM register_change WHERE subject = 'cb006' AND NOT is_new")
    assert by == "cb013"
    assert [(line["path"], line["after"]) for line in lines] == [(["active"], [{"word": "word.no"}])]


async def test_the_history_of_a_first_import_is_a_page_like_any_other(postgres: PostgresServer, tmp_path: Path) -> None:
    async with running(await postgres.create_database("directory"), settings_in(tmp_path), sample=False) as empty:
        await empty.import_files(sample_files())
        page = await (await administrator(empty, "operator")).get("/directory/history")
    assert page.count("<section id=") > 10
