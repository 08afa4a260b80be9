"""The page on which a person chooses a password, and the one that shows an administrator a one-time password, once."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.process import CurrentProcess
from contracts.refusal import Invalid
from contracts.values import Identifier
from services.directory.commands import passwords
from services.directory.commands.staff import CurrentStaffCommand
from services.directory.domain.accounts import OneTimePasswordOver, OperatorsPassword
from services.directory.domain.guess_limits import TooManyGuesses, WrongPassword
from services.directory.domain.second_factor import CodeNeeded, FactorOwed, TooManyCodes, WrongCode
from services.directory.pages.second_factor import offer_to
from services.directory.queries.staff import find_staff_by_id
from services.directory.schemas import ChosenPassword
from web.client_address import client_of
from web.csrf import own_site
from web.errors import retry_header
from web.forms import blank, read_form
from web.pages import CurrentPages
from web.signin import Visitor, set_token_cookie, visitor

router = APIRouter(include_in_schema=False)
_AT_THE_FORM = (
    Invalid,
    WrongPassword,
    TooManyGuesses,
    OneTimePasswordOver,
    OperatorsPassword,
    CodeNeeded,
    WrongCode,
    TooManyCodes,
)


@router.get("/password")
async def form(
    request: Request, pages: CurrentPages, person: Visitor, why: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    if person is not None and why == "changed":
        return pages.render(request, "password-changed.html")
    return pages.render(request, "password.html", form=blank(username=person.username if person else None), once=False)


@router.post("/password", dependencies=[Depends(own_site), Depends(visitor)])
async def choose(request: Request, pages: CurrentPages, process: CurrentProcess) -> Response:
    read = await read_form(request, ChosenPassword, pages.texts)
    once = bool((await request.form()).get("once"))
    if read.data is None:
        return pages.render(request, "password.html", status=HTTPStatus.UNPROCESSABLE_ENTITY, form=read, once=once)
    try:
        token, claims = await passwords.choose(process, read.data, client_of(request))
    except FactorOwed as refusal:
        return await offer_to(request, pages, process, read.data.username, refusal.status)
    except _AT_THE_FORM as refusal:
        again = pages.render(request, "password.html", status=refusal.status, form=read.refused(refusal), once=once)
        again.headers.update(retry_header(refusal))
        return again
    response = RedirectResponse("/password?why=changed", HTTPStatus.SEE_OTHER)
    set_token_cookie(response, token, claims, secure=process.settings.public_url.startswith("https://"))
    return response


@router.post("/directory/staff/{staff_id}/reset-password")
async def reset(
    request: Request, staff_id: Identifier, command: CurrentStaffCommand, pages: CurrentPages, process: CurrentProcess
) -> Response:
    once = await passwords.reset(command, staff_id)
    staff = await find_staff_by_id(process, staff_id)
    return pages.render(request, "one-time-password.html", once=once, staff=staff)
