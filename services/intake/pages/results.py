"""Results that wait at the counter: one is found by what the citizen holds, and what waits long is reminded of."""

# ruff: noqa: FAST003 -- `dossier` of the path is read by DossierCommand, which ruff does not look into

from http import HTTPStatus
from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response
from fastapi import Form as FormField
from fastapi.responses import RedirectResponse

from contracts.refusal import Refusal
from contracts.values import PortalStatus, Role
from services.intake.commands.dossiers import CurrentCommand
from services.intake.pages.dossiers import to_list
from services.intake.pages.forms import ReminderForm
from services.intake.pages.screen import ClerkScreen, CurrentScreen
from services.intake.queries.dossiers import list_dossiers
from services.intake.queries.results import count_results, waiting_results
from services.intake.queries.search import names_person
from services.intake.schemas.requests import RemindApplicant
from web import drafts
from web.drafts import DraftId
from web.forms import SHOWN, blank, read_form
from web.paging import After

router = APIRouter(include_in_schema=False)
_PAGE: Final = "/intake/results"
_LONG: Final = "long"


@router.get(_PAGE)
async def results(
    screen: CurrentScreen,
    unit: Annotated[str, Query(max_length=24)] = "",
    waits: Literal["", "long"] = "",
    after: After = None,
    draft: DraftId = "",
) -> Response:
    """`waits`: only what has waited for more than ten days. `draft`: a reminder that was refused."""
    refused = await drafts.opened(screen.request, screen.clerk, draft)
    unit = unit or (refused.notes.get("unit", "") if refused else "")
    chosen = unit or min(screen.clerk.units(Role.CLERK))
    screen.clerk.require(Role.CLERK, chosen)
    page = await waiting_results(screen.process, chosen, after, only_long=waits == _LONG)
    more = _address(unit=chosen, waits=waits, after=page.next) if page.next else None
    return screen.render(
        "results.html",
        blank(unit=chosen),
        chosen,
        counts=await count_results(screen.process, [chosen]),
        waits=waits,
        views=[("", _address(unit=chosen)), (_LONG, _address(unit=chosen, waits=_LONG))],
        lines=page.rows,
        next=more,
        problems=refused.problems if refused else (),
    )


@router.post(_PAGE)
async def scan(
    screen: CurrentScreen,
    unit: Annotated[str, FormField(max_length=24)] = "",
    q: Annotated[str, FormField(max_length=100)] = "",
) -> Response:
    """What was scanned or typed leads to the one result that it is, or to the list of those that it may be."""
    chosen = unit or min(screen.clerk.units(Role.CLERK))
    screen.clerk.require(Role.CLERK, chosen)
    if not q.strip():
        return RedirectResponse(_address(unit=chosen), HTTPStatus.SEE_OTHER)
    dossier = await _only_one(screen, chosen, q)
    if dossier is None:
        return to_list(screen, chosen, str(int(PortalStatus.DECIDED)), q)
    return RedirectResponse(f"/intake/dossiers/{dossier}/hand-over", HTTPStatus.SEE_OTHER)


@router.post("/intake/dossiers/{dossier}/remind")
async def remind(command: CurrentCommand, screen: CurrentScreen) -> Response:
    form = await read_form(screen.request, ReminderForm, screen.pages.texts)
    unit = form.data.unit if form.data else ""
    try:
        await command.run(RemindApplicant())
    except Refusal as refusal:
        if refusal.status not in SHOWN:
            raise
        draft = await drafts.sent(screen.request, form.refused(refusal), seen=command.seen, notes={"unit": unit})
        return await drafts.lead_to(screen.request, screen.clerk, draft, _PAGE)
    return RedirectResponse(_address(unit=unit, waits=_LONG), HTTPStatus.SEE_OTHER)


async def _only_one(screen: ClerkScreen, unit: str, typed: str) -> str | None:
    """The id of the unit's one result that this is; a code or number of ours may be that of a dossier without a result yet."""
    statuses = (PortalStatus.DECIDED,) if names_person(typed) else (PortalStatus.DECIDED, None)
    for status in statuses:
        rows = (await list_dossiers(screen.process, unit, status, typed, None)).page.rows
        if rows:
            return str(rows[0].row["id"]) if len(rows) == 1 else None
    return None


def _address(**given: str) -> str:
    return f"{_PAGE}?{urlencode({name: value for name, value in given.items() if value})}"
