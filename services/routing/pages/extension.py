"""More time is asked for, and answered, on a page of its own, which says what follows; what is refused is said there."""

from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends
from starlette.responses import Response

from contracts.civil import civil_day
from contracts.endings.ground import ExtensionGround
from services.routing.commands.case import CaseCommand, CaseId, case_command
from services.routing.pages.act import act
from services.routing.pages.screen import CurrentScreen, Screen
from services.routing.queries.case import case_record
from services.routing.schemas.endings import AnswerExtension, AskExtension
from services.routing.settings import routing_settings
from web.forms import Form, blank, read_form

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
    return await act(screen, command, form, lambda typed: typed, partial(_page, screen, command.case_id))


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
