"""A unit's dossiers: found by what a clerk has in hand, and the queue of submissions that wait to be accepted."""

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response

from contracts.refusal import Refusal
from contracts.values import PortalStatus, Role
from services.intake.pages.screen import CurrentScreen
from services.intake.queries.choices import waiting_submissions
from services.intake.queries.dossiers import ListedDossier, list_dossiers
from web.forms import blank
from web.paging import After, Page

router = APIRouter(include_in_schema=False)
_STATUSES: Final = (
    PortalStatus.SUBMITTED,
    PortalStatus.ACCEPTED,
    PortalStatus.IN_PROCESS,
    PortalStatus.DECIDED,
    PortalStatus.HANDED_OVER,
    PortalStatus.REFUSED,
)


@router.get("/intake/dossiers")
async def dossiers(
    screen: CurrentScreen,
    unit: Annotated[str, Query(max_length=24)] = "",
    status: Annotated[str, Query(max_length=2)] = "",
    q: Annotated[str, Query(max_length=100)] = "",
    after: After = None,
) -> Response:
    chosen = unit or min(screen.clerk.units(Role.CLERK))
    screen.clerk.require(Role.CLERK, chosen)
    form, code = blank(unit=chosen, status=status, q=q), 200
    page: Page[ListedDossier] = Page([], None)
    try:
        page = await list_dossiers(screen.process, chosen, _status(status), q, after)
    except Refusal as refusal:
        form, code = form.refused(refusal), int(refusal.status)
    more = urlencode({"unit": chosen, "status": status, "q": q, "after": page.next}) if page.next else None
    return screen.render(
        "dossiers.html",
        form,
        chosen,
        code,
        statuses=_STATUSES,
        lines=page.rows,
        next=more and f"/intake/dossiers?{more}",
        waiting=await waiting_submissions(screen.process, chosen),
    )


def _status(typed: str) -> PortalStatus | None:
    """None, which is any status, for what is none."""
    return PortalStatus(int(typed)) if typed.isdecimal() and int(typed) in set(PortalStatus) else None
