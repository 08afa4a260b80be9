"""What programs read from each route, to the last field: the names, the nulls, and what is left out."""

from datetime import datetime
from typing import Any

from tests.support.directory_world import Directory
from tests.support.reference_data import CERTIFIED_COPY, COMMUNE, DISTRICT, INSURANCE, PASSWORD, PUBLIC_KEY
from web.tokens import verify

VERSION = {
    "version": 1,
    "valid_from": "2017-01-01",
    "title": "Chứng thực bản sao từ bản chính",
    "field": "tu-phap",
    "field_title": "Tư pháp, hộ tịch",
    "limit": {"kind": "same_day", "amount": 0, "every_day": False, "cutoff": None},
    "fee": 2000,
    "online": "none",
    "by_post": False,
    "legal_basis": None,
    "signing": None,
    "papers": [
        {"code": "ban-chinh", "title": "Bản chính giấy tờ cần chứng thực", "required": True, "copies": 1, "form": None},
        {"code": "ban-sao", "title": "Bản sao cần chứng thực", "required": False, "copies": 1, "form": None},
    ],
}
UNIT = {
    "id": INSURANCE,
    "name": "Bảo hiểm xã hội huyện Hà An",
    "tier": "district",
    "parent": None,
    "valid_from": "2017-01-01",
    "valid_to": None,
    "successor": None,
    "one_stop": False,
    "calendar": "hanh-chinh",
    "code_width": 4,
    "address": "Khu 3, thị trấn Hà An",
    "telephone": "0299 3821 003",
    "sample": True,
}
BICH = {
    "id": "cb008",
    "username": "bich",
    "name": "Đặng Thị Bích",
    "active": True,
    "tokens_valid_from": "2000-01-01T00:00:00Z",
    "ended_sessions": [],
    "posts": [
        {"unit": DISTRICT, "role": "clerk", "fields": []},
        {"unit": INSURANCE, "role": "officer", "fields": ["bao-hiem"]},
    ],
    "sample": True,
}


