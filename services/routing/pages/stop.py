"""To stop a case is asked on a page of its own, which says what follows; what is refused is said there, with what was typed."""

from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from contracts.endings.ground import StopGround
from services.routing.commands.case import CaseCommand, CaseId, case_command
from services.routing.domain.stop import OnlyLeadersStop
from services.routing.pages.act import act
from services.routing.pages.screen import CurrentScreen, Screen
from services.routing.queries.case import case_record
from services.routing.schemas.endings import StopCase
from web.forms import Form, blank, read_form

router = APIRouter(prefix="/routing/cases", include_in_schema=False)


@router.get("/{case}/stop")
async def ask(screen: CurrentScreen, case: CaseId) -> Response:
    return await _page(screen, case, blank())


@router.post("/{case}/stop")
async def stop(screen: CurrentScreen, command: Annotated[CaseCommand, Depends(case_command)]) -> Response:
    form = await read_form(screen.request, StopCase, screen.pages.texts)
    return await act(screen, command, form, lambda typed: typed, partial(_page, screen, command.case_id))


async def _page(screen: Screen, case_id: str, form: Form[Any], status: int = HTTPStatus.OK) -> Response:
    """Raises OnlyLeadersStop for who may not ask at all."""
    async with screen.process.reads.connect() as connection:
        record = await case_record(connection, screen.person, case_id, screen.process.clock())
    if not record.actor.leads:
        raise OnlyLeadersStop
    return screen.pages.render(
        screen.request, "stop.html", status=status, case=record.case, record=record, form=form, grounds=tuple(StopGround)
    )
