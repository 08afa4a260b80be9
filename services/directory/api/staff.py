"""Staff for programs of an administrator."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from chassis.process import CurrentProcess
from contracts.values import Identifier
from services.directory.access import Administrator
from services.directory.commands.staff import CurrentStaffCommand
from services.directory.queries.staff import list_staff
from services.directory.schemas import AccountState, StaffList
from web.conditional import set_etag
from web.paging import After

router = APIRouter(prefix="/api/directory", tags=["staff"])
PageNumber = Annotated[
    int, Query(ge=1, le=10_000, deprecated=True, description="Follow `next` instead: a number counts through all pages before.")
]


@router.get("/staff")
async def staff(
    person: Administrator,
    process: CurrentProcess,
    q: Annotated[str, Query(max_length=100)] = "",
    after: After = None,
    page: PageNumber = 1,
) -> StaffList:
    """The people whom one administers, a hundred at a time, by given name."""
    return await list_staff(process, person, q.strip(), after=after, page=page)


@router.post("/staff/{staff_id}/disable")
async def disable(staff_id: Identifier, command: CurrentStaffCommand, response: Response) -> AccountState:
    """Out at once here, and within a second in every other service while Kafka runs."""
    return _tagged(response, await command.switch(staff_id, active=False))


@router.post("/staff/{staff_id}/enable")
async def enable(staff_id: Identifier, command: CurrentStaffCommand, response: Response) -> AccountState:
    return _tagged(response, await command.switch(staff_id, active=True))


@router.post("/staff/{staff_id}/sign-out")
async def sign_out(staff_id: Identifier, command: CurrentStaffCommand, response: Response) -> AccountState:
    """All sign-ins of the person end, on every computer; the account stays open."""
    return _tagged(response, await command.sign_out(staff_id))


def _tagged(response: Response, account: AccountState) -> AccountState:
    set_etag(response, account.version)
    return account
