"""What clerks look up: found by whatever is in hand, page by page behind a key, and only where they may."""

import re
from urllib.parse import quote

import pytest
from sqlalchemy import TextClause, text

from services.intake.queries import dossiers
from services.intake.repository import lists
from tests.support.intake_events import APPLICANT, NOW, new_dossier
from tests.support.intake_world import Intake
from tests.support.reference_data import BIRTH, CENTRE, COMMUNE, DISTRICT, LAND


async def test_found_at_once_by_all_that_a_clerk_may_have_in_hand(intake: Intake) -> None:
    person = APPLICANT | {"identity_number": "034 099 777 777", "telephone": "0912 777 777"}
    received = await intake.receive(applicant=person)
    tail = received["code"].partition("-")[2]
    number = str(int(tail.rpartition("-")[2]))
    code, by_person = received["code"], ("034099777777", "+84912777777")
    for typed in (code, code.lower(), tail, number, received["submission_number"], *by_person):
        lines = (await intake.get(f"/dossiers?q={quote(typed)}")).json()["dossiers"]
        assert [line["id"] for line in lines] == [received["id"]], typed
        assert lines[0]["applicant_name"] == APPLICANT["name"]
    nothing = await intake.get(f"/dossiers?q={quote('Không Có Ai')}")
    assert nothing.json() == {"dossiers": [], "next": None}


async def test_people_are_found_by_words_of_their_names_and_the_database_knows_none(intake: Intake) -> None:
    received = await intake.receive(applicant=APPLICANT | {"name": "Đặng Thị Bích Ngọc", "identity_number": "034099333222"})
    for typed in ("đặng thị bích ngọc", "NGOC dang", "bi\u0301ch", "  Đặng   Ngọc\u200b"):
        lines = (await intake.get(f"/dossiers?q={quote(typed)}")).json()["dossiers"]
        assert [line["id"] for line in lines] == [received["id"]], typed
    for typed in ("Đặng Ngọc Lan", "bic", "-"):
        assert (await intake.get(f"/dossiers?q={quote(typed)}")).json()["dossiers"] == [], typed
    assert (await intake.get(f"/dossiers?unit={COMMUNE}&q=ngoc", clerk="tam")).json()["dossiers"] == []
    (row,) = await intake.rows("SELECT CAST(p AS text) AS kept FROM person p WHERE dossier = :id", id=received["id"])
    assert "dang" not in row.kept.lower()
    assert "ngoc" not in row.kept.lower()


async def test_a_rare_name_is_looked_for_in_its_index(intake: Intake) -> None:
    given = {"unit": DISTRICT, "words": [b"12345678"], "at": None, "id": "", "limit": 51}
    async with intake.database.connect() as connection:
        # So few rows as here would be read whole, or one by one; all of this is rolled back.
        await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        await connection.exec_driver_sql("ALTER TABLE person DROP CONSTRAINT person_pkey CASCADE")
        lines = await connection.execute(text(f"EXPLAIN (COSTS OFF) {lists._statement('name', by_status=False).text}"), given)
        plan = "\n".join(line[0] for line in lines)
        await connection.rollback()
    assert "Index Scan on person_name" in plan


