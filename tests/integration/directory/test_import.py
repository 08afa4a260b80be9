"""Import over HTTP: all or nothing, nothing twice, every fault with its place; and what is published about it."""

import json
import unicodedata
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from contracts.directory import CalendarV1, ProcedureV1, StaffV1, UnitV1
from messaging.command_table import CommandKey
from tests.support.directory_world import Directory, changed_sample, hidden, running, settings_in
from tests.support.reference_data import ADMIN, COMMUNE, DISTRICT, LAND, sample_files
from tests.support.servers import PostgresServer

NOTHING = {"calendars": 0, "units": 0, "procedures": 0, "staff": 0}
ALL = {"calendars": 3, "units": 6, "procedures": 8, "staff": 14}


@pytest.fixture
async def empty(postgres: PostgresServer, tmp_path: Path) -> AsyncIterator[Directory]:
    async with running(await postgres.create_database("directory"), settings_in(tmp_path), sample=False) as directory:
        yield directory


@pytest.fixture(scope="module")
async def unchanged(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Directory]:
    """For requests of which nothing may remain."""
    settings = settings_in(tmp_path_factory.mktemp("secrets"))
    async with running(await postgres.create_database("directory"), settings, sample=False) as directory:
        yield directory
        assert await directory.rows("SELECT 1 FROM unit UNION ALL SELECT 1 FROM command WHERE status IS NULL") == []


async def everything_held(directory: Directory) -> list[Any]:
    """Each row of each table that an import may write."""
    tables = ("unit", "calendar", "procedure", "account", "outbox")
    return [await directory.rows(f"SELECT * FROM {table} ORDER BY 1") for table in tables]  # noqa: S608 -- named above


async def test_the_sample_comes_in_whole_and_again_changes_nothing(empty: Directory) -> None:
    first = await empty.import_files(sample_files())
    assert (first.status_code, first.json()) == (200, {"changed": ALL, "unchanged": NOTHING})
    published = await empty.published()
    assert Counter(topic for topic, _, _ in published) == {
        "directory.keys": 1,
        "directory.staff": 15,
        "directory.calendars": 3,
        "directory.units": 6,
        "directory.procedures": 8,
    }
    assert {version for _, _, version in published} == {1}
    before = await everything_held(empty)
    again = await empty.import_files(sample_files())
    assert again.json() == {"changed": NOTHING, "unchanged": ALL}
    assert await everything_held(empty) == before


async def test_what_is_published_is_what_contracts_promise(empty: Directory) -> None:
    await empty.import_files(sample_files())
    for kind in (UnitV1, CalendarV1, ProcedureV1, StaffV1):
        rows = await empty.rows("SELECT payload, type FROM outbox WHERE aggregatetype = :topic", topic=kind.TOPIC.base)
        assert rows
        for row in rows:
            assert row.type == kind.TYPE
            kind.model_validate_json(bytes(row.payload))
    assert not await empty.rows("SELECT 1 FROM outbox WHERE convert_from(payload, 'UTF8') LIKE '%argon2%'")


async def test_only_what_differs_gets_a_new_version(empty: Directory) -> None:
    files = sample_files()
    await empty.import_files(files)
    before = len(await empty.published())
    changed = await empty.import_files({"units.csv": files["units.csv"].replace("Thôn Đông", "Thôn Đoài")})
    assert changed.json()["changed"] == NOTHING | {"units": 1}
    assert (await empty.published())[before:] == [("directory.units", COMMUNE, 2)]


async def test_titles_and_names_spelt_in_parts_are_no_change(empty: Directory) -> None:
    await empty.import_files(sample_files())
    parts = {name: unicodedata.normalize("NFD", content) for name, content in sample_files().items()}
    assert parts != sample_files()
    assert set((await empty.import_files(parts)).json()["changed"].values()) == {0}


async def test_a_hidden_character_in_a_file_is_a_fault_with_its_place(empty: Directory) -> None:
    for character in ("\u202e", "\u200b"):
        files = changed_sample("procedures.csv", "Đăng ký kết hôn", f"Đăng ký{character} kết hôn")
        refused = await empty.import_files(files)
        assert [(fault["file"], fault["column"]) for fault in refused.json()["errors"]] == [("procedures.csv", "title")]


