"""An address's owner gives their word by a button: opening the mail's link, as mail scanners do, confirms nothing.

The confirmation stands in the link's fragment, which no browser sends; without scripts it is typed.
"""

from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from chassis.process import CurrentProcess
from contracts.refusal import Refusal
from services.intake.commands.confirmation import confirm_address
from services.intake.schemas.requests import ConfirmAddress
from web.forms import Form, blank, read_form
from web.idempotency import IdempotencyKey
from web.pages import CurrentPages, Pages
from web.signin import Visitor

router = APIRouter(include_in_schema=False)
_PATH = "/submit/confirm"


@router.get(_PATH)
async def confirmation_form(
    pages: CurrentPages, _: Visitor, request: Request, done: Annotated[Literal["yes"] | None, Query()] = None
) -> Response:
    return _page(pages, request, blank(), done=done is not None)


@router.post(_PATH)
async def confirm(process: CurrentProcess, pages: CurrentPages, _: Visitor, request: Request, key: IdempotencyKey) -> Response:
    form = await read_form(request, ConfirmAddress, pages.texts)
    if form.data is None:
        return _page(pages, request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        await confirm_address(process, form.data, key)
    except Refusal as refusal:
        return _page(pages, request, form.refused(refusal), status=refusal.status)
    return RedirectResponse(f"{_PATH}?done=yes", HTTPStatus.SEE_OTHER)


def _page(pages: Pages, request: Request, form: Form[Any], *, done: bool = False, status: int = HTTPStatus.OK) -> Response:
    return pages.render(request, "confirm.html", status=status, form=form, done=done)
