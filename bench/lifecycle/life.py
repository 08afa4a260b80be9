"""One life in four calls: take in at the counter, see the case, decide it, find the dossier by its code.

Online, taking in is two calls: the citizen, who is not signed in, submits, and a clerk accepts.

A call's latency is that of the request which answered. Between taking in and the case lies Kafka: that wait is a figure of its
own, `case visible`, from the first answer until the case can be read. What is shed (503 with Retry-After) is sent again, with the
same Idempotency-Key after the time that was asked for, and its latency runs on meanwhile.
"""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Awaitable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, TypeVar
from uuid import UUID

from bench.lifecycle.cast import Cast, Desk
from bench.lifecycle.connection import Answer, Connection
from cli.demo.people import applicant

T = TypeVar("T")
CALLS: Final = ("receive", "case", "decide", "search")
ONLINE_CALLS: Final = ("submit", "accept")
VISIBLE: Final = "case visible"
LIFE: Final = "life"
GIVE_UP_SECONDS: Final = 120.0
FIRST_PAUSE, LONGEST_PAUSE = 0.01, 0.32


class CallFailedError(Exception):
    """A call was answered in a way that no clerk should see."""

    def __init__(self, call: str, why: str) -> None:
        super().__init__(f"{call}: {why}")


@dataclass(kw_only=True)
class Record:
    """Of all lives of one load: seconds by call, when each was taken in (perf_counter), what was shed, what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in (*CALLS, *ONLINE_CALLS, VISIBLE, LIFE)})
    received_at: list[float] = field(default_factory=list)
    polls: int = 0
    shed: int = 0
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def received(self) -> int:
        return len(self.received_at)

    @property
    def lives(self) -> int:
        return len(self.seconds[LIFE])


@dataclass(frozen=True, kw_only=True)
class Client:
    """Somebody at a connection. `chance` makes up the people, and the keys of their commands."""

    connection: Connection
    cast: Cast
    record: Record
    chance: random.Random

    async def live(self, began: float) -> None:
        """`began`: when the life was due, by perf_counter. What goes wrong is counted, and ends this life only."""
        await self._counted(self._live(began))

    async def take_in(self, began: float) -> str | None:
        """The first call of a life by itself: the dossier's id, None when it went wrong."""
        received = await self._counted(self._receive(self.chance.choice(self.cast.desks), began))
        return None if received is None else str(received["id"])

    async def _counted(self, calls: Awaitable[T]) -> T | None:
        try:
            return await calls
        except (CallFailedError, ConnectionError, TimeoutError) as error:
            self.record.errors[f"{type(error).__name__} {error}"[:200]] += 1
            return None

    async def _live(self, began: float) -> None:
        online = self.chance.random() < self.cast.online
        desk = self.chance.choice(self.cast.desks_online if online else self.cast.desks)
        received = await (self._receive_online if online else self._receive)(desk, began)
        case = await self._case(received["id"], desk)
        await self._decide(case, desk)
        await self._search(received, desk)
        self.record.seconds[LIFE].append(time.perf_counter() - began)

    async def _receive(self, desk: Desk, began: float) -> dict[str, Any]:
        authorization = self.cast.authorization[desk.clerk]
        received = await self._command("receive", "/api/intake/dossiers", authorization, self._submission(desk), began=began)
        self.record.received_at.append(time.perf_counter())
        return received

    async def _receive_online(self, desk: Desk, began: float) -> dict[str, Any]:
        """What was accepted: only then is there a code."""
        submitted = await self._command("submit", "/api/intake/submissions", "", self._submission(desk), began=began)
        self.record.received_at.append(time.perf_counter())
        path, headers = f"/api/intake/dossiers/{submitted['id']}/accept", self.cast.authorization[desk.clerk]
        headers += f'If-Match: "{submitted["version"]}"\r\n'
        return await self._command("accept", path, headers, {}, began=time.perf_counter())

    def _submission(self, desk: Desk) -> dict[str, Any]:
        return {"unit": desk.unit, "procedure": desk.procedure, "applicant": applicant(self.chance), "papers": desk.papers}

    async def _case(self, dossier: str, desk: Desk) -> dict[str, Any]:
        """Asked for again and again, ever more slowly, as a person would."""
        since, pause = time.perf_counter(), FIRST_PAUSE
        while True:
            asked = time.perf_counter()
            answer = await self._ask("GET", f"/api/routing/cases/{dossier}", self.cast.authorization[desk.leader])
            now = time.perf_counter()
            if answer.status != HTTPStatus.NOT_FOUND:
                case = _body("case", answer, HTTPStatus.OK)
                self.record.seconds["case"].append(now - asked)
                self.record.seconds[VISIBLE].append(asked - since)
                return case
            if now - since > GIVE_UP_SECONDS:
                raise CallFailedError("case", f"not there after {GIVE_UP_SECONDS:.0f} s")
            self.record.polls += 1
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)

    async def _decide(self, case: dict[str, Any], desk: Desk) -> None:
        """By the officer who has the case; where nobody has it, by who leads the unit."""
        person = case["officer"] if case["officer"] in self.cast.authorization else desk.leader
        body = {"outcome": "granted", "result_number": f"{case['code'][-4:]}/KQ"}
        headers = f'{self.cast.authorization[person]}If-Match: "{case["version"]}"\r\n'
        await self._command("decide", f"/api/routing/cases/{case['id']}/decide", headers, body, began=time.perf_counter())

    async def _search(self, received: dict[str, Any], desk: Desk) -> None:
        asked = time.perf_counter()
        path = f"/api/intake/dossiers?unit={desk.unit}&q={received['code']}"
        answer = _body("search", await self._ask("GET", path, self.cast.authorization[desk.clerk]), HTTPStatus.OK)
        self.record.seconds["search"].append(time.perf_counter() - asked)
        if [line["id"] for line in answer["dossiers"]] != [received["id"]]:
            raise CallFailedError("search", f"{received['code']} does not find its dossier")

    async def _command(self, call: str, path: str, headers: str, body: dict[str, Any], *, began: float) -> dict[str, Any]:
        key = UUID(int=self.chance.getrandbits(128), version=4)
        answer = await self._ask("POST", path, f"{headers}Idempotency-Key: {key}\r\n", json.dumps(body).encode())
        done = _body(call, answer, HTTPStatus.CREATED if call in {"receive", "submit"} else HTTPStatus.OK)
        self.record.seconds[call].append(time.perf_counter() - began)
        return done

    async def _ask(self, method: str, path: str, headers: str, body: bytes = b"") -> Answer:
        """The answer that is no 503; raises TimeoutError when there is none."""
        async with asyncio.timeout(GIVE_UP_SECONDS):
            while True:
                answer = await self.connection.request(method, path, headers, body)
                wait = answer.header("retry-after")
                if answer.status != HTTPStatus.SERVICE_UNAVAILABLE or wait is None:
                    return answer
                self.record.shed += 1
                await asyncio.sleep(float(wait))


def _body(call: str, answer: Answer, status: HTTPStatus) -> dict[str, Any]:
    if answer.status != status:
        raise CallFailedError(call, f"HTTP {answer.status} {answer.body[:120].decode(errors='replace')}")
    body: dict[str, Any] = json.loads(answer.body)
    return body
