"""Idle and slow clients hold no place that others need, no body is read that must not be, and staff have places of their own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from fastapi import FastAPI

from tests.support.web_world import Paper, State, browse, sample_app, token
from web.places import Places
from web.signin import SignedIn

SUBMIT = "/api/sample/submissions"
THING = "/api/sample/things/a"
SLOW = "/api/sample/slow"
BODY = b'{"name": "ab"}'
JSON = {"content-type": "application/json", "idempotency-key": "key-00000001"}
SIGNED = {"authorization": f"Bearer {token()}"}
MADE_UP = {"authorization": f"Bearer {token(staff_id='nobody')}"}


class Client:
    """One request, whose body comes when it is told to."""

    def __init__(self, app: FastAPI, method: str, path: str, address: str = "192.0.2.1", **headers: str) -> None:
        self.parts: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.read, self.answer = 0, dict[str, Any]()
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": (address, 1),
        }
        self.task = asyncio.create_task(app(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        self.read += 1
        return await self.parts.get()

    async def _send(self, message: Any) -> None:
        self.answer.update(message)

    def send(self, body: bytes, *, more: bool = False) -> None:
        self.parts.put_nowait({"type": "http.request", "body": body, "more_body": more})

    async def status(self) -> int:
        await self.task
        return int(self.answer["status"])


async def a_turn() -> None:
    """Everything that can go on without anything coming in has gone on."""
    for _ in range(50):
        await asyncio.sleep(0)


@asynccontextmanager
async def serving(**settings: Any) -> AsyncIterator[Callable[..., Client]]:
    app, clients = sample_app(**settings), list[Client]()

    @app.post("/api/sample/deposits")
    async def deposit(person: SignedIn, paper: Paper) -> dict[str, str]:
        return {"by": person.name, "code": paper.code}

    def ask(method: str, path: str, address: str = "192.0.2.1", **headers: str) -> Client:
        clients.append(Client(app, method, path, address, **headers))
        return clients[-1]

    yield ask
    app.state.gate.set()
    for client in clients:
        client.task.cancel()
    await asyncio.gather(*(client.task for client in clients), return_exceptions=True)


async def test_a_hundred_and_thirty_five_idle_sockets_close_nothing() -> None:
    async with serving() as ask:
        idle = [ask("POST", SUBMIT, f"192.0.2.{number % 20}", **JSON) for number in range(135)]
        await a_turn()
        assert not any(client.task.done() for client in idle)
        assert await ask("GET", THING).status() == 200
        idle[0].send(BODY)
        assert await idle[0].status() == 200


async def test_a_body_in_parts_is_read_whole_before_it_takes_a_place() -> None:
    async with serving(in_flight=1) as ask:
        slow = ask("POST", SUBMIT, **JSON)
        slow.send(BODY[:5], more=True)
        await a_turn()
        assert await ask("GET", THING).status() == 200
        busy = ask("GET", SLOW)
        await a_turn()
        slow.send(BODY[5:])
        assert await slow.status() == 503, "when it is complete there must be a place for it"
        assert not busy.task.done()


async def test_one_address_has_its_share_of_the_bodies_on_their_way() -> None:
    async with serving(bodies_per_address=3) as ask:
        greedy = [ask("POST", SUBMIT, "192.0.2.1", **JSON) for _ in range(4)]
        other = ask("POST", SUBMIT, "192.0.2.2", **JSON)
        await a_turn()
        assert [client.task.done() for client in greedy] == [False, False, False, True]
        assert await greedy[3].status() == 503
        other.send(BODY)
        assert await other.status() == 200
        greedy[0].send(BODY)
        assert await greedy[0].status() == 200
        again = ask("POST", SUBMIT, "192.0.2.1", **JSON)
        again.send(BODY)
        assert await again.status() == 200, "the place was given back"


async def test_a_body_that_does_not_come_is_given_up() -> None:
    async with serving(body_seconds=0.001) as ask:
        client = ask("POST", SUBMIT, **JSON)
        client.send(b"{", more=True)
        assert await client.status() == 408
        assert b'"code":"too-slow"' in client.answer["body"]


async def test_a_client_that_hangs_up_is_no_fault_of_ours() -> None:
    async with serving() as ask:
        client = ask("POST", SUBMIT, **JSON)
        client.parts.put_nowait({"type": "http.disconnect"})
        assert await client.status() == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", THING), ("GET", "/api/sample/health/live"), ("POST", "/api/sample/me"), ("DELETE", THING), ("POST", "/nothing")],
)
async def test_a_route_that_declares_no_body_reads_none(method: str, path: str) -> None:
    async with serving() as ask:
        client = ask(method, path, **JSON, **SIGNED)
        client.send(BODY)
        assert await client.status() in {200, 404, 405}
        assert client.read == 0


async def test_nobodys_body_is_read_before_they_are_known() -> None:
    async with serving() as ask:
        for headers in ({}, MADE_UP):
            stranger = ask("POST", "/api/sample/deposits", **JSON, **headers)
            stranger.send(b'{"code": "a"}')
            assert await stranger.status() == 401
            assert stranger.read == 0
        known = ask("POST", "/api/sample/deposits", **JSON, **SIGNED)
        known.send(b'{"code": "a"}')
        assert await known.status() == 200


async def test_who_must_be_signed_in_is_looked_up_once_for_a_request() -> None:
    state = State()
    app = sample_app(state)

    @app.post("/api/sample/deposits")
    async def deposit(person: SignedIn, paper: Paper) -> dict[str, str]:
        return {"by": person.name, "code": paper.code}

    async with browse(app, **SIGNED) as client:
        assert (await client.post("/api/sample/deposits", json={"code": "a"})).status_code == 200
    assert state.asked == [("k1", "s1")]


async def test_the_public_cannot_take_the_places_of_staff() -> None:
    async with serving(in_flight=8, in_flight_for_staff=2) as ask:
        crowd = [ask("GET", SLOW, f"192.0.2.{number}") for number in range(7)]
        await a_turn()
        assert [client.task.done() for client in crowd] == [False] * 6 + [True]
        assert await ask("GET", THING, "192.0.2.9", **MADE_UP).status() == 503, "a token that somebody made up opens nothing"
        staff = [ask("GET", SLOW, "192.0.2.9", **SIGNED) for _ in range(3)]
        await a_turn()
        assert [client.task.done() for client in staff] == [False, False, True]
        assert await staff[2].status() == 503


async def test_one_address_cannot_take_the_places_of_all_the_public() -> None:
    async with serving(in_flight_per_address=2) as ask:
        crowd = [ask("GET", SLOW, "192.0.2.1") for _ in range(3)]
        await a_turn()
        assert [client.task.done() for client in crowd] == [False, False, True]
        assert await ask("GET", THING, "192.0.2.2").status() == 200
        assert await ask("GET", THING, "192.0.2.1", **SIGNED).status() == 200, "an office has many clerks behind one address"


def test_a_place_is_given_back_by_the_words_it_was_taken_by() -> None:
    shares = Places(total=2, for_staff=1, per_address=1)
    assert shares.take("a")
    assert not shares.take("a")
    assert not shares.take("b")
    assert shares.take("a", staff=True)
    assert not shares.take("b", staff=True)
    shares.free("a")
    assert not shares.take("b"), "one is kept for staff"
    shares.free("a", staff=True)
    assert shares.take("b")
    assert shares.take("a", staff=True)
