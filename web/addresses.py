"""Which address a request came to, and which one it may be sent on to: only paths of our own, never another site."""

import re
from urllib.parse import quote

from fastapi.routing import iter_route_contexts
from starlette.requests import Request
from starlette.routing import Match

# A leading double slash or any backslash names another host for a browser; control characters split headers.
_OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f-\U0010ffff]{0,2000}")


def safe_next(offered: str | None, otherwise: str = "/") -> str:
    """The path to go on to after signing in; anything but a path of this site becomes `otherwise`."""
    return offered if offered and _OWN_PATH.fullmatch(offered) else otherwise


def path_of(request: Request) -> str:
    """The path as sent. Not `request.url`: that parses the Host header, and a malformed one raises."""
    path: str = request.scope["path"]
    return path


def query_of(request: Request) -> str:
    raw: bytes = request.scope["query_string"]
    return raw.decode("latin-1")


def here(request: Request) -> str:
    """Path and query to come back to; a form that was sent cannot be come back to, so the page above it stands for it."""
    if request.method not in {"GET", "HEAD"}:
        return safe_next(quote(nearest_page(request)))
    return with_query(request, path_of(request))


def with_query(request: Request, path: str) -> str:
    """A path of ours with the query that was sent."""
    query = query_of(request)
    return safe_next(quote(path) + (f"?{query}" if query else ""))


def nearest_page(request: Request) -> str:
    """The path itself where it shows a page, else the first one above it that does: an address that only takes a form lies
    below the page with the form. The home page in the end.
    """
    path = path_of(request)
    if request.method not in {"GET", "HEAD"} and not _shows_its_page(request):
        path = path.rstrip("/").rpartition("/")[0]
    return page_above(request, path)


def _shows_its_page(request: Request) -> bool:
    """Whether the route that was asked has a page at its own address. That the page of one thing would answer there does not
    count: `/cases/assign` is no case.
    """
    routes = [*iter_route_contexts(request.app.routes)]
    asked = {route.path for route in routes if route.endpoint is request.scope.get("endpoint")}
    return not asked or any(route.path in asked and "GET" in (route.methods or ()) for route in routes)


def page_above(request: Request, path: str) -> str:
    """The same for another path of this service."""
    path = path.rstrip("/")
    while path and not _shows(request, path):
        path = path.rpartition("/")[0]
    return path or "/"


def _shows(request: Request, path: str) -> bool:
    asked = {**request.scope, "method": "GET", "path": path}
    return any(route.matches(asked)[0] is Match.FULL for route in request.app.routes)


def wants_html(request: Request) -> bool:
    """A person's browser asked for a page (and not a script for a fragment or an API)."""
    if path_of(request).startswith("/api/") or "hx-request" in request.headers:
        return False
    return "text/html" in request.headers.get("accept", "")


def is_form(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind in {"application/x-www-form-urlencoded", "multipart/form-data"}


def is_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))
