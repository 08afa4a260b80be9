"""Lives under load, against a small server in memory: what is counted, what is dropped, what is sent again."""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, ClassVar, cast
from urllib.parse import parse_qs, urlsplit

import pytest

from bench.lifecycle import load
from bench.lifecycle.cast import Cast, Desk
from bench.lifecycle.connection import Connection
from bench.lifecycle.floor.http import Answer, Asked, Http
from bench.lifecycle.life import CALLS, LIFE, ONLINE_CALLS, VISIBLE, Client, Record

DESK = Desk(unit="U", procedure="P", papers=("a",), clerk="clerk", leader="leader")
CAST = Cast((DESK,), {name: f"Authorization: Bearer {name}\r\n" for name in ("clerk", "leader", "officer")})


class Paper:
    """Takes dossiers in; a case is there from the second question on. `spoil` may change any answer, by call and its number."""

    def __init__(self, spoil: Callable[[str, int], Answer | None] = lambda _, __: None) -> None:
        self.calls: Counter[str] = Counter()
        self.seen: Counter[str] = Counter()
        self.bodies: list[dict[str, Any]] = []
        self.spoil = spoil
        self.held: asyncio.Event | None = None

    async def answer(self, asked: Asked) -> Answer:
        if self.held is not None:
            await self.held.wait()
        call, (status, body) = self._answer(asked)
        self.calls[call] += 1
        return self.spoil(call, self.calls[call]) or (status, json.dumps(body).encode())

    def _answer(self, asked: Asked) -> tuple[str, tuple[int, Any]]:
        path = urlsplit(asked.path)
        name = path.path.split("/")[-1]
        if asked.method == "POST" and name == "decide":
            self.bodies.append(json.loads(asked.body))
            return "decide", (200, {"version": 3})
        if asked.method == "POST" and name == "submissions":
            number = f"online-{self.calls['submit']}"
            return "submit", (201, {"id": number, "version": 1, "code": None})
        if asked.method == "POST" and name == "accept":
            number = path.path.split("/")[-2]
            return "accept", (200, {"id": number, "version": 2, "code": f"code-{number}"})
        if asked.method == "POST":
            number = str(self.calls["receive"])
            return "receive", (201, {"id": number, "code": f"code-{number}"})
        if "cases" in path.path:
            self.seen[name] += 1
            case = {"id": name, "code": "U-1234", "version": 2, "officer": "officer"}
            return "case", ((200, case) if self.seen[name] > 1 else (404, {}))
        return "search", (200, {"dossiers": [{"id": parse_qs(path.query)["q"][0].removeprefix("code-")}]})


