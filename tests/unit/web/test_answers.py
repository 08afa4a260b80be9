"""What every answer has: one shape of error, an id, strict headers, bounded bodies and bounded work."""

import asyncio
import logging
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import Depends
from starlette.requests import Request
from starlette.types import Message

from tests.support.eventually import eventually
from tests.support.web_world import browse, sample_app, token
from web.body_bounds import BodyBounds
from web.conditional import StaleWrite
from web.problems import MEDIA_TYPE

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
FAILS = "/api/sample/fails"
OURS = "0b5c8a0e-2f3d-4c6b-9a51-7d2e8f6a1c04"


async def get(path: str, **headers: str) -> httpx.Response:
    async with browse(sample_app()) as client:
        return await client.get(path, headers=headers)


async def test_a_refusal_says_its_code_its_field_and_both_messages() -> None:
    answer = await get(f"{FAILS}/refusal")
    assert (answer.status_code, answer.headers["content-type"]) == (409, MEDIA_TYPE)
    assert answer.json() == {
        "type": "urn:motcua:problem:not-yet",
        "title": "Conflict",
        "status": 409,
        "code": "not-yet",
        "detail": "Chưa làm được <việc> này.",
        "vi": "Chưa làm được <việc> này.",
        "en": "Not <yet>.",
        "errors": [{"field": "code", "vi": "Chưa làm được <việc> này.", "en": "Not <yet>."}],
    }
    assert (await get(f"{FAILS}/refusal?lang=en")).json()["detail"] == "Not <yet>."


async def test_an_unknown_route_and_a_wrong_method() -> None:
    missing = await get("/api/sample/nothing")
    assert (missing.status_code, missing.json()["code"]) == (404, "not-found")
    async with browse(sample_app()) as client:
        wrong = await client.delete("/api/sample/things/a")
        assert (wrong.status_code, wrong.json()["code"], wrong.headers["allow"]) == (405, "method", "GET, HEAD, PUT")


@pytest.mark.parametrize(("how", "seconds"), [("unavailable", "9"), ("driver", "5")])
async def test_a_fault_that_passes_is_a_503_with_retry_after(how: str, seconds: str) -> None:
    answer = await get(f"{FAILS}/{how}")
    assert (answer.status_code, answer.headers["retry-after"], answer.json()["code"]) == (503, seconds, "unavailable")
    assert "hunter2" not in answer.text


async def test_the_unforeseen_is_a_silent_500_that_its_id_finds_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await get(f"{FAILS}/boom", **{"X-Request-Id": OURS})
    assert (answer.status_code, answer.json()["code"], answer.headers["x-request-id"]) == (500, "unforeseen", OURS)
    assert "hunter2" not in answer.text
    record = next(record for record in caplog.records if record.name == "web.middleware")
    assert vars(record)["request_id"] == OURS
    assert record.exc_info is not None
    assert "hunter2" in str(record.exc_info[1])


@pytest.mark.parametrize(
    "path", ["/api/sample/health/live", "/api/sample/nothing", f"{FAILS}/boom", f"{FAILS}/driver", "/api/sample/me"]
)
async def test_every_answer_has_the_headers_also_the_failed_ones(path: str) -> None:
    answer = await get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert len(answer.headers["x-request-id"]) == 36


@pytest.mark.parametrize("offered", ["short", "a b c d e f g", "x" * 65, "line\tbreak-0001", "<script>alert</script>"])
async def test_an_id_that_could_spoil_a_log_is_replaced(offered: str) -> None:
    assert (await get("/api/sample/health/live", **{"X-Request-Id": offered})).headers["x-request-id"] != offered


@pytest.mark.parametrize(
    "offered", ["0912345678", "034085005555", "nguyen.van.a", "request-0001", OURS.upper(), OURS.replace("-", "")]
)
async def test_an_id_that_is_none_of_ours_comes_into_no_event(offered: str) -> None:
    """Events are kept for ever: whatever a client writes there would be, a telephone number too."""
    with_id = await get("/api/sample/health/live", **{"X-Request-Id": offered})
    assert with_id.headers["x-request-id"] != offered
    assert (await get("/api/sample/health/live", **{"X-Request-Id": OURS})).headers["x-request-id"] == OURS