async def test_one_fault_anywhere_and_nothing_is_written(empty: Directory) -> None:
    before = await everything_held(empty)
    files = sample_files()
    files["posts.csv"] += "cb001,000.00.99.H99,clerk,\n"
    refused = await empty.import_files(files)
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (422, "import-refused")
    assert refused.headers["content-type"] == "application/problem+json"
    line = files["posts.csv"].count("\n")
    assert [(e["file"], e["line"], e["column"]) for e in problem["errors"]] == [("posts.csv", line, "unit")]
    assert all(e["vi"] and e["en"] and "000.00.99.H99" in e["vi"] for e in problem["errors"])
    assert await everything_held(empty) == before


async def test_faults_of_all_files_come_at_once(empty: Directory) -> None:
    files = sample_files()
    files["units.csv"] = files["units.csv"].replace("province,,2017-01-01", "region,,2017-13-01", 1)
    files["calendars.csv"] = files["calendars.csv"].replace("13:30-17:00,,,yes", "13:30-11:00,,,yes", 1)
    files["staff.csv"] = files["staff.csv"].replace("cb002,quang", "cb002,lan")
    locations = {(e["file"], e["column"]) for e in (await empty.import_files(files)).json()["errors"]}
    assert {("units.csv", "tier"), ("units.csv", "valid_from"), ("calendars.csv", "mon"), ("staff.csv", "username")} <= locations


async def test_multipart_is_the_same_import(empty: Directory) -> None:
    upload = [("files", (name, content.encode(), "text/csv")) for name, content in sample_files().items()]
    headers = await empty.headers("operator")
    answer = await empty.http.post("/api/directory/import", files=upload, headers=headers)
    assert (answer.status_code, answer.json()["changed"]) == (200, ALL)
    resent = await empty.http.post("/api/directory/import", files=upload, headers=headers)
    assert resent.json() == answer.json(), "the same key gives the same answer"
    assert (await empty.import_files(sample_files())).json()["changed"] == NOTHING


@pytest.mark.parametrize(
    ("name", "content"),
    [("units.csv", b"id,name\n\xff\xfe"), ("units.csv", b"id\x00"), ("notes.txt", b"hello"), ("", b"")],
)
async def test_unreadable_uploads_are_refused(unchanged: Directory, name: str, content: bytes) -> None:
    upload = [("files", (name or "x", content, "text/csv"))]
    answer = await unchanged.http.post("/api/directory/import", files=upload, headers=await unchanged.headers("operator"))
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize(
    "body", ["[]", "{}", '{"files": []}', '{"files": {}}', '{"files": {"units.csv": 3}}', "{", "", '"x"', "null"]
)
async def test_a_body_that_is_no_import_is_refused(unchanged: Directory, body: str) -> None:
    headers = await unchanged.headers("operator", **{"Content-Type": "application/json"})
    answer = await unchanged.http.post("/api/directory/import", content=body, headers=headers)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_who_may_import(empty: Directory) -> None:
    await empty.import_files(sample_files())
    for username in ("lan", "minh", "son", "quantri"):
        assert (await empty.import_files(sample_files(), username)).status_code == 403
    token = await empty.token("operator")
    upload = [("files", ("units.csv", sample_files()["units.csv"].encode(), "text/csv"))]
    by_page = await empty.browser(token).post(
        "/api/directory/import", data=hidden(token, 0), files=upload, headers={"Accept": "*/*", "Sec-Fetch-Site": "same-origin"}
    )
    assert (by_page.status_code, by_page.json()["code"]) == (403, "import-by-command"), "a browser signed in"
    anonymous = await empty.http.post(
        "/api/directory/import", json={"files": sample_files()}, headers={"Idempotency-Key": "12345678"}
    )
    assert anonymous.status_code == 401


async def test_a_key_is_required_and_counts_for_one_body(empty: Directory) -> None:
    headers = await empty.headers("operator")
    del headers["Idempotency-Key"]
    assert (await empty.http.post("/api/directory/import", json={"files": sample_files()}, headers=headers)).status_code == 400
    headers["Idempotency-Key"] = "import-0001"
    assert (await empty.http.post("/api/directory/import", json={"files": sample_files()}, headers=headers)).status_code == 200
    other = await empty.http.post("/api/directory/import", json={"files": {"units.csv": "id"}}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "key-reused")


