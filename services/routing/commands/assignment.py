"""Cases are given to officers, one or many at once."""

from collections.abc import Iterable
from typing import Final

from chassis.process import Process
from contracts.values import Role
from messaging.command_table import Answer, Command, CommandEntry, CommandKey, Load, UnitOfWork
from services.routing.access import actor_of
from services.routing.commands.case import STAFF, case_of, each_by_itself, worker, worker_who_has_seen_it
from services.routing.domain.case import Case
from services.routing.domain.history import Person
from services.routing.domain.stranded import needs_hand
from services.routing.handlers.work import Assignee, assign
from services.routing.repository.cases import CASE_STORE
from services.routing.schemas.requests import AssignCase, AssignCases
from services.routing.schemas.views import CaseChanged, CasesAssigned
from web import correlation
from web.principal import Principal


def _assign(command: Command[AssignCase], work: UnitOfWork) -> Answer:
    return Answer(_assigned(case_of(command, work), command.body.officer, command.by, work).model_dump(mode="json"))


def _assign_many(command: Command[AssignCases], work: UnitOfWork) -> Answer:
    assigned, refused = each_by_itself(command, work, lambda case: _assigned(case, command.body.officer, command.by, work))
    return Answer(CasesAssigned(assigned=assigned, refused=refused).model_dump(mode="json"))


def _assigned(case: Case, officer: str, by: Principal, work: UnitOfWork) -> CaseChanged:
    actor = actor_of(by, case)
    stranded = case.officer is not None and needs_hand(case, work.get(STAFF, case.officer.id)) is not None
    decision = assign(case, _assignee(officer, case, work), actor, work.now, stranded=stranded)
    return CaseChanged.model_validate(work.record(CASE_STORE, decision))


def _assignee(officer: str, case: Case, work: UnitOfWork) -> Assignee:
    staff = work.get(STAFF, officer)
    if staff is None:
        return Assignee(Person(officer, officer), officer_here=False)
    posts = [post for post in staff.posts if post.unit == case.competent_unit.id and post.role is Role.OFFICER]
    return Assignee(Person(staff.id, staff.name), officer_here=staff.active and bool(posts))


def _cases(command: Command[AssignCases], _: UnitOfWork) -> Iterable[str]:
    return {seen.case for seen in command.body.cases}


def _officers(command: Command[AssignCase] | Command[AssignCases], work: UnitOfWork) -> Iterable[str]:
    """Who is to have the cases, and who has them."""
    ids = _cases(command, work) if isinstance(command.body, AssignCases) else (command.target,)
    cases = [work.get(CASE_STORE, ident) for ident in ids]
    return {command.body.officer, *(case.officer.id for case in cases if case is not None and case.officer is not None)}


ENTRIES: Final = (
    CommandEntry(body=AssignCase, handler=_assign, may=worker_who_has_seen_it, loads=(Load(CASE_STORE), Load(STAFF, _officers))),
    CommandEntry(body=AssignCases, handler=_assign_many, may=worker, loads=(Load(CASE_STORE, _cases), Load(STAFF, _officers))),
)


async def assign_many(process: Process, person: Principal, request: AssignCases, key: str) -> CasesAssigned:
    """Give each of them on, or say why not."""
    command = Command(
        body=request,
        by=person,
        key=CommandKey.of(key, person.staff_id, "assign many", request.model_dump_json()),
        correlation=correlation.current(),
    )
    return CasesAssigned.model_validate((await process.commands.run(command)).body)