@asynccontextmanager
async def served(paper: Paper) -> AsyncIterator[int]:
    server = await asyncio.get_running_loop().create_server(lambda: Http(paper.answer), "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_a_life_has_four_calls_and_a_wait() -> None:
    paper = Paper()
    async with served(paper) as port:
        done = await load.closed(port, CAST, 3, 0.05)
    record = done.record
    assert record.lives >= 3
    assert {call: len(record.seconds[call]) for call in (*CALLS, VISIBLE, LIFE)} == dict.fromkeys(
        (*CALLS, VISIBLE, LIFE), record.lives
    )
    assert (record.received, record.polls, record.shed, record.errors) == (record.lives, record.lives, 0, Counter())
    assert paper.calls == {"receive": record.lives, "case": 2 * record.lives, "decide": record.lives, "search": record.lives}
    assert all(took >= waited for took, waited in zip(record.seconds[LIFE], record.seconds[VISIBLE], strict=True))
    assert all(body["result_number"] == "1234/KQ" for body in paper.bodies)


async def test_an_online_life_is_submitted_and_then_accepted() -> None:
    paper = Paper()
    async with served(paper) as port:
        done = await load.closed(port, replace(CAST, online=1.0, desks_online=(DESK,)), 3, 0.05)
    record = done.record
    assert record.lives >= 3
    assert {call: len(record.seconds[call]) for call in ("receive", *ONLINE_CALLS)} == {
        "receive": 0,
        "submit": record.lives,
        "accept": record.lives,
    }
    assert (record.received, record.errors) == (record.lives, Counter())
    assert (paper.calls["submit"], paper.calls["accept"], paper.calls["receive"]) == (record.lives, record.lives, 0)


async def test_half_of_the_lives_begin_at_each_door() -> None:
    paper = Paper()
    async with served(paper) as port:
        done = await load.closed(port, replace(CAST, online=0.5, desks_online=(DESK,)), 64, 0)
    assert done.record.lives == 64
    assert paper.calls["submit"] + paper.calls["receive"] == 64
    assert 8 < paper.calls["submit"] < 56


def first(call: str, answer: Answer) -> Callable[[str, int], Answer | None]:
    return lambda asked, number: answer if (asked, number) == (call, 1) else None


@pytest.mark.parametrize("call", CALLS)
async def test_a_wrong_answer_is_counted_and_ends_that_life_only(call: str) -> None:
    async with served(Paper(first(call, (500, b"{}")))) as port:
        done = await load.closed(port, CAST, 3, 0)
    assert (done.record.lives, sum(done.record.errors.values())) == (2, 1)
    assert next(iter(done.record.errors)).startswith(f"CallFailedError {call}: HTTP 500")


async def test_another_dossier_is_a_wrong_answer_to_a_search() -> None:
    async with served(Paper(first("search", (200, b'{"dossiers": [{"id": "another"}]}')))) as port:
        done = await load.closed(port, CAST, 1, 0)
    assert (done.record.lives, sum(done.record.errors.values())) == (0, 1)


async def test_a_server_that_hangs_up_is_an_error_and_no_end() -> None:
    class Rude(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            transport.close()

    async with await asyncio.get_running_loop().create_server(Rude, "127.0.0.1", 0) as server:
        done = await load.closed(server.sockets[0].getsockname()[1], CAST, 2, 0)
    assert (done.record.lives, sum(done.record.errors.values())) == (0, 2)


async def test_what_never_began_is_dropped() -> None:
    paper = Paper()
    paper.held = asyncio.Event()
    async with served(paper) as port:
        asyncio.get_running_loop().call_later(1, paper.held.set)  # long after the load is over
        done = await load.fixed_rate(port, CAST, 1000, 0.05, clients=2)
    assert done.record.lives <= 2
    assert done.record.lives + done.dropped == 50


async def test_lives_at_a_fixed_rate_are_those_that_were_due() -> None:
    async with served(Paper()) as port:
        done = await load.fixed_rate(port, CAST, 20, 0.5)
    assert done.record.lives + done.dropped == 10
    assert done.record.lives >= 1
    assert not done.record.errors


async def test_a_latency_runs_from_when_the_life_was_due() -> None:
    record = Record()
    async with served(Paper()) as port:
        client = Client(connection=Connection(port), cast=CAST, record=record, chance=random.Random(1))
        await client.live(time.perf_counter() - 100)
        client.connection.close()
    assert record.seconds["receive"][0] >= 100
    assert record.seconds[LIFE][0] >= 100
    assert record.seconds["decide"][0] < 100


class Shed(asyncio.Protocol):
    """The first request is turned away; whoever comes back is served."""

    asked: ClassVar[list[bytes]] = []

    def __init__(self) -> None:
        self.http = Http(Paper().answer)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.http.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        self.asked.append(data)
        if len(self.asked) > 1:
            self.http.data_received(data)
        else:
            self.transport.write(b"HTTP/1.1 503 .\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n")


async def test_what_is_shed_is_sent_again_under_the_same_key() -> None:
    async with await asyncio.get_running_loop().create_server(Shed, "127.0.0.1", 0) as server:
        done = await load.closed(server.sockets[0].getsockname()[1], CAST, 1, 0)
    assert (done.record.lives, done.record.shed, done.record.errors) == (1, 1, Counter())
    assert b"Idempotency-Key: " in Shed.asked[0]
    assert Shed.asked[0] == Shed.asked[1]
