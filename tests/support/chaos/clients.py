"""Clerks, leaders and citizens at work through the front door while everything fails, and what each of them was answered.

Each life is one dossier (or one guidance turn) and belongs to one client. What gets no answer is sent again with the same
Idempotency-Key, as a browser would; some give up, and then do not know. Some ask twice, and some cases two people decide at once.
"""

import asyncio
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from bench.lifecycle.cast import Cast, Desk
from cli import http
from cli.demo.people import applicant
from tests.support.chaos.history import Command, History, Kind

PATIENCE_SECONDS: Final = 240.0
ANSWER_SECONDS: Final = 8.0
"""Then the client takes it that no answer comes."""
AGAIN: Final = frozenset({401, 429, 500, 502, 503, 504})
GIVES_UP, ASKS_TWICE, TWO_DECIDE = 0.15, 0.15, 0.15
DOORS: Final = {"counter": 5, "online": 2, "post": 2, "guidance": 1}
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
POST_OFFICE: Final = "P99.21.01"


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """What the clients share. `ending`: no new life begins; `open`: requests may be sent; `by_post`: desks whose procedure the
    post may collect for; `lives`: when each began and was decided.
    """

    base_url: str
    cast: Cast
    by_post: tuple[Desk, ...]
    history: History
    began: float
    ending: asyncio.Event = field(default_factory=asyncio.Event)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    lives: list[tuple[float, float]] = field(default_factory=list)

    def now(self) -> float:
        return time.monotonic() - self.began

    async def work(self, clients: int, seed: int) -> None:
        """Until `ending`; what has begun is lived to its end, or given up."""
        self.open.set()
        async with asyncio.TaskGroup() as group:
            for number in range(clients):
                client = Client(self, f"client-{number}", random.Random(f"{seed}/{number}"))
                group.create_task(client.work())


class NoAnswer(Exception):  # noqa: N818 -- a finding: the life ends here, and nobody knows
    """The client has given up on something that the rest of its life needs."""


