"""The table command -> handler, and what each must load. A command of a program and one of a page are the same `CaseCommand`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Path

from chassis.process import CurrentProcess, Process
from contracts.directory import StaffV1
from contracts.values import Identifier, Role
from messaging.command_table import Answer, Command, CommandEntry, CommandKey, CommandTable, Load, UnitOfWork
from messaging.copied import Copied
from messaging.handler_table import Decision
from services.routing.access import Worker, actor_in
from services.routing.domain.case import Case
from services.routing.domain.history import Person
from services.routing.domain.refusals import CaseUnknown
from services.routing.handlers import Assignee, assign, decide
from services.routing.repository.cases import CASE_STORE
from services.routing.schemas import AssignCase, CaseChanged, DecideCase
from web import correlation
from web.conditional import IfMatch, require_current
from web.idempotency import IdempotencyKey
from web.principal import Principal

CaseId = Annotated[Identifier, Path(description="the dossier's id")]
STAFF: Final = Copied(StaffV1)


def _decide(command: Command[DecideCase], work: UnitOfWork) -> Answer:
    case = _case(command, work)
    actor = actor_in(command.by, case.competent_unit.id)
    return _changed(work, decide(case, command.body.ruling(), actor, work.now))


def _assign(command: Command[AssignCase], work: UnitOfWork) -> Answer:
    case = _case(command, work)
    actor = actor_in(command.by, case.competent_unit.id)
    return _changed(work, assign(case, _assignee(command.body.officer, case, work), actor, work.now))


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
    actor_in(command.by, case.competent_unit.id)
    require_current(command.seen, case.version)


def _officer(command: Command[AssignCase], _: UnitOfWork) -> Iterable[str]:
    yield command.body.officer


COMMANDS: Final = CommandTable(
    order=(CASE_STORE, STAFF),
    entries=(
        CommandEntry(body=DecideCase, handler=_decide, may=_worker_who_has_seen_it, loads=(Load(CASE_STORE),)),
        CommandEntry(
            body=AssignCase, handler=_assign, may=_worker_who_has_seen_it, loads=(Load(CASE_STORE), Load(STAFF, _officer))
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


async def case_command(
    process: CurrentProcess, person: Worker, case: CaseId, key: IdempotencyKey, version: IfMatch
) -> CaseCommand:
    """What the twin endpoints of API and pages have in common, whoever asks."""
    return CaseCommand(process=process, person=person, case_id=case, version=version, key=key)