async def test_a_hang_up_is_one_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """The client goes away while its form is read."""
    messages = iter([{"type": "http.request", "body": b"na", "more_body": True}, {"type": "http.disconnect"}])
    sent: list[Message] = []

    async def receive() -> Message:
        return next(messages)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "server": ("motcua.test", 80),
        "client": ("127.0.0.1", 1),
        "root_path": "",
        "path": "/sample/forms",
        "raw_path": b"/sample/forms",
        "query_string": b"",
        "headers": [(b"host", b"motcua.test"), (b"content-type", b"application/x-www-form-urlencoded")],
        "state": {},
    }
    with caplog.at_level(logging.INFO):
        await sample_app()(scope, receive, send)
    assert [(record.getMessage(), record.exc_info) for record in caplog.records] == [
        ("client hung up: POST '/sample/forms'", None)
    ]
    assert sent == []


async def test_a_malformed_host_is_no_500() -> None:
    for path in ("/sample/page", "/sample/me", "/nothing", f"{FAILS}/refusal"):
        assert (await get(path, Host="[", **HTML)).status_code < 500


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/nothing", 404, "Không tìm thấy trang này"),
        ("/sample/fails/refusal", 409, "Chưa làm được &lt;việc&gt; này."),
        ("/sample/fails/boom", 500, "Hệ thống gặp lỗi"),
        ("/sample/fails/driver", 503, "Hệ thống đang bận"),
        ("/nothing?lang=en", 404, "This page was not found"),
    ],
)
async def test_a_person_gets_a_page_in_their_language(path: str, status: int, says: str) -> None:
    answer = await get(path, **HTML)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert says in answer.text
    assert "hunter2" not in answer.text
    if status == 500:
        assert answer.headers["x-request-id"] in answer.text


async def test_wrong_fields_are_listed_on_the_page() -> None:
    async with browse(sample_app(), **HTML) as client:
        answer = await client.post("/sample/declared-form", data={})
        assert answer.status_code == 422
        assert "Hãy điền hoặc chọn “giá trị này”." in answer.text


async def test_an_api_answers_programs_also_when_a_browser_asks() -> None:
    assert (await get("/api/sample/nothing", **HTML)).headers["content-type"] == MEDIA_TYPE


async def test_an_announced_body_beyond_the_limit_is_refused_unread() -> None:
    async with browse(sample_app(body_limit=1000)) as client:
        answer = await client.post("/api/sample/submissions", json={"name": "x" * 2000})
        assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


async def test_a_body_that_turns_out_too_large_is_refused_on_the_way() -> None:
    async def stream() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n'
        for _ in range(50):
            yield b"x" * 100

    for path, kind in (
        ("/api/sample/submissions", "application/json"),
        ("/sample/declared-form", "application/x-www-form-urlencoded"),
        ("/sample/forms", "multipart/form-data; boundary=x"),
    ):
        async with browse(sample_app(body_limit=1000)) as client:
            answer = await client.post(path, content=stream(), headers={"Content-Type": kind})
            assert (answer.status_code, answer.json()["code"]) == (413, "too-large"), path


async def test_a_route_may_have_a_limit_of_its_own() -> None:
    app = sample_app(body_limit=100)

    @app.post("/sample/large", dependencies=[Depends(BodyBounds(size=5000))])
    async def large(request: Request) -> dict[str, int]:
        return {"bytes": len((await request.form()).getlist("name")[0])}

    async with browse(app) as client:
        assert (await client.post("/sample/large", data={"name": "x" * 2000})).json() == {"bytes": 2000}
        assert (await client.post("/sample/large", files={"name": (None, "x" * 2000)})).json() == {"bytes": 2000}
        assert (await client.post("/sample/large", data={"name": "x" * 5000})).status_code == 413
        assert (await client.post("/sample/forms", data={"name": "x" * 2000})).status_code == 413


async def test_beyond_the_bound_the_next_request_is_told_to_come_back_and_health_still_answers() -> None:
    app = sample_app(in_flight=2, retry_after=3)
    async with browse(app) as client:
        working = [asyncio.create_task(client.get("/api/sample/slow")) for _ in range(2)]

        async def refused() -> httpx.Response:
            answer = await client.get("/api/sample/things/a")
            assert answer.status_code == 503
            return answer

        answer: httpx.Response = await eventually(refused)
        assert (answer.headers["retry-after"], answer.json()["code"]) == ("3", "unavailable")
        assert (await client.get("/api/sample/health/live")).status_code == 200
        assert (await client.get("/nothing", headers=HTML)).status_code == 503
        app.state.gate.set()
        assert [(await task).status_code for task in working] == [200, 200]
        assert (await client.get("/api/sample/things/a")).status_code == 200


