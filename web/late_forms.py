"""A form that arrives when its sign-in is over is kept too, for the person who was signed in, and shown once they are again.

Its cookie still names them: we signed that token, and the form's proof was made for it. Nothing is done with it but to keep it.
It is `held`: only the address that its sender is led to opens it, and only to that person.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import compile_path

from web.addresses import is_form, nearest_page, path_of, wants_html
from web.conditional import FIELD as VERSION_FIELD
from web.csrf import SAFE_METHODS, ForgedForm, OldPage, require_proof
from web.drafts import FIELD, Draft, address_of, draft_id, of_person, of_staff, store_of, typed_in
from web.signin import SignInCheck, signed_in, token_of
from web.tokens import TokenClaims

_SCOPE: Final = "motcua.late_form"
_VERSION: Final = re.compile(r"[0-9]{1,15}")
PERSON: Final = "person"
"""The field that says for whom a page was made."""


@dataclass(frozen=True, slots=True)
class LateForm:
    """`claims` of the token that is over; `page` shows drafts of this form."""

    token: str
    claims: TokenClaims
    page: str


async def late_form(request: Request) -> LateForm | None:
    """Whose form this is, before any of it is read; looked up once for a request."""
    if _SCOPE not in request.scope:
        request.scope[_SCOPE] = await _look_up(request)
    known: LateForm | None = request.scope[_SCOPE]
    return known


async def _look_up(request: Request) -> LateForm | None:
    offered, page = token_of(request), _page_of(request)
    if offered is None or not offered[1] or page is None:
        return None
    check: SignInCheck = request.app.state.signin
    claims = await check.former(offered[0])
    return None if claims is None else LateForm(offered[0], claims, page)


async def keep_late(request: Request) -> str | None:
    """Where to go on after signing in; None for what is no such form."""
    late, store = await late_form(request), store_of(request)
    if late is None or store is None:
        return None
    try:
        await require_proof(request, late.token, late.claims.sid)
    except (ForgedForm, OldPage):
        return None
    ident = await store.keep(of_staff(late.claims.sub), late.page, await _draft(request, new=True), held=True)
    return address_of(late.page, ident)


async def keep_of_old_page(request: Request) -> Response | None:
    """A page made before its person signed in anew: they are led to the same page of today, with what they typed."""
    page, store = _page_of(request), store_of(request)
    if page is None or store is None:
        return None
    person = (await signed_in(request)).person
    if (await request.form()).get(PERSON) != person.staff_id:
        return None
    ident = await store.keep(of_person(person), page, await _draft(request, new=False))
    return RedirectResponse(address_of(page, ident), HTTPStatus.SEE_OTHER)


async def _draft(request: Request, *, new: bool) -> Draft:
    """`new`: never over one that is there."""
    version = (await request.form()).get(VERSION_FIELD)
    seen = int(version) if isinstance(version, str) and _VERSION.fullmatch(version) else None
    ident = "" if new else await draft_id(request)
    return Draft(id=ident, path=path_of(request), pairs=await typed_in(request), seen=seen, notes={"late": "yes"})


def _page_of(request: Request) -> str | None:
    """The page that shows this form's drafts, for a form that a person sent."""
    if request.method in SAFE_METHODS or not is_form(request) or not wants_html(request):
        return None
    page = nearest_page(request)
    return page if takes_draft(request, page) else None


def takes_draft(request: Request, page: str) -> bool:
    """Whether this page shows drafts: its route asks for one."""
    state = request.app.state
    if not hasattr(state, "pages_with_drafts"):
        state.pages_with_drafts = [compile_path(path)[0] for path in _pages_with_drafts(request.app)]
    return store_of(request) is not None and any(path.match(page) for path in state.pages_with_drafts)


def _pages_with_drafts(app: FastAPI) -> Iterator[str]:
    for route in iter_route_contexts(app.routes):
        if route.path and "GET" in (route.methods or ()) and hasattr(route, "dependant") and _asks_for_draft(route.dependant):
            yield route.path


def _asks_for_draft(dependant: Dependant) -> bool:
    asked: list[Any] = list(dependant.query_params)
    return any(field.alias == FIELD for field in asked) or any(_asks_for_draft(needed) for needed in dependant.dependencies)
