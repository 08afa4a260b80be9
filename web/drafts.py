"""What was typed and is not done yet is kept for whoever typed it: F5, back, another language and a session's end lose nothing.

Every page that answers a form is a GET. The POST keeps the form as a draft, with what is wrong of it, and leads to the page that
shows it (`?draft=`). A draft opens to its owner only: a person, or the browser of somebody who has no account.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from secrets import token_urlsafe
from typing import Annotated, Final, Protocol, TypeVar
from urllib.parse import quote, urlencode
from uuid import UUID, uuid4

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web.addresses import nearest_page, path_of
from web.forms import MOST_SHOWN, Form, read_fields
from web.languages import Texts
from web.principal import Principal
from web.problems import FieldProblem

M = TypeVar("M", bound=BaseModel)
FIELD: Final = "draft"
OF_EVERY_FORM: Final = frozenset(
    {FIELD, "csrf_token", "idempotency_key", "if_match", "person", "enter", "proof", "proof_question"}
)
"""Fields that are made anew with each page."""
KEPT_FOR: Final = timedelta(days=7)
KEPT_IN_BROWSER_FOR: Final = timedelta(hours=4)
COOKIE: Final = "motcua_draft"
DraftId = Annotated[str, Query(max_length=36)]


@dataclass(frozen=True, slots=True)
class Owner:
    """`id` is no secret: for a browser it is the digest of what only its cookie holds."""

    id: str
    kept_for: timedelta


class Draft(BaseModel):
    """`path`: where the form was sent to. `pairs`: what was typed. `seen`: the version that was before its sender's eyes.
    `notes`: what the page needs besides. `saved_at` and `until` are the store's to fill in.
    """

    model_config = ConfigDict(frozen=True)

    id: str = ""
    path: str
    pairs: tuple[tuple[str, str], ...] = ()
    problems: tuple[FieldProblem, ...] = ()
    seen: int | None = None
    notes: Mapping[str, str] = Field(default_factory=dict)
    saved_at: datetime | None = None
    until: datetime | None = None

    @property
    def step(self) -> str:
        """The last part of its path: which of a page's forms it was."""
        return self.path.rpartition("/")[2]

    def form(self, model: type[M], texts: Texts) -> Form[M]:
        """As it was typed, with what was found wrong; nothing is judged anew."""
        return replace(self.read(model, texts), problems=self.problems, data=None)

    def read(self, model: type[M], texts: Texts) -> Form[M]:
        """As if it were sent now."""
        return read_fields(FormData([*self.pairs]), model, texts)


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft that its owner may go on with."""

    id: str
    saved_at: datetime


class DraftStore(Protocol):
    async def keep(self, owner: Owner, page: str, draft: Draft, *, held: bool = False) -> str:
        """Under its id, where that is free or the owner's own; which one it got. `held`: no list shows it."""

    async def open(self, owner: Owner, ident: str) -> Draft | None:
        """None for what is not there any more, and for somebody else's."""

    async def discard(self, owner: Owner, ident: str) -> None:
        """It was done, or thought better of."""

    async def listed(self, owner: Owner, page: str) -> Sequence[DraftLine]:
        """The newest first."""


def store_of(request: Request) -> DraftStore | None:
    store: DraftStore | None = getattr(request.app.state, "drafts", None)
    return store


def of_person(person: Principal) -> Owner:
    return of_staff(person.staff_id)


def of_staff(staff_id: str) -> Owner:
    return Owner(f"staff:{staff_id}", KEPT_FOR)


def of_browser(request: Request) -> Owner | None:
    """None for a browser that has none."""
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        return None
    digest = hashlib.sha256(cookie.encode("utf-8", "replace")).hexdigest()
    return Owner(f"browser:{digest}", KEPT_IN_BROWSER_FOR)


def owner_of(request: Request, person: Principal | None) -> Owner | None:
    return of_browser(request) if person is None else of_person(person)


async def typed_in(request: Request) -> tuple[tuple[str, str], ...]:
    """What the sent form holds, but for what every form has; no more than a page shows again."""
    form, left, pairs = await request.form(), MOST_SHOWN, list[tuple[str, str]]()
    for name, value in form.multi_items():
        if isinstance(value, str) and name not in OF_EVERY_FORM and len(value.encode("utf-8", "replace")) <= left:
            left -= len(value.encode("utf-8", "replace"))
            pairs.append((name, value))
    return tuple(pairs)


def pairs_of(values: Mapping[str, str | Iterable[str]]) -> tuple[tuple[str, str], ...]:
    """A form's values as a browser sends them."""
    return tuple(
        (name, text) for name, value in values.items() for text in ([value] if isinstance(value, str) else value) if text
    )


async def draft_id(request: Request) -> str:
    """That of the draft which the sent form was opened from or is saved under; a new one otherwise."""
    given = (await request.form()).get(FIELD)
    try:
        return str(UUID(given)) if isinstance(given, str) else str(uuid4())
    except ValueError:
        return str(uuid4())


async def lead_to(
    request: Request, person: Principal | None, draft: Draft, page: str = "", *, kept_for: timedelta | None = None
) -> Response:
    """Keeps what was typed and leads to the page that shows it: by default the one above the address of the form.

    Somebody without an account must have been remembered before (`remember_browser`).
    """
    store, owner = store_of(request), owner_of(request, person)
    if store is None or owner is None:
        raise LookupError("nobody to keep a draft for: give the Service a draft_seal, and remember the browser first")
    where = page or nearest_page(request)
    kept = draft.model_copy(update={"id": await draft_id(request)})
    ident = await store.keep(replace(owner, kept_for=kept_for or owner.kept_for), where, kept)
    response = RedirectResponse(address_of(where, ident), HTTPStatus.SEE_OTHER)
    if person is None:
        _set_cookie(request, response, request.cookies[COOKIE])
    return response


def remember_browser(request: Request, response: Response) -> None:
    """Before it sends a form: whether it keeps cookies must be known when there is something to keep."""
    if COOKIE not in request.cookies:
        _set_cookie(request, response, token_urlsafe(32))


def _set_cookie(request: Request, response: Response, value: str) -> None:
    secure, seconds = request.app.state.pages.secure_cookies, int(KEPT_IN_BROWSER_FOR.total_seconds())
    response.set_cookie(COOKIE, value, max_age=seconds, path="/", httponly=True, samesite="lax", secure=secure)


def address_of(page: str, ident: str) -> str:
    return f"{quote(page)}?{urlencode({FIELD: ident})}"


async def sent(request: Request, form: Form[M], *, seen: int | None = None, notes: Mapping[str, str] | None = None) -> Draft:
    """The form that was sent, as a draft with its problems."""
    pairs = await typed_in(request)
    return Draft(path=path_of(request), pairs=pairs, problems=tuple(form.problems), seen=seen, notes=notes or {})


async def opened(request: Request, person: Principal | None, ident: str) -> Draft | None:
    store, owner = store_of(request), owner_of(request, person)
    return await store.open(owner, ident) if store and owner and ident else None


async def done(request: Request, person: Principal | None) -> None:
    """What the sent form asked for is done: its draft is not needed any more."""
    store, owner = store_of(request), owner_of(request, person)
    if store and owner and (await request.form()).get(FIELD):
        await store.discard(owner, await draft_id(request))


async def listed(request: Request, person: Principal, page: str) -> Sequence[DraftLine]:
    """What this person may go on with."""
    store = store_of(request)
    return await store.listed(of_person(person), page) if store else ()
