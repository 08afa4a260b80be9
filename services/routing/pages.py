"""The pages of routing: the work list, and one case with what its reader may do. Without scripts, and while intake is away.

On the work list an officer's own cases come first, the whole unit's for a leader; the most urgent on top, every number a link. A
decision cannot be taken back, so a page of its own asks first: no Enter and no slip of the mouse decides a case.
"""

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from fastapi import Form as FormField
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.process import CurrentProcess, Process
from contracts.civil import civil_day
from contracts.refusal import Refusal
from contracts.values import Count, Identifier, Role, UnitId
from services.routing import queries
from services.routing.access import Worker, units_of
from services.routing.commands import CaseCommand, CaseId, assign_many, case_command, note
from services.routing.domain.case import may_decide
from services.routing.domain.due import Due
from services.routing.domain.work_list import ListKind
from services.routing.queries import ALL, ME, CaseRecord, ListRequest, freshness
from services.routing.schemas import AssignCase, DecideCase, GiveOn, NoteAbsence
from web.conditional import require_current
from web.forms import Form, blank, read_form
from web.idempotency import IdempotencyKey
from web.pages import CurrentPages, Pages
from web.paging import After
from web.principal import Principal

router = APIRouter(prefix="/routing/cases", include_in_schema=False)
absence_router = APIRouter(prefix="/routing/absences", include_in_schema=False)
M = TypeVar("M", DecideCase, AssignCase)
Done = Literal["decided", "assigned"]
Sure = Literal["", "yes", "no"]
# The form's own page shows these; any other refusal has a page of its own.
SHOWN: Final = frozenset({HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED, HTTPStatus.UNPROCESSABLE_ENTITY})


class Address(ListRequest):
    """A work list; `href` is the address of another one that differs in some way."""

    def href(self, **changes: Any) -> str:
        other = replace(self, **changes)
        query = {"officer": other.scope, "state": other.kind, "unit": other.unit, "due": other.due}
        return "/routing/cases?" + urlencode({name: value for name, value in query.items() if value is not None})

    def next(self, cursor: str | None) -> str | None:
        return f"{self.href()}&{urlencode({'after': cursor})}" if cursor else None


