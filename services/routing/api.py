"""The JSON surface of routing: work lists, one case, the two commands."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from chassis.process import CurrentProcess
from contracts.intake import PaperRef, ProcedureRef, UnitRef
from contracts.values import Identifier, Lane, Outcome, UnitId
from services.routing.access import Worker, actor_in, units_of
from services.routing.commands import Assigning, Deciding, run_assign, run_decide
from services.routing.domain.case import Case, State
from services.routing.domain.due import Due
from services.routing.domain.history import HistoryLine, Transition
from services.routing.domain.refusals import CaseUnknown
from services.routing.repository import cases, lists
from services.routing.repository.lists import Cursor, Listed, Listing
from web.conditional import IfMatch, set_etag
from web.idempotency import IdempotencyKey

router = APIRouter(prefix="/api/routing/cases", tags=["cases"])
CaseId = Annotated[Identifier, Path(description="the dossier's id")]


class CaseLine(BaseModel):
    """A case as lists show it. Moments carry their zone; `version` is what If-Match wants."""

    id: str
    code: str
    version: int
    state: State
    competent_unit: UnitRef
    receiving_unit: UnitRef
    procedure: ProcedureRef
    accepted_at: datetime
    promised_at: datetime
    officer: str | None
    officer_name: str | None
    outcome: Outcome | None
    decided_at: datetime | None


class CasePage(BaseModel):
    """`next` goes into `after` for the next page; null on the last."""

    cases: list[CaseLine]
    next: str | None


class Person(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str


class Step(BaseModel):
    """A line of the history. `number` is the event's own; `by` is null where competence chose, `officer` where nobody has it."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    act: Annotated[Transition, Field(validation_alias="transition")]
    at: datetime
    by: Person | None
    officer: Person | None


class CaseWhole(CaseLine):
    lane: Lane
    papers: list[PaperRef]
    opened_at: datetime
    assigned_at: datetime | None
    result_number: str | None
    reason: str | None
    decided_by: Person | None
    history: list[Step]


class Changed(BaseModel):
    """The case after the command."""

    id: str
    version: int
    state: State


@router.get("")
async def list_cases(
    process: CurrentProcess,
    person: Worker,
    unit: Annotated[UnitId | None, Query(description="one unit; without it all in which you are officer or leader")] = None,
    officer: Annotated[Identifier, Query(description="me, all, or a staff id")] = "me",
    state: Listed = Listed.OPEN,
    due: Due | None = None,
    after: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> CasePage:
    """Open and unassigned cases by promised date, decided ones newest first. `officer` says nothing about unassigned ones."""
    wanted = Listing(
        units=units_of(person, unit),
        listed=state,
        officer=None if officer == "all" or state is Listed.UNASSIGNED else person.staff_id if officer == "me" else officer,
        due=due,
        after=Cursor.read(after) if after else None,
        most=limit,
    )
    async with process.database.connect() as connection:
        page = await lists.page(connection, wanted, process.clock())
    return CasePage(cases=[_line(row) for row in page.rows], next=str(page.next) if page.next else None)


@router.get("/{case}")
async def one_case(process: CurrentProcess, person: Worker, case: CaseId, response: Response) -> CaseWhole:
    """The case with its history; its ETag is its version."""
    async with process.database.connect() as connection:
        found = await cases.find_case(connection, case)
        if found is None:
            raise CaseUnknown
        actor_in(person, found.competent_unit.id)
        history = await cases.history(connection, case)
    set_etag(response, found.version)
    return _whole(found, history)


@router.post("/{case}/decide")
async def decide(
    process: CurrentProcess,
    person: Worker,
    case: CaseId,
    given: Deciding,
    key: IdempotencyKey,
    seen: IfMatch,
    response: Response,
) -> Changed:
    """Grant or decline: the officer who has the case, or one who leads the unit."""
    return _changed(await run_decide(process, person, key, case, seen, given), response)


@router.post("/{case}/assign")
async def assign(
    process: CurrentProcess,
    person: Worker,
    case: CaseId,
    given: Assigning,
    key: IdempotencyKey,
    seen: IfMatch,
    response: Response,
) -> Changed:
    """Give it to an officer of the unit (leaders), or take one that nobody has (officers)."""
    return _changed(await run_assign(process, person, key, case, seen, given), response)


def _changed(answer: Any, response: Response) -> Changed:
    changed = Changed.model_validate(answer.body)
    set_etag(response, changed.version)
    return changed


def _line(row: Any) -> CaseLine:
    return CaseLine(
        id=row.id,
        code=row.code,
        version=row.version,
        state=State.DECIDED if row.decided_at else State.ASSIGNED if row.officer else State.UNASSIGNED,
        competent_unit=UnitRef(id=row.competent_unit, name=row.competent_unit_name),
        receiving_unit=UnitRef(id=row.receiving_unit, name=row.receiving_unit_name),
        procedure=ProcedureRef.model_validate(row.procedure),
        accepted_at=row.accepted_at,
        promised_at=row.promised_at,
        officer=row.officer,
        officer_name=row.officer_name,
        outcome=row.outcome,
        decided_at=row.decided_at,
    )


def _whole(case: Case, history: list[HistoryLine]) -> CaseWhole:
    verdict = case.verdict
    return CaseWhole(
        id=case.id,
        code=case.code,
        version=case.version,
        state=case.state,
        lane=case.lane,
        competent_unit=case.competent_unit,
        receiving_unit=case.receiving_unit,
        procedure=case.procedure,
        papers=list(case.papers),
        accepted_at=case.accepted_at,
        promised_at=case.promised_at,
        opened_at=case.opened_at,
        officer=case.officer.id if case.officer else None,
        officer_name=case.officer.name if case.officer else None,
        assigned_at=case.assigned_at,
        outcome=verdict.ruling.outcome if verdict else None,
        result_number=verdict.ruling.result_number if verdict else None,
        reason=verdict.ruling.reason if verdict else None,
        decided_at=verdict.at if verdict else None,
        decided_by=Person.model_validate(verdict.by) if verdict else None,
        history=[Step.model_validate(line) for line in history],
    )
