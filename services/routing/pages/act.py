"""What a form of its own page asks for is done; where that is refused, its page says so, with what was typed."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TypeVar

from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response

from contracts.refusal import Refusal
from services.routing.commands.case import CaseCommand
from services.routing.pages.screen import Screen
from services.routing.schemas.requests import Schema
from web.forms import SHOWN, Form, require_button

M = TypeVar("M", bound=BaseModel)


async def act(
    screen: Screen,
    command: CaseCommand,
    form: Form[M],
    request_of: Callable[[M], Schema],
    page: Callable[[Form[M], int], Awaitable[Response]],
) -> Response:
    """It leads to the case. `page`: the form's own, as the case is now, with the status of the answer."""
    if form.data is None:
        return await page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        await require_button(screen.request)
        await command.run(request_of(form.data))
    except Refusal as refusal:
        if refusal.status not in SHOWN:
            raise
        return await page(form.refused(refusal), refusal.status)
    return RedirectResponse(f"/routing/cases/{command.case_id}", HTTPStatus.SEE_OTHER)