async def test_a_failed_request_makes_room_for_the_next() -> None:
    async with browse(sample_app(in_flight=1)) as client:
        for _ in range(3):
            assert (await client.get(f"{FAILS}/boom")).status_code == 500
        assert (await client.get("/api/sample/things/a")).status_code == 200


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "missing"),
        ("", "missing"),
        ("short", "malformed"),
        ("x" * 129, "malformed"),
        ("with a space", "malformed"),
        ("tab\tinside", "malformed"),
    ],
)
async def test_a_command_needs_its_key(key: str | None, code: str) -> None:
    async with browse(sample_app()) as client:
        answer = await client.post(
            "/api/sample/submissions", json={"name": "ab"}, headers={} if key is None else {"Idempotency-Key": key}
        )
        assert (answer.status_code, answer.json()["code"]) == (400, f"idempotency-key-{code}")
        assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.parametrize("tag", ['"7"', 'W/"7"', '"7-gzip"', '"7-zstd"', ' "7" '])
async def test_the_version_seen_is_read_also_when_the_front_door_compressed_it(tag: str) -> None:
    async with browse(sample_app()) as client:
        answer = await client.put("/api/sample/things/a", headers={"If-Match": tag})
        assert (answer.status_code, answer.headers["etag"]) == (200, '"8"')


@pytest.mark.parametrize(
    ("tag", "status", "code"),
    [
        (None, 428, "version-missing"),
        ("7", 400, "version-malformed"),
        ("*", 400, "version-malformed"),
        ('"7", "8"', 400, "version-malformed"),
        ('"9999999999999999999"', 400, "version-malformed"),
        ('"6"', 412, "stale-write"),
    ],
)
async def test_a_change_names_the_version_it_was_made_on(tag: str | None, status: int, code: str) -> None:
    async with browse(sample_app()) as client:
        answer = await client.put("/api/sample/things/a", headers={} if tag is None else {"If-Match": tag})
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_form_carries_key_and_version_as_fields() -> None:
    async with browse(sample_app()) as client:
        assert (await client.put("/api/sample/things/a", data={"if_match": "7"})).status_code == 200
        keyed = await client.post("/api/sample/submissions", data={"idempotency_key": "key-00000001"})
        assert keyed.status_code == 422, "the key was found; what is missing is JSON"


def test_a_stale_write_knows_what_stands_now() -> None:
    assert StaleWrite(9).current == 9


async def test_the_openapi_document_says_what_errors_look_like() -> None:
    document = (await get("/api/sample/openapi.json")).json()
    schemas = document["components"]["schemas"]
    assert {"Problem", "FieldProblem"} <= schemas.keys()
    assert "HTTPValidationError" not in schemas
    answers = document["paths"]["/api/sample/submissions"]["post"]["responses"]
    assert answers["4XX"]["content"][MEDIA_TYPE]["schema"] == {"$ref": "#/components/schemas/Problem"}
    for off in ("/docs", "/redoc"):
        assert (await get(off)).status_code == 404


async def test_a_signed_in_person_sees_name_unit_and_only_the_pages_they_may_open() -> None:
    async with browse(sample_app(sample=True), cookie=token(), **HTML) as client:
        page = (await client.get("/sample/page?q=1&lang=en")).text
    assert "Trần Thị &lt;Hòa&gt;" in page
    assert "Đông Hưng" in page
    assert 'href="/intake/counter"' in page
    assert 'href="/reporting/figures"' not in page
    assert "Sample data" in page
    assert "/sample/page?q=1&amp;lang=vi" in page
    assert "Some &lt;bold&gt;" in page


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/sample/me/name", "/sample/me"),
        ("/sample/me/name?lang=en", "/sample/me?lang=en"),
        ("/sample/forms", "/"),
    ],
)
async def test_a_reload_of_what_answered_a_form_leads_to_the_page_above(address: str, page: str) -> None:
    """Reloaded, gone back to, or read in the other language."""
    answer = await get(address, **HTML)
    assert (answer.status_code, answer.headers.get("location")) == (303, page)
    assert (await get(address)).status_code == 405