async def test_the_fingerprint_of_an_import_does_not_tell_the_passwords_in_it(empty: Directory) -> None:
    """Whoever reads the table could try passwords until the digest fits."""
    assert (await empty.import_files(sample_files())).status_code == 200
    plain = CommandKey.of("key", "operator", "import", json.dumps(sample_files(), sort_keys=True)).fingerprint
    (kept,) = [row.fingerprint for row in await empty.rows("SELECT fingerprint FROM command WHERE actor = 'operator'")]
    assert (len(kept), kept == plain) == (len(plain), False)


async def test_a_lost_role_ends_the_tokens_that_say_otherwise(empty: Directory) -> None:
    await empty.import_files(sample_files())
    files = sample_files()
    token = await empty.token("minh")
    files["posts.csv"] = files["posts.csv"].replace(f"cb006,{DISTRICT},clerk,\n", "")
    await empty.import_files(files)
    answer = await empty.http.post("/api/directory/sign-out", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "sign-in-ended")
    await empty.token("minh")


async def test_a_user_name_may_pass_to_somebody_else_in_one_import(empty: Directory) -> None:
    await empty.import_files(sample_files())
    files = sample_files()
    staff = (
        files["staff.csv"]
        .replace("cb001,lan,", "cb001,new,")
        .replace("cb002,quang,", "cb002,lan,")
        .replace("cb001,new,", "cb001,quang,")
    )
    assert (await empty.import_files(files | {"staff.csv": staff})).json()["changed"]["staff"] == 2


async def test_the_first_password_is_only_the_first(empty: Directory) -> None:
    await empty.import_files(sample_files())
    files = sample_files()
    files["staff.csv"] = files["staff.csv"].replace("motcua-mau-2026", "another-password")
    assert (await empty.import_files(files)).json()["changed"] == NOTHING
    await empty.token("lan")


async def test_a_calendar_with_a_base_is_published_whole_and_with_every_change_of_its_base(empty: Directory) -> None:
    await empty.import_files(sample_files())
    own = "id,name,base,mon\nxa-minh-lac,Lịch xã Minh Lạc,mot-cua,08:00-11:30\n"
    closed = "calendar,date,kind,name_vi,name_en,half\nxa-minh-lac,2026-06-12,local_closure,hội nghị,assembly,afternoon\n"
    answer = await empty.import_files({"calendars.csv": own, "holidays.csv": closed})
    assert (answer.status_code, answer.json()["changed"]["calendars"]) == (200, 1), answer.text
    grown = sample_files()
    grown["holidays.csv"] += ",2027-12-31,local_closure,kiểm kê,stocktaking,\n"
    files = {name: grown[name] for name in ("calendars.csv", "holidays.csv")}
    assert (await empty.import_files(files)).json()["changed"]["calendars"] == 4
    calendars = (await empty.http.get("/api/directory/calendars")).json()["calendars"]
    derived = next(calendar for calendar in calendars if calendar["id"] == "xa-minh-lac")
    assert (derived["weekly"]["mon"], derived["weekly"]["sat"]) == ([["08:00", "11:30"]], [["07:30", "11:30"]])
    assert {"2026-02-17", "2026-06-12", "2027-12-31"} <= {day["date"] for day in derived["exceptions"]}
    assert (await empty.import_files(files)).json()["changed"]["calendars"] == 0
    page = (await empty.browser(await empty.token(ADMIN)).get("/directory/calendars")).text
    assert "theo lịch mot-cua, chỉ khác ngày và giờ của riêng mình" in page


async def test_a_limit_in_calendar_days_is_shown_as_such(empty: Directory) -> None:
    await empty.import_files(changed_sample("procedures.csv", "working_days,10", "calendar_days,30"))
    for path in ("/directory/procedures", f"/directory/procedures/{LAND}", f"/directory/procedures/{LAND}/poster"):
        assert "30 ngày, kể cả ngày nghỉ" in (await empty.browser().get(path)).text
