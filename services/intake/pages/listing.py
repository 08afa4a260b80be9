"""A unit's dossiers: found by what a clerk has in hand, and the queue of submissions that wait to be accepted."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from chassis.process import CurrentProcess
from contracts.refusal import Refusal
from contracts.values import PortalStatus, Role
from services.intake import looking
from services.intake.api.replying import Clerk
from services.intake.repository import lists
from web.forms import blank
from web.pages import CurrentPages

router = APIRouter(include_in_schema=False)
_SHOWN = (
    PortalStatus.SUBMITTED,
    PortalStatus.ACCEPTED,
    PortalStatus.IN_PROCESS,
    PortalStatus.DECIDED,
    PortalStatus.HANDED_OVER,
    PortalStatus.REFUSED,
)


@router.get("/intake/dossiers")
async def dossiers(
    process: CurrentProcess,
    pages: CurrentPages,
    clerk: Clerk,
    request: Request,
    unit: Annotated[str, Query(max_length=24)] = "",
    status: Annotated[str, Query(max_length=2)] = "",
    q: Annotated[str, Query(max_length=100)] = "",
    after: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    chosen = unit or min(clerk.units(Role.CLERK))
    clerk.require(Role.CLERK, chosen)
    wanted = PortalStatus(int(status)) if status.isdecimal() and int(status) in set(PortalStatus) else None
    form = blank(unit=chosen, status=status, q=q)
    found, code = looking.List([], None), 200
    try:
        found = await looking.dossiers_of(process, chosen, wanted, q, after or None)
    except Refusal as refusal:
        form, code = form.refused(refusal), int(refusal.status)
    async with process.database.connect() as connection:
        waiting = await lists.waiting(connection, chosen)
    more = urlencode({"unit": chosen, "status": status, "q": q, "after": found.next}) if found.next else None
    return pages.render(
        request,
        "dossiers.html",
        status=code,
        form=form,
        units=[(one, clerk.unit_name(one)) for one in sorted(clerk.units(Role.CLERK))],
        statuses=_SHOWN,
        lines=found.lines,
        next=more and f"/intake/dossiers?{more}",
        waiting=waiting,
        unit=chosen,
    )
