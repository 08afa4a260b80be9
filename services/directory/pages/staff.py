"""Staff as their administrator sees them: who holds which posts, and the switch that shuts a person out everywhere."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.process import CurrentProcess
from contracts.values import Identifier
from services.directory.access import Administrator
from services.directory.commands.staff import CurrentStaffCommand
from services.directory.queries.staff import show_staff
from web.pages import CurrentPages
from web.paging import After

router = APIRouter(prefix="/directory/staff", include_in_schema=False)


@router.get("")
async def staff(
    request: Request,
    pages: CurrentPages,
    process: CurrentProcess,
    person: Administrator,
    q: Annotated[str, Query(max_length=100)] = "",
    after: After = None,
) -> Response:
    page = await show_staff(process, person, q.strip(), after=after)
    return pages.render(request, "staff.html", page=page, q=q)


@router.post("/{staff_id}/disable")
async def disable(staff_id: Identifier, command: CurrentStaffCommand) -> Response:
    await command.switch(staff_id, active=False)
    return _back_to(staff_id)


@router.post("/{staff_id}/enable")
async def enable(staff_id: Identifier, command: CurrentStaffCommand) -> Response:
    await command.switch(staff_id, active=True)
    return _back_to(staff_id)


@router.post("/{staff_id}/sign-out")
async def sign_out(staff_id: Identifier, command: CurrentStaffCommand) -> Response:
    await command.sign_out(staff_id)
    return _back_to(staff_id)


def _back_to(staff_id: str) -> Response:
    return RedirectResponse(f"/directory/staff#{staff_id}", HTTPStatus.SEE_OTHER)
