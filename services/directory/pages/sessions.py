"""The sign-in page, and signing out."""

from contextlib import suppress
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.process import CurrentProcess
from contracts.refusal import Refusal
from contracts.values import Identifier
from services.directory.commands import sessions
from services.directory.domain.accounts import NewPasswordNeeded, OneTimePasswordOver, UnknownSession
from services.directory.domain.guess_limits import TooManyGuesses, WrongPassword
from services.directory.domain.second_factor import CodeNeeded, FactorOwed, TooManyCodes, WrongCode
from services.directory.pages.second_factor import offer_to
from services.directory.schemas import SignIn
from web.addresses import safe_next
from web.client_address import client_of
from web.csrf import own_site
from web.errors import retry_header
from web.forms import Form, blank, read_form
from web.pages import CurrentPages, Pages
from web.signin import SignedIn, Visitor, clear_token_cookie, set_token_cookie

router = APIRouter(include_in_schema=False)
Next = Annotated[str, Query(alias="next", max_length=2000)]


@router.get("/sign-in")
async def form(
    request: Request, pages: CurrentPages, person: Visitor, after: Next = "/", why: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    if person is not None and not why:
        return RedirectResponse(safe_next(after), HTTPStatus.SEE_OTHER)
    reason = why.replace("sign-in-", "sign-in.", 1)
    notice = reason if pages.texts.has(reason) else None
    return pages.render(request, "sign-in.html", form=blank(), next=safe_next(after), notice=notice)


@router.post("/sign-in", dependencies=[Depends(own_site)])
async def sign_in(request: Request, pages: CurrentPages, process: CurrentProcess) -> Response:
    typed = await request.form()
    after = safe_next(str(typed.get("next", "")))
    read = await read_form(request, SignIn, pages.texts)
    if read.data is None:
        return _again(request, pages, read, after, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        token, claims = await sessions.sign_in(process, read.data, client_of(request))
    except NewPasswordNeeded as refusal:
        known = blank(username=read.data.username)
        return pages.render(request, "password.html", status=refusal.status, form=known, once=True)
    except FactorOwed as refusal:
        return await offer_to(request, pages, process, read.data.username, refusal.status)
    except (WrongPassword, TooManyGuesses, OneTimePasswordOver, CodeNeeded, WrongCode, TooManyCodes) as refusal:
        return _refused(request, pages, read, after, refusal)
    response = RedirectResponse(after, HTTPStatus.SEE_OTHER)
    set_token_cookie(response, token, claims, secure=process.settings.public_url.startswith("https://"))
    return response


@router.get("/sign-out")
async def ask(request: Request, pages: CurrentPages, person: Visitor, process: CurrentProcess) -> Response:
    """Which sign-ins would end."""
    if person is None:
        return RedirectResponse("/", HTTPStatus.SEE_OTHER)
    ending = await sessions.open_sessions(process, person)
    return pages.render(request, "sign-out.html", sessions=ending, here=person.session_id)


@router.post("/sign-out", dependencies=[Depends(own_site)])
async def sign_out(request: Request, person: Visitor, process: CurrentProcess) -> Response:
    """Everywhere; who is signed in elsewhere too sees which ones first. A token that is over is no reason to keep its cookie."""
    if person is not None:
        confirmed = (await request.form()).get("confirmed")
        if not confirmed and any(session.id != person.session_id for session in await sessions.open_sessions(process, person)):
            return RedirectResponse("/sign-out", HTTPStatus.SEE_OTHER)
        await sessions.sign_out(process, person)
    response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
    clear_token_cookie(response, secure=process.settings.public_url.startswith("https://"))
    return response


@router.get("/directory/sessions")
async def own_sessions(request: Request, pages: CurrentPages, person: SignedIn, process: CurrentProcess) -> Response:
    listed = await sessions.open_sessions(process, person)
    return pages.render(request, "sessions.html", sessions=listed, here=person.session_id)


@router.post("/directory/sessions/{session}/end")
async def end(session: Identifier, person: SignedIn, process: CurrentProcess) -> Response:
    """One that is over meanwhile is not in the list that comes back."""
    with suppress(UnknownSession):
        await sessions.end_session(process, person, session)
    return RedirectResponse("/directory/sessions", HTTPStatus.SEE_OTHER)


def _refused(request: Request, pages: Pages, read: Form[SignIn], after: str, refusal: Refusal) -> Response:
    response = _again(request, pages, read.refused(refusal), after, refusal.status)
    response.headers.update(retry_header(refusal))
    return response


def _again(request: Request, pages: Pages, read: Form[SignIn], after: str, status: int) -> Response:
    return pages.render(request, "sign-in.html", status=status, form=read, next=after, notice=None)
