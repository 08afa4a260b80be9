"""HEAD is GET without the body: of every route of every service, of pages and of failures, and OpenAPI does not mention it."""

import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import FileResponse, StreamingResponse
from fastapi.routing import iter_route_contexts
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import services
from chassis.process import build
from tests.support.web_world import browse, sample_app, token
from web.settings import WebSettings

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ID = {"X-Request-Id": "0b5c8a0e-2f3d-4c6b-9a51-7d2e8f6a1c04"}
SERVICES = sorted(file.parent.name for file in Path(services.__path__[0]).glob("*/main.py"))
NO_SERVER = "postgresql+psycopg://nobody@/nothing?host=/nonexistent"


def bare(app: ASGIApp) -> ASGIApp:
    """The same application, watched: httpx would drop the body of an answer to HEAD without a word."""

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_and_look(message: Message) -> None:
            assert scope["method"] != "HEAD" or not message.get("body"), scope["path"]
            await send(message)

        await app(scope, receive, send_and_look)

    return watched


async def both(client: httpx.AsyncClient, path: str, **headers: str) -> tuple[httpx.Response, httpx.Response]:
    client.cookies.clear()
    got = await client.get(path, headers={**ID, **headers})
    client.cookies.clear()
    return got, await client.head(path, headers={**ID, **headers})


def same(got: httpx.Response, head: httpx.Response, *, length: bool = True) -> None:
    """`length=False`: of what grows between two requests, such as metrics. A cookie's value is new each time."""
    assert head.status_code == got.status_code, got.url
    fields = [
        [(name, value.partition("=")[0] if name == "set-cookie" else value) for name, value in answer.headers.multi_items()]
        for answer in (got, head)
    ]
    if not length:
        fields = [[field for field in answer if field[0] != "content-length"] for answer in fields]
    assert fields[0] == fields[1], got.url


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/sample/things/a", 200),
        ("/api/sample/things/a?page=x", 422),
        ("/sample/page", 200),
        ("/sample/page?lang=en&q=1", 200),
        ("/api/sample/openapi.json", 200),
        ("/api/sample/me", 200),
        ("/api/sample/fails/refusal", 409),
        ("/api/sample/fails/driver", 503),
        ("/sample/fails/boom", 500),
        ("/nothing", 404),
        ("/api/sample/submissions", 405),
    ],
)
@pytest.mark.parametrize("accept", [HTML, {}], ids=["person", "program"])
async def test_status_and_headers_are_those_of_get(path: str, status: int, accept: dict[str, str]) -> None:
    async with browse(bare(sample_app()), authorization=f"Bearer {token()}", **accept) as client:
        got, head = await both(client, path)
    assert got.status_code == status
    assert int(got.headers["content-length"]) == len(got.content) > 0
    same(got, head)


async def test_a_person_who_is_not_signed_in_is_led_to_the_same_place() -> None:
    async with browse(bare(sample_app()), **HTML) as client:
        got, head = await both(client, "/sample/me?page=2")
    assert got.headers["location"].startswith("/sign-in?next=%2Fsample%2Fme%3Fpage%3D2")
    same(got, head)


async def test_too_much_is_refused_alike() -> None:
    async with browse(bare(sample_app())) as client:
        got, head = await both(client, f"/api/sample/things/a?{'x' * (WebSettings().query_limit + 1)}")
    assert got.status_code == 414
    same(got, head)


async def test_a_stream_and_a_file_send_their_headers_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("x" * 200_000)
    app = sample_app()
    app.add_api_route("/sample/stream", lambda: StreamingResponse(iter([b"a", b"", b"b"]), headers={"ETag": '"7"'}))
    app.add_api_route("/sample/file", lambda: FileResponse(file))
    async with browse(bare(app)) as client:
        for path in ("/sample/stream", "/sample/file"):
            same(*await both(client, path))
    got: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        got.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {
        "type": "http",
        "method": "HEAD",
        "path": "/sample/stream",
        "query_string": b"",
        "headers": [],
        "asgi": {"spec_version": "2.4"},
    }
    await app(scope, receive, send)
    assert [message["type"] for message in got] == ["http.response.start", "http.response.body"]
    assert got[1] == {"type": "http.response.body", "body": b""}
    assert scope["method"] == "HEAD", "the server frames its answer by it"


async def test_a_route_without_get_names_what_it_allows() -> None:
    async with browse(sample_app()) as client:
        head = await client.head("/sign-in")
        assert (head.status_code, head.headers["allow"]) == (405, "POST")
        wrong = await client.delete("/api/sample/clerks")
        assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, HEAD")


@cache
def service_app(service: str) -> FastAPI:
    """A service as it is composed, with no server to connect to: what needs one answers 503."""
    declared = import_module(f"services.{service}.main").SERVICE
    return build(declared, declared.settings(), NO_SERVER)


def addresses(app: FastAPI) -> list[str]:
    """Every GET route, with a value for each part of its path."""
    routes = [route for route in iter_route_contexts(app.routes) if "GET" in (route.methods or ())]
    return [re.sub(r"\{[^}]*\}", "1", route.path or "") for route in routes]


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("who", [HTML, {"Authorization": f"Bearer {token()}"}], ids=["visitor", "staff"])
async def test_every_get_of_every_service_answers_head_alike(service: str, who: dict[str, str]) -> None:
    app = service_app(service)
    paths = addresses(app)
    assert {f"/api/{service}/health/live", f"/api/{service}/reconcile"} <= {*paths}
    async with browse(bare(app), **who) as client:
        for path in paths:
            same(*await both(client, path), length=False)


@pytest.mark.parametrize("service", SERVICES)
def test_openapi_does_not_list_head(service: str) -> None:
    paths = service_app(service).openapi()["paths"]
    assert paths
    assert not [path for path, operations in paths.items() if "head" in operations]
