"""Bad input to any route of any service: a clear refusal in both languages, never a 500, and nothing half-written.

What a document says of its routes is tried in tests/sweep; here stands what it does not speak of: bytes that are no JSON, bodies
made to be dear, addresses that are no text.
"""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from cli import http
from cli.session import Session
from contracts.services import SERVICES
from tests.support.installation import Installation

pytestmark = pytest.mark.timeout(1800)
DEEP = "[" * 5000 + "]" * 5000
HOSTILE_TEXTS = (
    "\x00",
    "a\x00b",
    "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "'; DROP TABLE dossier; --",
)
HOSTILE_BODIES: tuple[bytes, ...] = (
    b"",
    b"{",
    b"null",
    b"[]",
    b'"text"',
    b"123",
    b"\xff\xfe\x00",
    DEEP.encode(),
    b'{"unit": "\\u0000", "procedure": "\\ud800", "papers": 99999999999999999999999}',
    b'{"__proto__": {"a": 1}, "applicant": {"name": {"$gt": ""}}}',
    b'{"why": "\\u0000"}',
    b"{" + b",".join(b'"k%d":0' % number for number in range(100_000)) + b"}",
    b"{" + b",".join(b'"k%d":0' % number for number in range(990)) + b"}",
    b"{" + b",".join(b'"%d%s":0' % (number, b"&\xf0\xa0\x80\x80" * 40) for number in range(250)) + b"}",
    b'{"papers":[' + b",".join([b'{"code":[]}'] * 900) + b"]}",
    b'{"files":{"staff.csv":"' + b"a,b\\n" * 9000 + b'"}}',
    b'{"files":{"staff.csv":"' + b"\\u0061,\\n" * 90_000 + b'"}}',
    b"[" * 30_000 + b"]" * 30_000,
    '{"unit": "x"}'.encode("utf-16"),
)
HOSTILE_FORMS: tuple[bytes, ...] = (
    b"a=%00&%ed%a0%80=1",
    b"&".join(b"f%d=x" % number for number in range(8000)),
    b"username=" + b"%22" * 20_000,
)
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
LONGEST_ANSWER, MOST_PROBLEMS = 64_000, 50


@pytest.fixture(scope="module")
def session(installation: Installation) -> Session:
    return Session(installation.data)


@pytest.fixture(scope="module")
def operator(session: Session) -> Iterator[http.Client]:
    with session.client() as client:
        yield client


@pytest.fixture(scope="module")
def stranger(session: Session) -> Iterator[http.Client]:
    with http.client(session.base_url) as client:
        yield client


def operations(client: http.Client, service: str) -> list[tuple[str, str, dict[str, Any]]]:
    document = client.get(f"/api/{service}/openapi.json").raise_for_status().json()
    return [
        (method.upper(), path, op)
        for path, item in document["paths"].items()
        for method, op in item.items()
        if method in {"get", "post", "put", "patch", "delete"}
    ]


def filled(path: str, value: str) -> str:
    """The path with every parameter replaced."""
    while "{" in path:
        path = path[: path.index("{")] + value + path[path.index("}") + 1 :]
    return path


def expect_refusal(response: http.Response, what: str) -> None:
    assert response.status_code < 500 or response.status_code == 503, f"{what}: {response.status_code} {response.text[:500]}"
    assert response.status_code < 400 or len(response.content) <= LONGEST_ANSWER, f"{what}: {len(response.content)} bytes"
    if response.status_code >= 400 and response.headers.get("content-type", "").startswith("application/problem+json"):
        problem = response.json()
        assert problem["vi"] and problem["en"] and problem["code"], what
        assert len(problem["errors"]) <= MOST_PROBLEMS, what


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("who", ["operator", "stranger"])
def test_hostile_bodies_are_refused(request: pytest.FixtureRequest, who: str, service: str) -> None:
    """By every method, a body where none belongs among them."""
    client: http.Client = request.getfixturevalue(who)
    tried = 0
    for method, path, _ in operations(client, service):
        for kind, body in (*((JSON, body) for body in HOSTILE_BODIES), *((FORM, body) for body in HOSTILE_FORMS)):
            headers = {"Content-Type": kind, "Idempotency-Key": str(uuid4()), "If-Match": '"1"'}
            response = client.request(method, filled(path, "1"), content=body, headers=headers)
            expect_refusal(response, f"{method} {path} {kind} {body[:60]!r}")
            tried += 1
    assert tried


def test_every_service_says_what_has_held_its_loop(installation: Installation) -> None:
    for service in SERVICES:
        assert installation.longest_block(service) >= 0


@pytest.mark.parametrize("service", SERVICES)
def test_hostile_paths_and_queries_are_refused(operator: http.Client, service: str) -> None:
    for method, path, operation in operations(operator, service):
        for value in ("%00", "..%2f..%2fetc", "99999999999999999999", "%F0%9F%92%A9", "a" * 2000):
            response = operator.request(method, filled(path, value), headers={"Idempotency-Key": str(uuid4()), "If-Match": '"1"'})
            expect_refusal(response, f"{method} {path} with {value[:20]}")
        names = [parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "query"]
        for value in HOSTILE_TEXTS:
            response = operator.request(
                method, filled(path, "1"), params=dict.fromkeys(names, value), headers={"Idempotency-Key": str(uuid4())}
            )
            expect_refusal(response, f"{method} {path} ?{names} = {value[:20]!r}")


@pytest.mark.parametrize("service", SERVICES)
def test_hostile_headers_that_no_document_names_are_refused(operator: http.Client, service: str) -> None:
    """Those that a document names are for tests/sweep."""
    for method, path, _ in operations(operator, service):
        for headers in ({"Authorization": "Bearer a.b.c"}, {"Cookie": b"motcua_token=\xff"}):
            response = operator.request(method, filled(path, "1"), headers=headers, json={} if method != "GET" else None)
            expect_refusal(response, f"{method} {path} {headers}")


def test_afterwards_everything_still_agrees(installation: Installation) -> None:
    assert installation.reconcile()["agree"]
