"""Staff for programs of an administrator."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from starlette.responses import JSONResponse, Response

from chassis.process import CurrentProcess
from contracts.values import Identifier, Role
from messaging.commands import CommandKey
from services.directory.commands.staff import reach_of, switch
from services.directory.repository import reading
from web import correlation
from web.conditional import IfMatch, set_etag
from web.idempotency import IdempotencyKey
from web.principal import Principal
from web.signin import requires

router = APIRouter(prefix="/api/directory", tags=["staff"])
Administrator = Annotated[Principal, Depends(requires(Role.ADMIN, Role.OPERATOR))]
PAGE: Final = 100


@router.get("/staff")
async def staff(
    person: Administrator,
    process: CurrentProcess,
    q: Annotated[str, Query(max_length=100)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> dict[str, Any]:
    """The people whom one administers, a hundred at a time, by given name."""
    async with process.database.connect() as connection:
        reached = await reach_of(connection, person)
        found = await reading.staff(connection, reached, q.strip(), limit=PAGE, offset=(page - 1) * PAGE)
    return {"staff": [{**one.staff.model_dump(mode="json"), "version": one.version} for one in found]}


@router.post("/staff/{staff_id}/disable")
async def disable(
    staff_id: Identifier, person: Administrator, process: CurrentProcess, key: IdempotencyKey, seen: IfMatch
) -> Response:
    """Out at once here, and within a second in every other service while Kafka runs."""
    return await _switch(process, person, key, staff_id, seen, active=False)


@router.post("/staff/{staff_id}/enable")
async def enable(
    staff_id: Identifier, person: Administrator, process: CurrentProcess, key: IdempotencyKey, seen: IfMatch
) -> Response:
    return await _switch(process, person, key, staff_id, seen, active=True)


async def _switch(process: CurrentProcess, person: Principal, key: str, staff_id: str, seen: int, *, active: bool) -> Response:
    command = CommandKey.of(key, person.staff_id, f"staff {staff_id} {active}", str(seen))
    correlated = correlation.request_id.get()
    done = await switch(process, command, person, staff_id, active=active, seen=seen, correlation=correlated)
    response = JSONResponse(done.body, status_code=done.status)
    set_etag(response, done.body["version"])
    return response
