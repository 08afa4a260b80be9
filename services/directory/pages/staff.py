"""Staff as their administrator sees them: who holds which posts, and the switch that shuts a person out everywhere."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.process import CurrentProcess
from contracts.civil import civil_day
from contracts.directory import UnitV1
from contracts.values import Identifier
from messaging.commands import CommandKey
from services.directory.api.staff import Administrator
from services.directory.commands.staff import reach_of, switch
from services.directory.repository import entities, reading
from web import correlation
from web.conditional import IfMatch
from web.idempotency import IdempotencyKey
from web.pages import CurrentPages

router = APIRouter(prefix="/directory/staff", include_in_schema=False)
PAGE: Final = 50


@router.get("")
async def staff(
    request: Request,
    pages: CurrentPages,
    process: CurrentProcess,
    person: Administrator,
    q: Annotated[str, Query(max_length=100)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    async with process.database.connect() as connection:
        reached = await reach_of(connection, person)
        found = await reading.staff(connection, reached, q.strip(), limit=PAGE + 1, offset=(page - 1) * PAGE)
        units = await entities.everything(connection, UnitV1)
        procedures = await reading.catalogue(connection, civil_day(process.clock()))
    fields = {version["field"]: version["field_title"] for version in procedures.values()}
    names = {key: unit.entity.name for key, unit in units.items()}
    return pages.render(
        request, "staff.html", staff=found[:PAGE], more=len(found) > PAGE, page=page, q=q, names=names, fields=fields
    )


@router.post("/{staff_id}/disable")
async def disable(
    staff_id: Identifier, process: CurrentProcess, person: Administrator, key: IdempotencyKey, seen: IfMatch
) -> Response:
    return await _switch(staff_id, process, person, key, seen, active=False)


@router.post("/{staff_id}/enable")
async def enable(
    staff_id: Identifier, process: CurrentProcess, person: Administrator, key: IdempotencyKey, seen: IfMatch
) -> Response:
    return await _switch(staff_id, process, person, key, seen, active=True)


async def _switch(
    staff_id: str, process: CurrentProcess, person: Administrator, key: str, seen: int, *, active: bool
) -> Response:
    command = CommandKey.of(key, person.staff_id, f"staff {staff_id} {active}", str(seen))
    correlated = correlation.request_id.get()
    await switch(process, command, person, staff_id, active=active, seen=seen, correlation=correlated)
    return RedirectResponse(f"/directory/staff#{staff_id}", HTTPStatus.SEE_OTHER)
