"""Work lists, one case, and what is done to it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from chassis.process import CurrentProcess
from contracts.values import Identifier, UnitId
from messaging.command_table import Answer
from services.routing.access import Worker
from services.routing.commands import assignment
from services.routing.commands.case import CaseCommand, CaseId, case_command
from services.routing.domain.due import Due
from services.routing.domain.work_list import ListKind
from services.routing.queries.case import case_detail
from services.routing.queries.lists import ME, ListRequest, case_page
from services.routing.schemas.requests import AssignCase, AssignCases, DecideCase
from services.routing.schemas.views import CaseChanged, CaseDetail, CasePage, CasesAssigned
from web.conditional import set_etag
from web.idempotency import IdempotencyKey
from web.paging import After

router = APIRouter(prefix="/api/routing/cases", tags=["cases"])


@router.get("")
async def list_cases(
    process: CurrentProcess,
    person: Worker,
    unit: Annotated[UnitId | None, Query(description="one unit; without it all in which you are officer or leader")] = None,
    officer: Annotated[Identifier, Query(description="me, all, or a staff id")] = ME,
    state: ListKind = ListKind.OPEN,
    due: Due | None = None,
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> CasePage:
    """Open and unassigned cases by promised date, decided ones newest first. `officer` says nothing about unassigned ones.

    Those that need a hand are counted among the unassigned ones; `needs-hand` lists them alone.
    """
    query = ListRequest(scope=officer, unit=unit, kind=state, due=due).query(person, after, limit)
    async with process.reads.connect() as connection:
        return await case_page(connection, query, process.clock())


@router.get("/{case}")
async def one_case(process: CurrentProcess, person: Worker, case: CaseId, response: Response) -> CaseDetail:
    """The case with its history; its ETag is its version."""
    async with process.reads.connect() as connection:
        detail = await case_detail(connection, person, case)
    set_etag(response, detail.version)
    return detail


@router.post("/assign")
async def assign_many(process: CurrentProcess, person: Worker, request: AssignCases, key: IdempotencyKey) -> CasesAssigned:
    """Give many cases to one officer, those of somebody who has left for example. Each is given, or refused with its reason."""
    return await assignment.assign_many(process, person, request, key)


@router.post("/{case}/decide")
async def decide(command: Annotated[CaseCommand, Depends(case_command)], request: DecideCase, response: Response) -> CaseChanged:
    """Grant or decline: the officer who has the case, or one who leads the unit."""
    return changed(await command.run(request), response)


@router.post("/{case}/assign")
async def assign(command: Annotated[CaseCommand, Depends(case_command)], request: AssignCase, response: Response) -> CaseChanged:
    """Give it to an officer of the unit (leaders), or take one that nobody has (officers)."""
    return changed(await command.run(request), response)


def changed(answer: Answer, response: Response) -> CaseChanged:
    """With the version that the next command has to name."""
    changed = CaseChanged.model_validate(answer.body)
    set_etag(response, changed.version)
    return changed
