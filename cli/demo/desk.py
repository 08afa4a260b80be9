"""A person at a desk: signed in, patient. What gets no answer is sent again with the same Idempotency-Key, as a browser would."""

import asyncio
import time
from typing import Any, Final
from uuid import uuid4

from cli import http
from cli.session import Session
from deploy.local.outcome import ExitCode, Stopped

PATIENCE_SECONDS: Final = 120.0
_TRY_AGAIN: Final = frozenset({502, 503, 504})
_NOT_SIGNED_IN: Final = 401
_STALE: Final = 412
_NOT_FOUND: Final = 404
_NOT_THERE_YET: Final = '"code":"not-in-directory"'


class Desk:
    """`username` None is the public: no token."""

    def __init__(self, session: Session, username: str | None = None, password: str | None = None) -> None:
        self._session, self._username, self._password = session, username, password
        self._client = http.async_client(session.base_url)
        self._token: str | None = None
        self._signing_in = asyncio.Lock()

    async def close(self) -> None:
        await self._client.aclose()

    async def post(
        self, path: str, body: dict[str, Any], *, version: int | None = None, key: str | None = None
    ) -> dict[str, Any]:
        """One command, effectively once however often it is sent; raises Stopped when it is refused. What was imported just now
        may still be on its way to the service: a command that misses it is sent again.
        """
        headers = {"Idempotency-Key": key or str(uuid4())}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        deadline, pause = time.monotonic() + PATIENCE_SECONDS, 0.05
        while _NOT_THERE_YET in (response := await self._send("POST", path, headers, body)).text and time.monotonic() < deadline:
            await asyncio.sleep(pause)
            pause = min(1.0, pause * 1.5)
        return self._answered(path, response)

    async def change(self, path: str, action: str, body: dict[str, Any]) -> dict[str, Any]:
        """A command on something that others change too: read, act on that version, and read again if it was stale."""
        while True:
            current = await self.get(path)
            headers = {"Idempotency-Key": str(uuid4()), "If-Match": f'"{current["version"]}"'}
            response = await self._send("POST", f"{path}/{action}", headers, body)
            if response.status_code != _STALE:
                return self._answered(path, response)

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        """What stands there, waiting for it to come: another service may still be on its way to knowing it."""
        deadline, pause = time.monotonic() + PATIENCE_SECONDS, 0.05
        while (
            response := await self._send("GET", path, {}, None, query)
        ).status_code == _NOT_FOUND and time.monotonic() < deadline:
            await asyncio.sleep(pause)
            pause = min(1.0, pause * 1.5)
        return self._answered(path, response)

    async def first(self, path: str, name: str, **query: str) -> dict[str, Any]:
        """The first of a list, once it has one."""
        deadline, pause = time.monotonic() + PATIENCE_SECONDS, 0.05
        while not (rows := (await self.get(path, **query))[name]):
            if time.monotonic() > deadline:
                raise _timed_out(path, str(query))
            await asyncio.sleep(pause)
            pause = min(1.0, pause * 1.5)
        row: dict[str, Any] = rows[0]
        return row

    async def until(self, path: str, name: str, *values: object) -> dict[str, Any]:
        """Read until a field has one of the values."""
        deadline, pause = time.monotonic() + PATIENCE_SECONDS, 0.05
        while (body := await self.get(path))[name] not in values:
            if time.monotonic() > deadline:
                raise _timed_out(path, f"{name} = {body[name]}")
            await asyncio.sleep(pause)
            pause = min(1.0, pause * 1.5)
        return body

    async def _send(
        self, method: str, path: str, headers: dict[str, str], body: dict[str, Any] | None, query: dict[str, str] | None = None
    ) -> http.Response:
        deadline, pause, why = time.monotonic() + PATIENCE_SECONDS, 0.1, ""
        while time.monotonic() < deadline:
            try:
                signed = headers | await self._authorization()
                response = await self._client.request(method, path, headers=signed, json=body, params=query)
                if response.status_code == _NOT_SIGNED_IN and self._username and path != "/api/directory/sign-in":
                    why = response.text
                elif response.status_code not in _TRY_AGAIN:
                    return response
                else:
                    why = response.text
            except http.Unreachable as error:
                why = repr(error)
            await asyncio.sleep(pause)
            pause = min(2.0, pause * 2)
        raise _timed_out(path, why)

    async def _authorization(self) -> dict[str, str]:
        if self._username is None:
            return {}
        async with self._signing_in:
            if self._token is None:
                body = {"username": self._username, "password": self._password}
                response = await self._client.post("/api/directory/sign-in", json=body, headers={"Idempotency-Key": str(uuid4())})
                if response.status_code in _TRY_AGAIN:
                    raise http.Unreachable(response.text)
                self._token = str(self._answered("/api/directory/sign-in", response)["token"])
        return {"Authorization": f"Bearer {self._token}"}

    def _answered(self, path: str, response: http.Response) -> dict[str, Any]:
        if not response.is_success:
            raise Stopped(
                ExitCode.REFUSED_BY_SERVICE,
                vi=f"{path} từ chối (HTTP {response.status_code}).",
                en=f"{path} refused (HTTP {response.status_code}).",
                detail=response.text[:1000],
            )
        body: dict[str, Any] = response.json()
        return body


def _timed_out(path: str, why: str) -> Stopped:
    return Stopped(
        ExitCode.NOT_READY_IN_TIME,
        vi=f"Đã chờ {PATIENCE_SECONDS:.0f} giây mà {path} chưa trả lời.",
        en=f"Waited {PATIENCE_SECONDS:.0f} seconds for {path} in vain.",
        detail=why[:1000],
    )
