"""More time is asked for, and answered, on a page of its own, which says what follows; what is refused is said there."""

from http import HTTPStatus
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends
from starlette.responses import RedirectResponse, Response

from contracts.civil import civil_day
from contracts.endings.ground import ExtensionGround
from contracts.refusal import Refusal
from services.routing.commands.case import CaseCommand, CaseId, case_command
from services.routing.pages.screen import CurrentScreen, Screen
from services.routing.queries.case import case_record
from services.routing.schemas.endings import AnswerExtension, AskExtension
from services.routing.settings import routing_settings
from web.forms import SHOWN, Form, blank, read_form, require_button

router = APIRouter(prefix="/routing/cases", include_in_schema=False)
M = TypeVar("M", AskExtension, AnswerExtension)


@router.get("/{case}/extend")
async def ask_page(screen: CurrentScreen, case: CaseId) -> Response:
    return await _page(screen, case, blank())


@router.post("/{case}/extend")
async def ask(screen: CurrentScreen, command: Annotated[CaseCommand, Depends(case_command)]) -> Response:
    return await _do(screen, command, AskExtension)


@router.post("/{case}/answer-extension")
async def answer(screen: CurrentScreen, command: Annotated[CaseCommand, Depends(case_command)]) -> Response:
    return await _do(screen, command, AnswerExtension)


async def _do(screen: Screen, command: CaseCommand, model: type[M]) -> Response:
    form = await read_form(screen.request, model, screen.pages.texts)
    if form.data is None:
        return await _page(screen, command.case_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        await require_button(screen.request)
        await command.run(form.data)
    except Refusal as refusal:
        if refusal.status not in SHOWN:
            raise
        return await _page(screen, command.case_id, form.refused(refusal), refusal.status)
    return RedirectResponse(f"/routing/cases/{command.case_id}", HTTPStatus.SEE_OTHER)


async def _page(screen: Screen, case_id: str, form: Form[Any], status: int = HTTPStatus.OK) -> Response:
    now = screen.process.clock()
    async with screen.process.reads.connect() as connection:
        record = await case_record(connection, screen.person, case_id, now)
    case = record.case
    return screen.pages.render(
        screen.request,
        "extend.html",
        status=status,
        case=case,
        record=record,
        form=form,
        grounds=tuple(ExtensionGround),
        used_up=case.extensions >= routing_settings(screen.process.settings).extensions_at_most,
        overdue=not case.closed and civil_day(now) > civil_day(case.promised_at),
    )
