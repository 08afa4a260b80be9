"""The table command -> handler, and what each must load. A command of a program and one of a page are the same `CaseCommand`."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import Path

from chassis.process import CurrentProcess, Process
from contracts.directory import StaffV1
from contracts.values import Identifier, Role
from messaging import copies
from messaging.commands import Answer, CommandKey, UnitOfWork
from messaging.handler_table import Decision
from services.routing.access import Worker, actor_in
from services.routing.domain.case import Actor, Case, Ruling
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
Request = DecideCase | AssignCase
Load = Callable[[UnitOfWork, Case], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class UseCase:
    """`prepare` refuses a request that cannot be before anything is locked; what it gives back loads the handler's argument."""

    name: str
    prepare: Callable[[Any], Load]
    handler: Callable[[Case, Any, Actor, datetime], Decision[Case]]


def _ruling(request: DecideCase) -> Load:
    ruling = request.ruling()

    async def load(_: UnitOfWork, __: Case) -> Ruling:
        return ruling

    return load


def _assignee(request: AssignCase) -> Load:
    async def load(unit: UnitOfWork, case: Case) -> Assignee:
        staff = await copies.one(unit.connection, StaffV1, request.officer)
        if staff is None:
            return Assignee(Person(request.officer, request.officer), officer_here=False)
        posts = [post for post in staff.posts if post.unit == case.competent_unit.id and post.role is Role.OFFICER]
        return Assignee(Person(staff.id, staff.name), officer_here=staff.active and bool(posts))

    return load


TABLE: Final[Mapping[type[Request], UseCase]] = {
    DecideCase: UseCase("decide", _ruling, decide),
    AssignCase: UseCase("assign", _assignee, assign),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCommand:
    """Whose command it is, on which case, made on which version of it, under which Idempotency-Key."""

    process: Process
    person: Principal
    case_id: str
    version: int
    key: str

    async def run(self, request: Request) -> Answer:
        """Locked, checked, decided, saved and published in one transaction. Raises a Refusal, and then nothing has happened."""
        use_case = TABLE[type(request)]
        load = use_case.prepare(request)

        async def work(unit: UnitOfWork) -> Answer:
            case, actor = await self._lock(unit)
            decision = use_case.handler(case, await load(unit, case), actor, unit.now)
            case = await unit.record_events(decision)
            await CASE_STORE.save(unit.connection, [case])
            return Answer(CaseChanged.model_validate(case).model_dump(mode="json"))

        key = CommandKey.of(self.key, self.person.staff_id, f"{use_case.name} {self.case_id}", request.model_dump_json())
        return await self.process.commands.run(key, work, correlation=correlation.request_id.get() or None)

    async def _lock(self, unit: UnitOfWork) -> tuple[Case, Actor]:
        """The case, as whoever the person is in its unit. Raises CaseUnknown, Forbidden or StaleWrite."""
        case = (await CASE_STORE.load(unit.connection, [self.case_id])).get(self.case_id)
        if case is None:
            raise CaseUnknown
        actor = actor_in(self.person, case.competent_unit.id)
        require_current(self.version, case.version)
        return case, actor


async def case_command(
    process: CurrentProcess, person: Worker, case: CaseId, key: IdempotencyKey, version: IfMatch
) -> CaseCommand:
    """What the twin endpoints of API and pages have in common, whoever asks."""
    return CaseCommand(process=process, person=person, case_id=case, version=version, key=key)