@pytest.mark.parametrize("few", [0, 1, 5000])
async def test_a_name_that_many_have_is_found_as_one_that_few_have(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """By walking the list or by the index: the same, newest first."""
    person = APPLICANT | {"name": "Phùng Thị Nhiều", "identity_number": "034099444001"}
    made = [(await intake.receive(applicant=person))["id"] for _ in range(2)]
    monkeypatch.setattr(lists, "_FEW", few)
    lists._statement.cache_clear()
    try:
        lines = (await intake.get(f"/dossiers?q={quote('nhieu phung')}")).json()["dossiers"]
    finally:
        lists._statement.cache_clear()
    assert {line["id"] for line in lines} >= set(made)
    moments = [line["submitted_at"] for line in lines]
    assert moments == sorted(moments, reverse=True)


async def test_list_goes_on_by_key_without_gap_or_repeat(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dossiers, "PAGE", 3)
    for _ in range(7):
        await intake.post("/dossiers", new_dossier(unit=COMMUNE, procedure=BIRTH), clerk="tam")
    everything = await intake.rows("SELECT id FROM dossier WHERE unit_id = :u ORDER BY submitted_at DESC, id DESC", u=COMMUNE)
    pages = [(await intake.get("/dossiers", clerk="tam")).json()]
    while pages[-1]["next"] is not None:
        pages.append((await intake.get(f"/dossiers?after={pages[-1]['next']}", clerk="tam")).json())
    assert [len(page["dossiers"]) for page in pages] == [
        len(everything[first : first + 3]) for first in range(0, len(everything), 3)
    ]
    assert [line["id"] for page in pages for line in page["dossiers"]] == [row.id for row in everything]


async def test_what_is_no_cursor_of_this_list_is_refused(intake: Intake) -> None:
    for after in ("!!", "../../etc/passwd", "WzEsIm90aGVyIl0"):
        refused = await intake.get(f"/dossiers?after={quote(after)}")
        assert (refused.status_code, refused.json()["code"]) == (422, "bad-cursor")
        assert [error["field"] for error in refused.json()["errors"]] == ["after"]


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (lists._statement(None, by_status=False), "dossier_unit_newest"),
        (lists._statement(None, by_status=True), "dossier_unit_status_newest"),
    ],
)
async def test_a_page_begins_in_the_index_where_the_last_one_ended(intake: Intake, statement: TextClause, index: str) -> None:
    """With a million rows that is the difference between a millisecond and seconds."""
    given = {"unit": DISTRICT, "status": 4, "at": NOW, "id": "d-5", "limit": 51}
    wanted = {name: given[name] for name in statement.compile().params}
    other = "dossier_unit_status_newest" if index == "dossier_unit_newest" else "dossier_unit_newest"
    async with intake.database.connect() as connection:
        # So few rows as here would be read whole, and by any index; all of this is rolled back.
        await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        await connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        await connection.exec_driver_sql(f"DROP INDEX {other}")
        lines = await connection.execute(text(f"EXPLAIN (COSTS OFF) {statement.text}"), wanted)
        plan = "\n".join(line[0] for line in lines)
        await connection.rollback()
    assert f"using {index}" in plan
    assert re.search(r"Index Cond: .*ROW\(submitted_at, \(?id\)?", plan), plan
    assert "Sort" not in plan


async def test_known_citizen_is_found_in_the_clerks_own_units_only(intake: Intake) -> None:
    person = APPLICANT | {"identity_number": "034099888888", "name": "Phạm Đã Đến"}
    await intake.receive(applicant=person)
    known = (await intake.get("/applicants?identity_number=034%20099%20888888")).json()["applicant"]
    assert (known["name"], known["email"]) == ("Phạm Đã Đến", "thu@vidu.test")
    assert (await intake.get("/applicants?identity_number=034099888888", clerk="tam")).json() == {
        "applicant": None,
        "warnings": [],
    }
    assert (await intake.get("/applicants?identity_number=034099888888", clerk="long")).status_code == 403


async def test_the_applicant_fragment_is_for_those_who_work_on_it(intake: Intake) -> None:
    received = (await intake.post("/dossiers", new_dossier(unit=CENTRE, procedure=LAND), clerk="lan")).json()
    path = f"/dossiers/{received['id']}/applicant"
    for reader, status in (("lan", 200), ("minh", 200), ("son", 200), ("tam", 404), ("quantri", 403), ("operator", 404)):
        answer = await intake.get(path, clerk=reader)
        assert (reader, answer.status_code) == (reader, status)
    fragment = await intake.get(path, clerk="minh")
    assert APPLICANT["name"] in fragment.text
    assert "<html" not in fragment.text
