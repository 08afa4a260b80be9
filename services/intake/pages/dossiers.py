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
    wanted = _status(status)
    form, code = blank(unit=chosen, status=wanted and int(wanted), q=q), 200
    listing = None
    try:
        listing = await list_dossiers(screen.process, chosen, wanted, q, after)
    except Refusal as refusal:
        form, code = form.refused(refusal), int(refusal.status)
    search = listing.search if listing else None
    page: Page[ListedDossier] = listing.page if listing else Page([], None)
    more = urlencode({"unit": chosen, "status": form.value("status"), "q": q, "after": page.next}) if page.next else None
    return screen.render(
        "dossiers.html",
        form,
        chosen,
        code,
        statuses=_STATUSES,
        searched=listing is not None,
        search=search,
        text=(search and search.quoted) or q.strip(),
        wanted=wanted,
        begun=bool(after),
        unit_name=screen.clerk.unit_name(chosen),
        lines=page.rows,
        next=more and f"/intake/dossiers?{more}",
        waiting=await waiting_submissions(screen.process, chosen),
    )


def _status(typed: str) -> PortalStatus | None:
    """None, which is any status, for what the page does not offer."""
    return next((status for status in _STATUSES if typed == str(int(status))), None)
