"""The pages on which a person puts a second factor into their telephone, and the one on which an administrator removes it."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.process import CurrentProcess, Process
from contracts.refusal import Invalid, Refusal
from contracts.values import Identifier
from services.directory.access import Administrator
from services.directory.commands import enrolment, second_factor
from services.directory.commands.staff import CurrentStaffCommand
from services.directory.domain.accounts import NewPasswordNeeded, OneTimePasswordOver
from services.directory.domain.guess_limits import TooManyGuesses, WrongPassword
from services.directory.domain.second_factor import CodeNeeded, EnrolmentOver, WrongCode
from services.directory.queries.staff import find_account_by_username, find_account_to_administer
from services.directory.schemas import EnrolmentConfirmed, FactorOffer, FactorRemoved, SignIn
from web.client_address import client_of
from web.csrf import own_site
from web.errors import retry_header
from web.forms import Form, blank, read_form
from web.pages import CurrentPages, Pages
from web.qr_codes import qr_image
from web.signin import Visitor, set_token_cookie, visitor

router = APIRouter(include_in_schema=False)
_AT_THE_FORM = (Invalid, WrongPassword, TooManyGuesses, CodeNeeded, WrongCode, NewPasswordNeeded, OneTimePasswordOver)


@router.get("/second-factor")
async def form(request: Request, pages: CurrentPages, person: Visitor) -> Response:
    return pages.render(request, "second-factor.html", form=blank(username=person.username if person else None))


@router.post("/second-factor", dependencies=[Depends(own_site), Depends(visitor)])
async def begin(request: Request, pages: CurrentPages, process: CurrentProcess) -> Response:
    read = await read_form(request, SignIn, pages.texts)
    if read.data is None:
        return pages.render(request, "second-factor.html", status=HTTPStatus.UNPROCESSABLE_ENTITY, form=read)
    try:
        offer = await enrolment.begin(process, read.data, client_of(request))
    except _AT_THE_FORM as refusal:
        return _refused(pages.render(request, "second-factor.html", status=refusal.status, form=read.refused(refusal)), refusal)
    return show_offer(request, pages, offer, blank(username=read.data.username))


@router.post("/second-factor/confirm", dependencies=[Depends(own_site), Depends(visitor)])
async def confirm(request: Request, pages: CurrentPages, process: CurrentProcess) -> Response:
    read = await read_form(request, EnrolmentConfirmed, pages.texts)
    if read.data is None:
        return _once_more(request, pages, read, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        enrolled = await enrolment.confirm(process, read.data, client_of(request))
    except EnrolmentOver as refusal:
        form = blank(username=read.data.username).refused(refusal)
        return pages.render(request, "second-factor.html", status=refusal.status, form=form)
    except _AT_THE_FORM as refusal:
        return _refused(_once_more(request, pages, read.refused(refusal), refusal.status), refusal)
    response = pages.render(request, "second-factor-codes.html", codes=enrolled.codes)
    set_token_cookie(response, enrolled.token, enrolled.claims, secure=process.settings.public_url.startswith("https://"))
    return response


@router.get("/directory/staff/{staff_id}/second-factor")
async def ask(
    request: Request, staff_id: Identifier, person: Administrator, pages: CurrentPages, process: CurrentProcess
) -> Response:
    account = await find_account_to_administer(process, person, staff_id)
    return pages.render(request, "second-factor-remove.html", account=account, form=blank())


@router.post("/directory/staff/{staff_id}/second-factor")
async def remove(
    request: Request, staff_id: Identifier, command: CurrentStaffCommand, pages: CurrentPages, process: CurrentProcess
) -> Response:
    read = await read_form(request, FactorRemoved, pages.texts)
    if read.data is None:
        account = await find_account_to_administer(process, command.by, staff_id)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return pages.render(request, "second-factor-remove.html", status=status, account=account, form=read)
    await second_factor.remove(command, staff_id, read.data.why)
    return RedirectResponse(f"/directory/staff#{staff_id}", HTTPStatus.SEE_OTHER)


async def offer_to(request: Request, pages: Pages, process: Process, username: str, status: int) -> Response:
    """For somebody whose password has just been right, and is not enough."""
    offer = enrolment.offer(process, await find_account_by_username(process, username))
    return show_offer(request, pages, offer, blank(username=username), status=status)


def show_offer(request: Request, pages: Pages, offer: FactorOffer, form: Form[Any], *, status: int = HTTPStatus.OK) -> Response:
    return pages.render(
        request, "second-factor-enrol.html", status=status, offer=offer, picture=qr_image(offer.address), form=form
    )


def _once_more(request: Request, pages: Pages, read: Form[EnrolmentConfirmed], status: int) -> Response:
    """The same secret: it stands in the telephone already. Its picture is not needed again."""
    return pages.render(request, "second-factor-enrol.html", status=status, offer=None, picture=None, form=read)


def _refused(response: Response, refusal: Refusal) -> Response:
    response.headers.update(retry_header(refusal))
    return response
