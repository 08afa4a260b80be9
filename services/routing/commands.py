"""The table command -> handler, and what each must load. A command of a program and one of a page are the same `CaseCommand`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Path

from chassis.process import CurrentProcess, Process
from contracts.directory import StaffV1
from contracts.refusal import Refusal
from contracts.values import Identifier, Role
from messaging.command_table import Answer, Command, CommandEntry, CommandKey, CommandTable, Load, UnitOfWork
from messaging.copied import Copied
from messaging.handler_table import Decision
from services.routing.access import ROLES, Worker, actor_of, units_of
from services.routing.domain.absence import Absence, note_absence
from services.routing.domain.case import Case
from services.routing.domain.history import Person
from services.routing.domain.refusals import CaseUnknown
from services.routing.domain.stranded import needs_hand
from services.routing.handlers import Assignee, assign, decide
from services.routing.repository.absences import ABSENCES
from services.routing.repository.cases import CASE_STORE
from services.routing.schemas import AssignCase, AssignCases, CaseChanged, CasesAssigned, DecideCase, NoteAbsence, RefusedCase
from web import correlation
from web.conditional import IfMatch, require_current
from web.idempotency import IdempotencyKey
from web.principal import Forbidden, Principal

CaseId = Annotated[Identifier, Path(description="the dossier's id")]
STAFF: Final = Copied(StaffV1)


def _decide(command: Command[DecideCase], work: UnitOfWork) -> Answer:
    case = _case(command, work)
    actor = actor_of(command.by, case)
    return _changed(work, decide(case, command.body.ruling(), actor, work.now))


def _assign(command: Command[AssignCase], work: UnitOfWork) -> Answer:
    return Answer(_assigned(_case(command, work), command.body.officer, command.by, work).model_dump(mode="json"))


def _assign_many(command: Command[AssignCases], work: UnitOfWork) -> Answer:
    """Each by itself: a refusal touches its own case only."""
    assigned, refused = [], []
    for seen in command.body.cases:
        try:
            case = work.get(CASE_STORE, seen.case)
            if case is None:
                raise CaseUnknown
            actor_of(command.by, case)
            require_current(seen.version, case.version)
            assigned.append(_assigned(case, command.body.officer, command.by, work))
        except Refusal as refusal:
            refused.append(RefusedCase(case=seen.case, code=refusal.code, vi=refusal.vi, en=refusal.en))
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


def _changed(work: UnitOfWork, decision: Decision[Case]) -> Answer:
    return Answer(CaseChanged.model_validate(work.record(CASE_STORE, decision)).model_dump(mode="json"))


def _case(command: Command[Any], work: UnitOfWork) -> Case:
    case = work.get(CASE_STORE, command.target)
    if case is None:
        raise CaseUnknown
    return case


def _worker_who_has_seen_it(command: Command[Any], work: UnitOfWork) -> None:
    """Raises CaseUnknown, Forbidden or StaleWrite."""
    case = _case(command, work)
    actor_of(command.by, case)
    require_current(command.seen, case.version)


def _note_absence(command: Command[NoteAbsence], work: UnitOfWork) -> Answer:
    """Who may is asked of the officer's posts."""
    body, by = command.body, command.by
    absence = Absence(**dict(body), noted_by=by.staff_id)
    noted = note_absence(absence, work.get(STAFF, body.officer), work.get(STAFF, body.deputy), by.units(Role.LEADER))
    work.save(ABSENCES, noted)
    return Answer(NoteAbsence.model_validate(noted).model_dump(mode="json"))


def _worker(command: Command[AssignCases] | Command[NoteAbsence], _: UnitOfWork) -> None:
    """Of which unit is asked case by case. Raises Forbidden."""
    if not units_of(command.by):
        raise Forbidden(ROLES)


def _absent(command: Command[NoteAbsence], _: UnitOfWork) -> Iterable[str]:
    yield command.body.officer


def _absent_and_deputy(command: Command[NoteAbsence], _: UnitOfWork) -> Iterable[str]:
    return {command.body.officer, command.body.deputy}


def _cases(command: Command[AssignCases], _: UnitOfWork) -> Iterable[str]:
    return {seen.case for seen in command.body.cases}


def _officers(command: Command[AssignCase] | Command[AssignCases], work: UnitOfWork) -> Iterable[str]:
    """Who is to have the cases, and who has them."""
    ids = _cases(command, work) if isinstance(command.body, AssignCases) else (command.target,)
    cases = [work.get(CASE_STORE, ident) for ident in ids]
    return {command.body.officer, *(case.officer.id for case in cases if case is not None and case.officer is not None)}


COMMANDS: Final = CommandTable(
    order=(CASE_STORE, ABSENCES, STAFF),
    entries=(
        CommandEntry(body=DecideCase, handler=_decide, may=_worker_who_has_seen_it, loads=(Load(CASE_STORE),)),
        CommandEntry(
            body=AssignCase, handler=_assign, may=_worker_who_has_seen_it, loads=(Load(CASE_STORE), Load(STAFF, _officers))
        ),
        CommandEntry(
            body=AssignCases, handler=_assign_many, may=_worker, loads=(Load(CASE_STORE, _cases), Load(STAFF, _officers))
        ),
        CommandEntry(
            body=NoteAbsence,
            handler=_note_absence,
            may=_worker,
            loads=(Load(ABSENCES, _absent), Load(STAFF, _absent_and_deputy)),
        ),
    ),
)
_ACTIONS: Final = {DecideCase: "decide", AssignCase: "assign"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCommand:
    """Whose command it is, on which case, made on which version of it, under which Idempotency-Key."""

    process: Process
    person: Principal
    case_id: str
    version: int
    key: str

    async def run(self, request: DecideCase | AssignCase) -> Answer:
        """Raises a Refusal, and then nothing has happened. What could decide no case is refused before anything is locked."""
        if isinstance(request, DecideCase):
            request.ruling()
        route = f"{_ACTIONS[type(request)]} {self.case_id}"
        command = Command(
            body=request,
            by=self.person,
            target=self.case_id,
            seen=self.version,
            key=CommandKey.of(self.key, self.person.staff_id, route, request.model_dump_json()),
            correlation=correlation.current(),
        )
        return await self.process.commands.run(command)


async def assign_many(process: Process, person: Principal, request: AssignCases, key: str) -> CasesAssigned:
    """Give each of them on, or say why not."""
    command = Command(
        body=request,
        by=person,
        key=CommandKey.of(key, person.staff_id, "assign many", request.model_dump_json()),
        correlation=correlation.current(),
    )
    return CasesAssigned.model_validate((await process.commands.run(command)).body)


async def note(process: Process, person: Principal, request: NoteAbsence, key: str) -> NoteAbsence:
    """Raises a Refusal, and then nothing has happened."""
    command = Command(
        body=request,
        by=person,
        target=request.officer,
        key=CommandKey.of(key, person.staff_id, "note absence", request.model_dump_json()),
        correlation=correlation.current(),
    )
    return NoteAbsence.model_validate((await process.commands.run(command)).body)


async def case_command(
    process: CurrentProcess, person: Worker, case: CaseId, key: IdempotencyKey, version: IfMatch
) -> CaseCommand:
    """What the twin endpoints of API and pages have in common, whoever asks."""
    return CaseCommand(process=process, person=person, case_id=case, version=version, key=key)