class Client:
    def __init__(self, crowd: Crowd, name: str, chance: random.Random) -> None:
        self._crowd, self._name, self._chance = crowd, name, chance
        self._http = http.async_client(crowd.base_url)

    async def work(self) -> None:
        try:
            while not self._crowd.ending.is_set():
                try:
                    await self._live()
                except NoAnswer:
                    continue
                await asyncio.sleep(self._chance.uniform(0.1, 0.8))
        finally:
            await self._http.aclose()

    async def _live(self) -> None:
        door = self._chance.choices(list(DOORS), list(DOORS.values()))[0]
        began = self._crowd.now()
        match door:
            case "guidance":
                await self._guide(self._chance.choice(self._crowd.cast.desks))
                return
            case "post":
                desk = self._chance.choice(self._crowd.by_post)
                dossier = await self._collected(desk)
            case "online":
                desk = self._chance.choice(self._crowd.cast.desks_online)
                submitted = await self._open(Kind.SUBMIT, "/api/intake/submissions", desk)
                dossier = await self._accept(desk, submitted["id"], submitted["version"])
            case _:
                desk = self._chance.choice(self._crowd.cast.desks)
                dossier = (await self._open(Kind.RECEIVE, "/api/intake/dossiers", desk))["id"]
        await self._decide(desk, dossier)
        self._crowd.lives.append((began, self._crowd.now()))
        if door != "post" and self._chance.random() < 0.5:
            await self._hand_over(desk, dossier)

    async def _guide(self, desk: Desk) -> None:
        body = {"unit": desk.unit, "kind": "in_person"}
        await self._command(Kind.GUIDE, "/api/intake/guidance", body, desk.clerk)

    async def _open(self, kind: Kind, path: str, desk: Desk) -> dict[str, Any]:
        mark = self._mark()
        body = {"unit": desk.unit, "procedure": desk.procedure, "applicant": self._person(mark), "papers": desk.papers}
        return await self._command(kind, path, body, desk.clerk, mark=mark)

    async def _collected(self, desk: Desk) -> str:
        """The post says by an event what it has collected; the clerk finds it among the unit's submissions and accepts it."""
        mark = self._mark()
        body = {
            "unit": desk.unit,
            "postal_unit": POST_OFFICE,
            "procedure": desk.procedure,
            "papers": [{"code": code, "title": code} for code in desk.papers],
            "hand_over": "post",
            "applicant": self._person(mark),
        }
        collection = (await self._command(Kind.COLLECT, "/post/collections", body, None, mark=mark))["collection"]
        query = {"unit": desk.unit, "q": collection}
        lines = await self._read("/api/intake/dossiers", desk.clerk, lambda body: body["dossiers"], query)
        return await self._accept(desk, lines[0]["id"], lines[0]["version"])

    async def _accept(self, desk: Desk, dossier: str, version: int) -> str:
        body = {"papers": desk.papers}
        await self._command(
            Kind.ACCEPT, f"/api/intake/dossiers/{dossier}/accept", body, desk.clerk, target=dossier, version=version
        )
        return dossier

    async def _decide(self, desk: Desk, dossier: str) -> None:
        case = await self._read(f"/api/routing/cases/{dossier}", desk.leader, lambda body: body)
        people = [case["officer"] if case["officer"] in self._crowd.cast.authorization else desk.leader]
        if self._chance.random() < TWO_DECIDE:
            people.append(desk.leader)
        decisions = [self._decision(case, dossier, person) for person in people]
        results = await asyncio.gather(*decisions, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, NoAnswer):
                raise result
        if all(isinstance(result, NoAnswer) for result in results):
            raise NoAnswer

    async def _decision(self, case: Mapping[str, Any], dossier: str, person: str) -> None:
        number = f"{self._mark()}/KQ"
        body = {"outcome": "granted", "result_number": number}
        path = f"/api/routing/cases/{dossier}/decide"
        await self._command(Kind.DECIDE, path, body, person, target=dossier, version=case["version"], result_number=number)

    async def _hand_over(self, desk: Desk, dossier: str) -> None:
        path = f"/api/intake/dossiers/{dossier}"
        decided = await self._read(path, desk.clerk, lambda body: body if body["outcome"] else None)
        await self._command(Kind.HAND_OVER, f"{path}/hand-over", {}, desk.clerk, target=dossier, version=decided["version"])

    def _mark(self) -> str:
        return "".join(self._chance.choices(LETTERS, k=10))

    def _person(self, mark: str) -> dict[str, str]:
        person = applicant(self._chance)
        return person | {"name": f"Nguyễn {mark.capitalize()}", "email": f"{mark}@example.vn"}

    async def _command(
        self,
        kind: Kind,
        path: str,
        body: Mapping[str, Any],
        person: str | None,
        *,
        version: int | None = None,
        **about: str,
    ) -> dict[str, Any]:
        """What was answered. Raises NoAnswer when it is refused too: then this life has no next step."""
        key = str(UUID(int=self._chance.getrandbits(128), version=4))
        command = Command(key=key, client=self._name, kind=kind, sent_at=self._crowd.now(), **about)
        self._crowd.history.add(command)
        headers = self._headers(person) | {"Idempotency-Key": key}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        try:
            await self._send(command, path, headers, body)
            if command.acknowledged and self._chance.random() < ASKS_TWICE:
                await self._send(command, path, headers, body)
        finally:
            self._crowd.history.keep(command)
        if not command.acknowledged:
            raise NoAnswer
        return command.answer

    async def _send(self, command: Command, path: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> None:
        """Again and again with the same key, until there is an answer or patience is at an end."""
        deadline, pause = time.monotonic() + PATIENCE_SECONDS, 0.2
        gives_up = self._chance.random() < GIVES_UP
        while time.monotonic() < deadline:
            command.attempts += 1
            response = await self._attempt("POST", path, headers, json=body)
            if response is not None and response.status_code not in AGAIN:
                command.take_answer(response.status_code, response.json(), self._crowd.now())
                return
            if response is None and gives_up:
                return
            await asyncio.sleep(pause)
            pause = min(2.0, pause * 2)

    async def _read(self, path: str, person: str, wanted: Any, query: Mapping[str, str] | None = None) -> Any:
        """What is wanted of the answer, once there is some. Raises NoAnswer."""
        deadline, pause = time.monotonic() + PATIENCE_SECONDS, 0.1
        while time.monotonic() < deadline:
            response = await self._attempt("GET", path, self._headers(person), params=query)
            if response is not None and response.status_code == 200 and (answer := wanted(response.json())):
                return answer
            await asyncio.sleep(pause)
            pause = min(1.0, pause * 1.5)
        raise NoAnswer

    async def _attempt(self, method: str, path: str, headers: Mapping[str, str], **content: Any) -> http.Response | None:
        """None when there is no whole answer, or an answer of somebody between who does not know."""
        await self._crowd.open.wait()
        try:
            return await self._http.request(method, path, headers=headers, timeout=ANSWER_SECONDS, **content)
        except http.Unreachable:
            return None

    def _headers(self, person: str | None) -> dict[str, str]:
        if person is None:
            return {}
        name, _, value = self._crowd.cast.authorization[person].strip().partition(": ")
        return {name: value}
