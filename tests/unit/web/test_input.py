"""Bad input to any route: a clear error in both languages, never a 500, never an echo of what was sent."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from tests.support.web_world import browse, sample_app

SUBMIT = "/api/sample/submissions"
KEY = {"Idempotency-Key": "key-00000001"}
JSON = {"Content-Type": "application/json"}


async def post(body: Any, **more: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with browse(sample_app()) as client:
        return await client.post(SUBMIT, content=content, headers={**KEY, **JSON, **more})


def named(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"urn:motcua:problem:{problem['code']}"
    assert problem["vi"] != problem["en"]
    assert all(error["vi"] != error["en"] and "{" not in error["vi"] + error["en"] for error in problem["errors"])
    return {error["field"]: error["en"] for error in problem["errors"]}


async def test_a_good_submission_passes() -> None:
    answer = await post(
        {"name": "Nguyễn Thị Hoài Phương 👍", "fee": 2**63 - 1, "papers": [{"code": "a"}], "extra": {"x": [1, None, True]}}
    )
    assert answer.json() == {"name": "Nguyễn Thị Hoài Phương 👍", "key": "key-00000001"}


async def test_every_wrong_field_is_named_at_once() -> None:
    fields = named(await post({"name": "x", "fee": "many", "papers": [{"code": "a"}, {"code": "b" * 11}, {}]}))
    assert fields == {
        "name": "“name” must have at least 2 characters.",
        "fee": "“fee” must be a whole number, for example 3.",
        "papers.1.code": "“papers.1.code” may have up to 10 characters. Please shorten it.",
        "papers.2.code": "Enter or choose “papers.2.code”.",
    }


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "a\0b"}, "name"),
        ({"name": "a\ud800b"}, "name"),
        ({"name": "ab", "fee": 2**63}, "fee"),
        ({"name": "ab", "fee": -(2**63)}, "fee"),
        ({"name": "ab", "fee": "9" * 19}, "fee"),
        ({"name": "ab", "fee": " +9_223_372_036_854_775_808.0 "}, "fee"),
        ({"name": "ab", "fee": 1e30}, "fee"),
        ({"name": "ab", "weight": float("inf")}, "weight"),
        ({"name": "ab", "weight": float("nan")}, "weight"),
        ({"name": "ab", "papers": [{"code": "a\0"}]}, "papers.0.code"),
        ({"name": "ab", "extra": {"deep": [{"x": "\udfff"}]}}, "extra.deep.0.x"),
        ({"name": "ab", "extra": {"k\0": 1}}, "extra.name"),
        ({"name": "ab", "unasked": "\0"}, "unasked"),
    ],
)
async def test_what_no_database_can_hold_is_refused_by_name(body: Any, field: str) -> None:
    assert field in named(await post(body))


@pytest.mark.parametrize("text", ["0" * 40, "9223372036854775807", "not 99999999999999999999", "1.234.567.890.123.456.789.012"])
async def test_text_that_only_looks_large_is_left_alone(text: str) -> None:
    assert (await post({"name": text})).status_code == 200


@pytest.mark.parametrize(
    "body", [b"{", b"nonsense", b'{"name": }', b"\xff\xfe", b'{"name": "\xff"}', b"9" * 5000, '{"name": "ab"}'.encode("utf-16")]
)
async def test_what_is_not_json_is_said_to_be_so(body: bytes) -> None:
    answer = await post(body)
    assert answer.status_code in {400, 422}
    assert answer.json()["code"] in {"not-json", "bad-request"}


@pytest.mark.parametrize("body", [[], "text", 7, None, [[]]])
async def test_json_of_another_kind_is_refused(body: Any) -> None:
    assert named(await post(body))


async def test_json_under_another_name_is_not_read() -> None:
    assert (await post({"name": "ab"}, **{"Content-Type": "text/plain"})).status_code == 422
    assert (await post(b"")).status_code == 422


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("things/a%00b", "thing"),
        ("things/a?page=%00", "page"),
        ("things/a?other=x%00", "other"),
        ("things/a?page=99999999999999999999", "page"),
        ("things/a?%00=1", "name"),
        ("things/a?page=x", "page"),
    ],
)
async def test_the_address_is_held_to_the_same(address: str, field: str) -> None:
    async with browse(sample_app()) as client:
        assert field in named(await client.get(f"/api/sample/{address}"))


async def test_broken_bytes_in_the_address_are_read_as_unreadable_letters() -> None:
    async with browse(sample_app()) as client:
        assert (await client.get("/api/sample/things/%ed%a0%80?other=%ff")).json()["thing"] == "\ufffd\ufffd\ufffd"


async def test_a_header_with_nul_is_refused() -> None:
    async with browse(sample_app()) as client:
        answer = await client.get("/api/sample/things/a", headers={"X-Any": "a\0b"})
        assert "x-any" in named(answer)


async def test_forms_are_held_to_the_same() -> None:
    async with browse(sample_app()) as client:
        assert "name" in named(await client.post("/sample/declared-form", data={"name": "a\0"}))
        assert "copies" in named(await client.post("/sample/forms", data={"copies": "9" * 30}))
        assert "name" in named(await client.post("/sample/forms", files={"name": (None, "a\0")}))
        broken = {"Content-Type": "multipart/form-data"}
        assert (await client.post("/sample/forms", content=b"x", headers=broken)).status_code == 400
        assert (await client.post("/sample/declared-form", content=b"x", headers=broken)).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {"name": "ab", "extra": {"all": ["\0"] * 1900}},
        {"name": "ab", "papers": [{}] * 900},
        {"name": "ab", "extra": {f'"𠀀{number}' * 20: "\0" for number in range(150)}},
    ],
)
async def test_a_thousand_mistakes_get_a_short_answer(body: Any) -> None:
    answer = await post(body, **{"Content-Type": "application/json"})
    assert 0 < len(named(answer)) <= 50
    assert len(answer.content) < 64_000


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(), max_size=8), inner, max_size=4),
        max_leaves=12,
    )
)
async def test_whatever_json_says_the_answer_is_never_a_500(anything: Any) -> None:
    async with browse(sample_app()) as client:
        for body in (anything, {"name": anything}, {"name": "ab", "fee": anything, "extra": {"x": anything}}):
            answer = await client.post(SUBMIT, content=json.dumps(body), headers={**KEY, **JSON})
            assert answer.status_code in {200, 422}


async def test_uploads_are_closed_with_the_answer_also_by_a_route_that_declares_no_form() -> None:
    seen: list[Any] = []
    app = sample_app()

    @app.post("/sample/uploads")
    async def upload(request: Request) -> dict[str, int]:
        seen.extend((await request.form()).values())
        return {"files": len(seen)}

    async with browse(app) as client:
        assert (await client.post("/sample/uploads", files={"a": ("a.csv", b"1"), "b": ("b.csv", b"2")})).json() == {"files": 2}
    assert all(upload.file.closed for upload in seen)
