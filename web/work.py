"""Bounded work: what is under way at once, and the body of each request, read whole and within bounds before anything parses it.

Only complete requests are under way: while a body is on its way its request gives its place to another. Who must be signed in
for a route is asked before a byte of the body is read, and a route that declares no body reads none; a form whose sign-in has
just ended is read, to be kept (web.late_forms). Some places are kept for staff: a token is looked at when the others are taken,
not before.
"""

import asyncio
from time import monotonic
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web import errors
from web.addresses import is_form, is_json
from web.body_bounds import TooLarge, TooSlow, check_form, check_json
from web.body_rules import BodyRule, rule_of
from web.client_address import client_of
from web.late_forms import late_form
from web.places import Places
from web.problems import Unavailable
from web.settings import WebSettings
from web.signin import SignInNeeded, look_again, signed_in, token_of

FRESH_SECONDS: Final = 0.5
"""A sign-in that was looked up longer ago is looked up again."""


class BoundedWork:
    """Beyond `in_flight` requests at once the next one gets an honest 503; `always` are paths that answer all the same.
    `unavailable`: faults of the infrastructure that pass.
    """

    def __init__(
        self, app: ASGIApp, settings: WebSettings, always: tuple[str, ...], unavailable: tuple[type[Exception], ...]
    ) -> None:
        self.app, self.settings, self.always = app, settings, always
        self._no_answer: tuple[type[Exception], ...] = (SignInNeeded, *unavailable)
        self.working = Places(
            total=settings.in_flight,
            for_staff=min(settings.in_flight_for_staff, settings.in_flight // 4),
            per_address=settings.in_flight_per_address,
        )
        self.reading = Places(
            total=settings.bodies,
            for_staff=min(settings.bodies_for_staff, settings.bodies // 4),
            per_address=settings.bodies_per_address,
        )
        self.looking = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        work = _Work(self, Request(scope), receive)
        if scope["path"].startswith(self.always):
            await self.app(scope, work.receive, send)
            return
        try:
            await work.begin()
        except Unavailable as full:
            await errors.overloaded(work.request, full.retry_after)(scope, receive, send)
            return
        try:
            await self.app(scope, work.receive, send)
        finally:
            work.end()

    async def is_staff(self, request: Request) -> bool:
        """Few are looked up at once: tokens that somebody made up must not become work."""
        if token_of(request) is None or self.looking >= self.working.for_staff:
            return False
        self.looking += 1
        try:
            await signed_in(request)
        except self._no_answer:
            return False
        finally:
            self.looking -= 1
        return True


class _Work:
    """One request, its place among those under way, and its body."""

    def __init__(self, bounds: BoundedWork, request: Request, receive: Receive) -> None:
        self.bounds, self.request, self._receive = bounds, request, receive
        self.address = client_of(request)
        self._staff = self._placed = self._given = False

    async def begin(self) -> None:
        """Raises Unavailable."""
        self._staff = False
        self._placed = self.bounds.working.take(self.address)
        if not self._placed and await self.bounds.is_staff(self.request):
            self._staff = True
            self._placed = self.bounds.working.take(self.address, staff=True)
        if not self._placed:
            raise Unavailable(self.bounds.settings.retry_after)

    def end(self) -> None:
        if self._placed:
            self.bounds.working.free(self.address, staff=self._staff)
            self._placed = False

    async def receive(self) -> Message:
        """The whole body at once; afterwards whatever else comes, such as the news that the client has gone."""
        if self._given:
            return await self._receive()
        self._given = True
        try:
            body = await self._body()
        except ClientDisconnect:
            raise
        except Exception as fault:
            raise errors.BeforeBody(fault) from fault
        return {"type": "http.request", "body": body, "more_body": False}

    async def _body(self) -> bytes:
        rule = rule_of(self.request.scope)
        if not rule.reads(self.request):
            return b""
        try:
            for guard in rule.guards:
                await guard.admit(self.request)
        except SignInNeeded:
            if await late_form(self.request) is None:
                raise
        body = await self._read(rule)
        if is_json(self.request):
            check_json(body, rule.bounds)
        elif is_form(self.request):
            check_form(body, self.request.headers["content-type"], rule.bounds)
        return body

    async def _read(self, rule: BodyRule) -> bytes:
        """In a place for those that are on their way, under a deadline; then again among those under way."""
        staff, reading = bool(rule.guards), self.bounds.reading
        if not reading.take(self.address, staff=staff):
            raise Unavailable(self.bounds.settings.retry_after)
        self.end()
        began = monotonic()
        try:
            async with asyncio.timeout(self.bounds.settings.body_seconds):
                body = await self._parts(rule.bounds.size or self.bounds.settings.body_limit)
        except TimeoutError as late:
            raise TooSlow from late
        finally:
            reading.free(self.address, staff=staff)
        if monotonic() - began > FRESH_SECONDS:
            look_again(self.request)
        await self.begin()
        return body

    async def _parts(self, limit: int) -> bytes:
        announced = self.request.headers.get("content-length", "")
        if announced.isdecimal() and (len(announced) > len(str(limit)) or int(announced) > limit):
            raise TooLarge(limit)
        parts, size, more = list[bytes](), 0, True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            parts.append(message.get("body", b""))
            size, more = size + len(parts[-1]), message.get("more_body", False)
            if size > limit:
                raise TooLarge(limit)
        return b"".join(parts)
