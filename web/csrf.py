"""A browser sends the cookie along whoever wrote the form; so a form must prove that one of our pages made it.

Two independent proofs: the browser's own word on where the request came from (Fetch Metadata, else Origin or Referer), and
a hidden field that only a page made for this session can hold. The field is an HMAC of the session id, keyed by the token's
signature, which sits in an HttpOnly cookie that no other site and no script can read: nothing needs to be stored or shared.
"""

import hashlib
import hmac
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request

from contracts.refusal import Refusal
from web.addresses import is_form
from web.languages import layout_texts

FIELD: Final = "csrf_token"
HEADER: Final = "X-CSRF-Token"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class ForgedForm(Refusal):
    """403: the request cannot prove that it comes from one of our pages."""

    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__("forged-form", **layout_texts().in_each("problem.forged-form"))


def csrf_token(token: str, session_id: str) -> str:
    signature = token.rpartition(".")[2]
    return hmac.new(signature.encode(), b"motcua-csrf:" + session_id.encode(), hashlib.sha256).hexdigest()


class OldPage(Refusal):
    """403: one of our pages, but made for a sign-in that has ended."""

    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__("old-page", **layout_texts().in_each("problem.old-page"))


async def own_site(request: Request) -> None:
    """For forms without a session (signing in): only the browser's own word can be asked. Raises ForgedForm."""
    if request.method not in SAFE_METHODS and not _from_own_page(request):
        raise ForgedForm


async def require_proof(request: Request, token: str, session_id: str) -> None:
    """For cookie sessions: every unsafe request needs both proofs. Raises ForgedForm, OldPage."""
    if request.method in SAFE_METHODS:
        return
    await own_site(request)
    offered = request.headers.get(HEADER)
    if offered is None and is_form(request):
        field = (await request.form()).get(FIELD)
        offered = field if isinstance(field, str) else None
    if offered is None:
        raise ForgedForm
    if not hmac.compare_digest(offered.encode(), csrf_token(token, session_id).encode()):
        raise OldPage


def _from_own_page(request: Request) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    source = request.headers.get("origin") or request.headers.get("referer")
    return source is not None and _host(source) in _own_hosts(request)


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).netloc.lower() or None
    except ValueError:
        return None


def _own_hosts(request: Request) -> set[str]:
    """As the browser named us: a front door that rewrites Host says the original in X-Forwarded-Host (no form can set it)."""
    return {value.lower() for name in ("x-forwarded-host", "host") if (value := request.headers.get(name))}
