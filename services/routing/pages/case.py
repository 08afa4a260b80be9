"""One case: its facts and history, and what its reader may do about it. Works without scripts, and while intake is away."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Final, Literal, TypeVar

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.process import CurrentProcess, Process
from contracts.refusal import Refusal
from contracts.values import Identifier
from messaging.commands import Answer
from services.routing.access import Worker, actor_in
from services.routing.commands import Assigning, Deciding, run_assign, run_decide
from services.routing.domain.assignment import Competent, Load
from services.routing.domain.case import Actor, Case, State
from services.routing.domain.due import days_left
from services.routing.domain.history import HistoryLine
from services.routing.domain.refusals import CaseUnknown
from services.routing.freshness import freshness
from services.routing.repository import cases, officers
from web.conditional import IfMatch
from web.forms import Form, blank, read_form
from web.idempotency import IdempotencyKey
from web.pages import CurrentPages, Pages
from web.principal import Principal

router = APIRouter(prefix="/routing/cases", include_in_schema=False)
M = TypeVar("M", bound=BaseModel)
Done = Literal["decided", "assigned"]
# The form's own page shows these; any other refusal has a page of its own.
SHOWN: Final = frozenset({HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED, HTTPStatus.UNPROCESSABLE_ENTITY})


@dataclass(frozen=True, slots=True)
class Loaded:
    """A case as its page shows it, and to whom it could be given, with how much each has."""

    case: Case
    history: list[HistoryLine]
    actor: Actor
    colleagues: list[Competent]
    loads: Mapping[str, Load]

    @property
    def is_mine(self) -> bool:
        return self.case.officer is not None and self.case.officer.id == self.actor.person.id

    @property
    def can_decide(self) -> bool:
        return self.case.state is not State.DECIDED and (self.actor.leads or self.is_mine)

    @property
    def can_take(self) -> bool:
        return self.case.state is State.UNASSIGNED and any(c.person.id == self.actor.person.id for c in self.colleagues)

    @property
    def choices(self) -> list[tuple[str, str, int]]:
        """(staff id, name, open cases) of everybody but the one who has it."""
        holder = self.case.officer.id if self.case.officer else None
        people = [one.person for one in self.colleagues if one.person.id != holder]
        return [(person.id, person.name, self.loads.get(person.id, Load()).open) for person in people]


@dataclass(frozen=True, slots=True)
class Desk:
    """One request about one case."""

    request: Request
    process: Process
    pages: Pages
    person: Principal
    case: str

    async def load(self) -> Loaded:
        async with self.process.database.connect() as connection:
            case = await cases.find_case(connection, self.case)
            if case is None:
                raise CaseUnknown
            unit = case.competent_unit.id
            actor = actor_in(self.person, unit)
            colleagues = (await officers.officers(connection, [unit]))[unit]
            loads = await officers.loads(connection, [one.person.id for one in colleagues])
            return Loaded(case, await cases.history(connection, case.id), actor, colleagues, loads)

    async def page(self, form: Form[M] | None = None, *, status: int = HTTPStatus.OK, done: Done | None = None) -> Response:
        loaded = await self.load()
        verdict = loaded.case.verdict
        until = verdict.at if verdict else self.process.clock()
        return self.pages.render(
            self.request,
            "case.html",
            status=status,
            loaded=loaded,
            case=loaded.case,
            days=days_left(loaded.case.promised_at, until),
            form=form or blank(),
            done=done,
            fresh=freshness(self.process),
        )

    async def submit(self, model: type[M], run: Callable[[M], Awaitable[Answer]], done: Done) -> Response:
        """Do what the form asks and go back to the page; or show the page again with what is wrong."""
        form = await read_form(self.request, model, self.pages.texts)
        if form.data is None:
            return await self.page(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            await run(form.data)
        except Refusal as refusal:
            if refusal.status not in SHOWN:
                raise
            return await self.page(form.refused(refusal), status=refusal.status)
        return RedirectResponse(f"/routing/cases/{self.case}?done={done}", HTTPStatus.SEE_OTHER)


async def at_desk(
    request: Request, process: CurrentProcess, pages: CurrentPages, person: Worker, case: Annotated[Identifier, Path()]
) -> Desk:
    return Desk(request, process, pages, person, case)


@router.get("/{case}")
async def show(desk: Annotated[Desk, Depends(at_desk)], done: Done | None = None) -> Response:
    return await desk.page(done=done)


@router.post("/{case}/decide")
async def decide(desk: Annotated[Desk, Depends(at_desk)], key: IdempotencyKey, seen: IfMatch) -> Response:
    return await desk.submit(
        Deciding, lambda given: run_decide(desk.process, desk.person, key, desk.case, seen, given), "decided"
    )


@router.post("/{case}/assign")
async def assign(desk: Annotated[Desk, Depends(at_desk)], key: IdempotencyKey, seen: IfMatch) -> Response:
    return await desk.submit(
        Assigning, lambda given: run_assign(desk.process, desk.person, key, desk.case, seen, given), "assigned"
    )