@dataclass(frozen=True, slots=True)
class CaseScreen:
    """The work list, or the page of one case, for one request."""

    request: Request
    process: Process
    pages: Pages
    person: Principal

    async def list(
        self,
        address: Address,
        after: str | None = None,
        form: Form[Any] | None = None,
        *,
        status: int = HTTPStatus.OK,
        given: int | None = None,
        kept: int = 0,
    ) -> Response:
        """`given`, `kept`: how many cases were given on just now, and how many could not be."""
        now = self.process.clock()
        query = address.query(self.person, after)
        async with self.process.reads.connect() as connection:
            listing = await queries.work_list(connection, address, query, self.person, now)
        return self.pages.render(
            self.request,
            "cases.html",
            status=status,
            address=address,
            listing=listing,
            units=[(ident, self.person.unit_name(ident)) for ident in units_of(self.person)],
            rows=list(zip(listing.page.rows, listing.left, strict=True)),
            stranded=list(zip(listing.stranded, listing.stranded_left, strict=True)),
            next_page=address.next(listing.page.next),
            form=form or blank(),
            given=given,
            kept=kept,
            fresh=freshness(self.process),
            Due=Due,
            ListKind=ListKind,
        )

    async def show(
        self,
        case_id: str,
        form: Form[Any] | None = None,
        *,
        status: int = HTTPStatus.OK,
        done: Done | None = None,
        seen: int | None = None,
    ) -> Response:
        """`seen`: the version that the sender of the form had before their eyes; what happened since is shown."""
        record = await self._record(case_id)
        return self.pages.render(
            self.request,
            "case.html",
            status=status,
            record=record,
            case=record.case,
            form=form or blank(),
            done=done,
            meanwhile=[line for line in record.history if seen is not None and line.number > seen],
            fresh=freshness(self.process),
        )

    async def submit(self, command: CaseCommand, model: type[M], done: Done) -> Response:
        """Do what the form asks and go back to the page; or show the page again with what is wrong."""
        form = await read_form(self.request, model, self.pages.texts)
        try:
            if form.data is None:
                return await self.show(command.case_id, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
            await command.run(form.data)
        except Refusal as refusal:
            return await self._refused(command, form, refusal)
        return RedirectResponse(f"/routing/cases/{command.case_id}?done={done}", HTTPStatus.SEE_OTHER)

    async def ask(self, command: CaseCommand) -> Response:
        """What would be decided, to be confirmed; what could not be is refused before anybody is asked."""
        form = await read_form(self.request, DecideCase, self.pages.texts)
        record = await self._record(command.case_id)
        try:
            if form.data is None:
                return await self.show(command.case_id, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
            form.data.ruling()
            require_current(command.version, record.case.version)
            may_decide(record.case, record.actor)
        except Refusal as refusal:
            return await self._refused(command, form, refusal)
        return self.pages.render(self.request, "decide.html", case=record.case, ruling=form.data, command=command)

    async def change(self, command: CaseCommand) -> Response:
        """The page again, with what was typed: nothing is decided."""
        return await self.show(command.case_id, await read_form(self.request, DecideCase, self.pages.texts))

    async def _refused(self, command: CaseCommand, form: Form[Any], refusal: Refusal) -> Response:
        if refusal.status not in SHOWN:
            raise refusal
        return await self.show(command.case_id, form.refused(refusal), status=refusal.status, seen=command.version)

    async def _record(self, case_id: str) -> CaseRecord:
        async with self.process.reads.connect() as connection:
            return await queries.case_record(connection, self.person, case_id, self.process.clock())


async def case_screen(request: Request, process: CurrentProcess, pages: CurrentPages, person: Worker) -> CaseScreen:
    return CaseScreen(request, process, pages, person)


Screen = Annotated[CaseScreen, Depends(case_screen)]


@router.get("")
async def work_list(
    screen: Screen,
    officer: Identifier | None = None,
    unit: UnitId | None = None,
    state: ListKind = ListKind.OPEN,
    due: Due | None = None,
    after: After = None,
    given: Count | None = None,
    kept: Count = 0,
) -> Response:
    scope = officer or (ME if screen.person.has(Role.OFFICER) else ALL)
    return await screen.list(Address(scope=scope, unit=unit, kind=state, due=due), after, given=given, kept=kept)


@router.post("/assign")
async def give_on(screen: Screen, key: IdempotencyKey) -> Response:
    """Many cases to one officer: what could not be given stays in the list, and the page says how many."""
    address = Address(scope=ALL)
    form = await read_form(screen.request, GiveOn, screen.pages.texts)
    if form.data is None:
        return await screen.list(address, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    outcome = await assign_many(screen.process, screen.person, form.data.request(), key)
    counts = urlencode({"given": len(outcome.assigned), "kept": len(outcome.refused)})
    return RedirectResponse(f"{address.href()}&{counts}", HTTPStatus.SEE_OTHER)


@router.get("/{case}")
async def show(screen: Screen, case: CaseId, done: Done | None = None) -> Response:
    return await screen.show(case, done=done)


@router.post("/{case}/decide")
async def decide(
    screen: Screen, command: Annotated[CaseCommand, Depends(case_command)], sure: Annotated[Sure, FormField()] = ""
) -> Response:
    """Asked for, confirmed (`yes`) or thought better of (`no`)."""
    if sure == "yes":
        return await screen.submit(command, DecideCase, "decided")
    return await (screen.change(command) if sure else screen.ask(command))


@router.post("/{case}/assign")
async def assign(screen: Screen, command: Annotated[CaseCommand, Depends(case_command)]) -> Response:
    return await screen.submit(command, AssignCase, "assigned")


@absence_router.get("")
async def absences(screen: Screen) -> Response:
    return await _absences(screen, blank(officer=screen.person.staff_id))


@absence_router.post("")
async def note_absence(screen: Screen, key: IdempotencyKey) -> Response:
    """Back to the page; or again with what is wrong."""
    form = await read_form(screen.request, NoteAbsence, screen.pages.texts)
    if form.data is None:
        return await _absences(screen, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        await note(screen.process, screen.person, form.data, key)
    except Refusal as refusal:
        return await _absences(screen, form.refused(refusal), refusal.status)
    return RedirectResponse("/routing/absences", HTTPStatus.SEE_OTHER)


async def _absences(screen: CaseScreen, form: Form[Any], status: int = HTTPStatus.OK) -> Response:
    async with screen.process.reads.connect() as connection:
        noted, officers = await queries.absences(connection, screen.person)
    today, names = civil_day(screen.process.clock()), {ident: name for ident, name, _ in officers}
    shown = [absence for absence in noted if absence.last_day >= today]
    return screen.pages.render(
        screen.request, "absences.html", status=status, form=form, absences=shown, names=names, officers=officers
    )
