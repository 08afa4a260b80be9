"""What holds for every answer, also for those no route gives: an id, strict headers, no bare 500, a bounded query, and `HEAD`
wherever there is a GET. Bounded bodies and bounded work: web.work.

Plain ASGI, because these run for each request and must see the answers of the error handlers too.
"""

import logging
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web import correlation, errors
from web.body_bounds import QueryTooLong
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


class QueryLimit:
    """A query of more bytes or fields than any page of ours sends is refused before anything parses it."""

    def __init__(self, app: ASGIApp, settings: WebSettings) -> None:
        self.app, self.settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._beyond(scope["query_string"]):
            request = Request({**scope, "query_string": b""})
            await errors.refused(request, QueryTooLong())(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _beyond(self, query: bytes) -> bool:
        return len(query) > self.settings.query_limit or query.count(b"&") >= self.settings.query_fields
