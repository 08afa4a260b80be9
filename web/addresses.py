"""Which address a request came to, and which one it may be sent on to: only paths of our own, never another site."""

import re
from urllib.parse import quote

from starlette.requests import Request

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
    """Path and query to come back to; a form that was sent cannot be come back to, so its page's own path stands for it."""
    query = query_of(request) if request.method in {"GET", "HEAD"} else ""
    return safe_next(quote(path_of(request)) + (f"?{query}" if query else ""))


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
