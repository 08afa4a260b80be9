"""A unit's dossiers: found by what a clerk has in hand, and the queue of submissions that wait to be accepted."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response
from fastapi import Form as FormField
from fastapi.responses import RedirectResponse

from contracts.refusal import Refusal
from contracts.values import PortalStatus, Role
from services.intake.adapters.keys import keys_of
from services.intake.adapters.search_reference import open_search, seal_search
from services.intake.pages.screen import ClerkScreen, CurrentScreen
from services.intake.queries.choices import waiting_submissions
from services.intake.queries.dossiers import FoundDossiers, ListedDossier, list_dossiers
from services.intake.queries.results import count_results
from services.intake.queries.search import names_person
from services.intake.schemas.views import WaitingCount
from services.intake.settings import intake_settings
from web.forms import Form, blank
from web.paging import After, Page

router = APIRouter(include_in_schema=False)
_LONGEST_REFERENCE: Final = 600
_STATUSES: Final = (
    PortalStatus.SUBMITTED,
    PortalStatus.ACCEPTED,
    PortalStatus.IN_PROCESS,
    PortalStatus.SUPPLEMENT_OWED,
    PortalStatus.PAYMENT_OWED,
    PortalStatus.DECIDED,
    PortalStatus.HANDED_OVER,
    PortalStatus.REFUSED,
    PortalStatus.WITHDRAWN,
    PortalStatus.STOPPED,
)


@router.post("/intake/dossiers")
async def search(
    screen: CurrentScreen,
    unit: Annotated[str, FormField(max_length=24)] = "",
    status: Annotated[str, FormField(max_length=2)] = "",
    q: Annotated[str, FormField(max_length=100)] = "",
) -> Response:
    """The list's own form: what was typed leads to an address in which no person's number stands."""
    return to_list(screen, unit, status, q)


@router.get("/intake/counts.json")
async def counts(screen: CurrentScreen) -> WaitingCount:
    """What stands beside the pages of the sidebar."""
    units = sorted(screen.clerk.units(Role.CLERK))
    results = await count_results(screen.process, units)
    return WaitingCount(waiting=await waiting_submissions(screen.process, units), results=results.waiting)


@router.get("/intake/dossiers")
async def dossiers(
    screen: CurrentScreen,
    unit: Annotated[str, Query(max_length=24)] = "",
    status: Annotated[str, Query(max_length=2)] = "",
    q: Annotated[str, Query(max_length=100)] = "",
    search: Annotated[str, Query(max_length=_LONGEST_REFERENCE)] = "",
    after: After = None,
) -> Response:
    """`q` is a code or a number of ours, `search` the reference of anything else that was typed."""
    chosen = unit or min(screen.clerk.units(Role.CLERK))
    screen.clerk.require(Role.CLERK, chosen)
    if names_person(q):
        return to_list(screen, unit, status, q)
    wanted = _status(status)
    form, typed, listing, code = await _list(screen, chosen, wanted, q, search, after)
    looked_for = listing.search if listing else None
    page: Page[ListedDossier] = listing.page if listing else Page([], None)
    more = _query(unit=chosen, status=form.value("status"), q=q, search=search, after=page.next) if page.next else None
    return screen.render(
        "dossiers.html",
        form,
        chosen,
        code,
        statuses=_STATUSES,
        unanswered_since=_unanswered_since(screen),
        searched=listing is not None,
        search=looked_for,
        text=(looked_for and looked_for.quoted) or typed.strip(),
        wanted=wanted,
        begun=bool(after),
        unit_name=screen.clerk.unit_name(chosen),
        lines=page.rows,
        next=more and f"/intake/dossiers?{more}",
    )


def _unanswered_since(screen: ClerkScreen) -> datetime:
    """What was asked for before that, and has not come, is called unanswered."""
    days = intake_settings(screen.process.settings).owed_unanswered_days
    return screen.process.clock() - timedelta(days=days)


async def _list(
    screen: ClerkScreen, unit: str, status: PortalStatus | None, q: str, search: str, after: str | None
) -> tuple[Form[Any], str, FoundDossiers | None, int]:
    """The form with what was typed, that text, the list if it can be read, and the HTTP status."""
    form, typed = blank(unit=unit, status=status and int(status), q=q), q
    try:
        typed = _typed(screen, search) if search else q
        form = blank(unit=unit, status=status and int(status), q=typed)
        return form, typed, await list_dossiers(screen.process, unit, status, typed, after), HTTPStatus.OK
    except Refusal as refusal:
        return form.refused(refusal), typed, None, int(refusal.status)


def to_list(screen: ClerkScreen, unit: str, status: str, typed: str) -> Response:
    """The list with what was typed, under an address in which no person's number stands."""
    wanted = {"unit": unit, "status": status, "q": typed}
    if names_person(typed):
        keys, now = keys_of(screen.process.settings), screen.process.clock()
        wanted |= {"q": "", "search": seal_search(keys, screen.clerk.staff_id, typed, now)}
    return RedirectResponse(f"/intake/dossiers?{_query(**wanted)}", HTTPStatus.SEE_OTHER)


def _typed(screen: ClerkScreen, reference: str) -> str:
    """Raises SearchEnded."""
    return open_search(keys_of(screen.process.settings), screen.clerk.staff_id, reference, screen.process.clock())


def _query(**given: str) -> str:
    return urlencode({name: value for name, value in given.items() if value})


def _status(typed: str) -> PortalStatus | None:
    """None, which is any status, for what the page does not offer."""
    return next((status for status in _STATUSES if typed == str(int(status))), None)
