"""What holds for every answer, also for those no route gives: an id, strict headers, bounded bodies, bounded work, no bare 500,
and `HEAD` wherever there is a GET.

Plain ASGI, because these run for each request and must see the answers of the error handlers too.
"""

import logging
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web import correlation, errors
from web.settings import WebSettings

_log = logging.getLogger(__name__)

# Nothing inline and nothing foreign: a stolen or injected string in a page cannot run or call home.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # Shared computers at the counter: going back after signing out must not show the last person's page.
    "Cache-Control": "no-store",
}


class HeadAsGet:
    """Outermost: HEAD is worked on as GET and answered with its status and headers, also its length, without the body.

    It is no method of the routes, so OpenAPI does not list it beside every GET.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
            elif message["type"] == "http.response.body" and not message.get("more_body", False):
                await send({"type": "http.response.body", "body": b""})

        # A copy: the server below must still know that it answers HEAD, whose Content-Length announces no bytes.
        await self.app({**scope, "method": "GET"}, receive, send_without_body)


class RequestBoundary:
    """Gives the request its id, the answer its headers, and an unforeseen exception its logged, silent 500. Who hangs up
    before the body has come is one line of the log.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        ident = correlation.accept_or_new(Headers(scope=scope).get(correlation.HEADER))
        token = correlation.request_id.set(ident)
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers[correlation.HEADER] = ident
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except ClientDisconnect:
            # Nobody is there any more to be answered: one line, no traceback.
            _log.warning("client hung up: %s %r", scope["method"], scope["path"], extra={"request_id": ident})
        except Exception:
            # %r: a line end in the path must not begin a line of the log.
            _log.exception("request failed: %s %r", scope["method"], scope["path"], extra={"request_id": ident})
            if started:
                raise
            await errors.unforeseen(Request(scope))(scope, receive, send_with_headers)
        finally:
            correlation.request_id.reset(token)


class InFlightLimit:
    """Beyond `in_flight` requests at once the next one gets an honest 503; health and metrics always answer."""

    def __init__(self, app: ASGIApp, settings: WebSettings, always: tuple[str, ...]) -> None:
        self.app, self.settings, self.always = app, settings, always
        self.working = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(self.always):
            await self.app(scope, receive, send)
            return
        if self.working >= self.settings.in_flight:
            await errors.overloaded(Request(scope), self.settings.retry_after)(scope, receive, send)
            return
        self.working += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.working -= 1


class BodyLimit:
    """A body beyond the limit is refused: by its announced length before a byte is read, else when the limit is passed."""

    def __init__(self, app: ASGIApp, settings: WebSettings) -> None:
        self.app, self.settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = self._limit(headers.get("content-type", ""))
        announced = headers.get("content-length", "")
        if announced.isdecimal() and (len(announced) > len(str(limit)) or int(announced) > limit):
            await errors.too_large(Request(scope), limit)(scope, receive, send)
            return
        seen = 0

        async def receive_within_limit() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                # An HTTPException, because FastAPI turns any other into "cannot parse the body".
                raise HTTPException(413, detail=str(limit))
            return message

        await self.app(scope, receive_within_limit, send)

    def _limit(self, content_type: str) -> int:
        uploads = content_type.startswith(("multipart/", "application/octet-stream"))
        return self.settings.upload_limit if uploads else self.settings.body_limit