async def read(directory: Directory, path: str, username: str | None = None) -> Any:
    headers = {} if username is None else await directory.headers(username)
    answer = await directory.http.get(f"/api/directory/{path}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_units_with_their_nulls(directory: Directory) -> None:
    answer = await read(directory, "units")
    assert [*answer] == ["units"]
    assert {unit["id"]: unit for unit in answer["units"]}[INSURANCE] == UNIT


async def test_calendars_with_their_exceptional_days(directory: Directory) -> None:
    answer = await read(directory, "calendars")
    assert [*answer] == ["calendars"]
    calendar = {calendar["id"]: calendar for calendar in answer["calendars"]}["mot-cua"]
    stated = {"id", "name", "weekly", "exceptions", "sample", "counted", "known_until", "refuse_beyond"}
    assert calendar.keys() == stated | {"rules", "base", "own_weekdays", "own_dates"}
    assert calendar["weekly"]["mon"] == [["07:30", "11:30"], ["13:30", "17:00"]]
    new_year = {"date": "2025-01-01", "kind": "holiday", "vi": "Tết Dương lịch", "en": "New Year's Day", "shifts": []}
    assert calendar["exceptions"][0] == new_year


async def test_procedures_in_force_leave_their_competences_out(directory: Directory) -> None:
    answer = await read(directory, "procedures")
    assert [*answer] == ["procedures"]
    assert {procedure["code"]: procedure for procedure in answer["procedures"]}[CERTIFIED_COPY] == {
        "code": CERTIFIED_COPY,
        **VERSION,
    }


async def test_a_procedure_has_all_its_versions_with_their_competences(directory: Directory) -> None:
    competences = [{"receiving": unit, "competent": unit, "out_of_area": False} for unit in (DISTRICT, COMMUNE)]
    assert await read(directory, f"procedures/{CERTIFIED_COPY}") == {
        "code": CERTIFIED_COPY,
        "versions": [{**VERSION, "competences": competences}],
        "sample": True,
    }


async def test_who_is_signed_in_reads_what_others_may_know_of_them(directory: Directory) -> None:
    assert await read(directory, "me", "bich") == BICH


async def test_an_administrator_reads_people_with_their_versions(directory: Directory) -> None:
    assert (await read(directory, "staff?q=bich", "operator"))["staff"] == [{**BICH, "version": 1}]


async def test_a_switched_account_answers_with_its_version(directory: Directory) -> None:
    headers = await directory.headers("quantri", **{"If-Match": '"1"'})
    answer = await directory.http.post("/api/directory/staff/cb002/disable", headers=headers)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert answer.json() == {"id": "cb002", "active": False, "version": 2}
    again = await directory.http.post("/api/directory/staff/cb002/disable", headers=headers)
    assert (again.headers["etag"], again.json()) == ('"2"', answer.json()), "the same key gives the same answer"


async def test_signing_in_answers_with_a_token_and_its_end(directory: Directory) -> None:
    answer = await directory.http.post("/api/directory/sign-in", json={"username": "lan", "password": PASSWORD})
    assert answer.json().keys() == {"token", "expires_at"}
    assert answer.json()["expires_at"].endswith("Z")
    assert datetime.fromisoformat(answer.json()["expires_at"]) == verify(answer.json()["token"], PUBLIC_KEY).expires_at


async def test_signing_out_answers_with_nothing(directory: Directory) -> None:
    answer = await directory.http.post("/api/directory/sign-out", headers=await directory.headers("lan"))
    assert (answer.status_code, answer.content) == (204, b"")


async def test_an_import_answers_with_counts_by_kind(directory: Directory) -> None:
    answer = await directory.import_files({"posts.csv": "staff,unit,role\n", "staff.csv": "id,username,name\n"})
    assert answer.json() == {
        "changed": {"calendars": 0, "units": 0, "procedures": 0, "staff": 0},
        "unchanged": {"calendars": 0, "units": 0, "procedures": 0, "staff": 0},
    }


async def test_a_refused_import_is_a_problem_that_says_where(directory: Directory) -> None:
    answer = await directory.import_files({"units.csv": "id,name,tier,valid_from\n"})
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert problem.keys() == {"type", "title", "status", "code", "detail", "vi", "en", "errors"}
    assert (problem["type"], problem["detail"]) == ("urn:motcua:problem:import-refused", problem["vi"])
    assert problem["errors"] == [
        {
            "field": "units.csv:1:calendar",
            "vi": "Thiếu cột này.",
            "en": "This column is missing.",
            "file": "units.csv",
            "line": 1,
            "column": "calendar",
        }
    ]


async def test_the_document_tells_the_whole_answer_of_each_route(directory: Directory) -> None:
    paths = (await read(directory, "openapi.json"))["paths"]
    own = {"import", "keys", "reference data", "sign-in", "staff"}
    operations = [operation for path in paths.values() for operation in path.values() if own & {*operation["tags"]}]
    assert len(operations) == 21
    for operation in operations:
        answer = operation["responses"].get("200")
        if answer is None:
            assert "content" not in operation["responses"]["204"]
        else:
            assert [*answer["content"]["application/json"]["schema"]] == ["$ref"], operation["operationId"]


async def test_the_document_says_what_a_refused_import_looks_like(directory: Directory) -> None:
    document = await read(directory, "openapi.json")
    refused = document["paths"]["/api/directory/import"]["post"]["responses"]["422"]
    problem, faults = refused["content"]["application/problem+json"]["schema"]["allOf"]
    assert problem["$ref"].removeprefix("#/components/schemas/") in document["components"]["schemas"]
    fault, field = faults["properties"]["errors"]["items"]["anyOf"]
    assert fault["properties"].keys() == {"field", "vi", "en", "file", "line", "column"}
    assert field["$ref"].endswith("/FieldProblem")


async def test_the_document_leaves_competences_out_of_procedures_in_force(directory: Directory) -> None:
    schemas = (await read(directory, "openapi.json"))["components"]["schemas"]
    assert schemas["ProcedureInForce"]["properties"].keys() == {"code", *VERSION}
