"""The work list: an officer's own cases come first, the whole unit's for a leader; the most urgent on top; numbers are links."""

from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from contracts.values import Count, Identifier, Role, UnitId
from services.routing.access import units_of
from services.routing.commands.assignment import assign_many
from services.routing.commands.case import CaseId
from services.routing.domain.due import Due
from services.routing.domain.work_list import ListKind
from services.routing.pages.screen import CurrentScreen, Screen
from services.routing.queries.case import case_record
from services.routing.queries.freshness import freshness
from services.routing.queries.lists import ALL, ME, ListRequest, read_work_list
from services.routing.schemas.requests import GiveOn
from web import drafts
from web.drafts import Draft, DraftId
from web.forms import blank, read_form
from web.idempotency import IdempotencyKey
from web.paging import After

router = APIRouter(prefix="/routing/cases", include_in_schema=False)


class Address(ListRequest):
    """A work list; `href` is the address of another one that differs in some way."""

    def href(self, **changes: Any) -> str:
        other = replace(self, **changes)
        query = {"officer": other.scope, "state": other.kind, "unit": other.unit, "due": other.due}
        return "/routing/cases?" + urlencode({name: value for name, value in query.items() if value is not None})

    def next(self, cursor: str | None) -> str | None:
        return f"{self.href()}&{urlencode({'after': cursor})}" if cursor else None

    def beside(self, case: str, after: str | None) -> str:
        """The same page of the list with a case beside it."""
        return f"{self.next(after) or self.href()}&{urlencode({'case': case})}"


async def _list(
    screen: Screen,
    address: Address,
    after: str | None = None,
    draft: Draft | None = None,
    *,
    opened: str | None = None,
    lost: bool = False,
    given: int | None = None,
    kept: int = 0,
) -> Response:
    """`given`, `kept`: how many were given on just now, and how many could not be. `opened`: the case beside the list."""
    now = screen.process.clock()
    query = address.query(screen.person, after)
    async with screen.process.reads.connect() as connection:
        listing = await read_work_list(connection, address, query, screen.person, now)
        record = await case_record(connection, screen.person, opened, now) if opened else None
    following = _after(opened, [row.id for row in listing.page.rows]) if opened else None
    return screen.pages.render(
        screen.request,
        "cases.html",
        draft=draft,
        lost=lost,
        address=address,
        listing=listing,
        units=[(ident, screen.person.unit_name(ident)) for ident in units_of(screen.person)],
        rows=list(zip(listing.page.rows, listing.left, strict=True)),
        stranded=list(zip(listing.stranded, listing.stranded_left, strict=True)),
        next_page=address.next(listing.page.next),
        opened=record,
        following=address.beside(following, after) if following else None,
        beside=lambda case: address.beside(case, after),
        form=draft.form(GiveOn, screen.pages.texts) if draft else blank(),
        given=given,
        kept=kept,
        fresh=freshness(screen.process),
        Due=Due,
        ListKind=ListKind,
    )


def _after(opened: str, shown: Sequence[str]) -> str | None:
    """The case below this one on the page; the first, where this one has left the list."""
    return next(iter(shown[shown.index(opened) + 1 :] if opened in shown else shown), None)


@router.get("")
async def work_list(
    screen: CurrentScreen,
    officer: Identifier | None = None,
    unit: UnitId | None = None,
    state: ListKind = ListKind.OPEN,
    due: Due | None = None,
    after: After = None,
    given: Count | None = None,
    kept: Count = 0,
    draft: DraftId = "",
    case: CaseId | None = None,
) -> Response:
    typed = await drafts.opened(screen.request, screen.person, draft)
    scope = officer or (ALL if typed or not screen.person.has(Role.OFFICER) else ME)
    address = Address(scope=scope, unit=unit, kind=state, due=due)
    return await _list(screen, address, after, typed, opened=case, lost=bool(draft) and typed is None, given=given, kept=kept)


@router.post("/assign")
async def give_on(screen: CurrentScreen, key: IdempotencyKey) -> Response:
    """Many cases to one officer: what could not be given stays in the list, and the page says how many."""
    address = Address(scope=ALL)
    form = await read_form(screen.request, GiveOn, screen.pages.texts)
    if form.data is None:
        return await drafts.lead_to(screen.request, screen.person, await drafts.sent(screen.request, form))
    outcome = await assign_many(screen.process, screen.person, form.data.request(), key)
    await drafts.done(screen.request, screen.person)
    counts = urlencode({"given": len(outcome.assigned), "kept": len(outcome.refused)})
    return RedirectResponse(f"{address.href()}&{counts}", HTTPStatus.SEE_OTHER)
