"""One command on one case, which whoever gives it has seen. One of a program and one of a page are the same `CaseCommand`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Path

from chassis.process import CurrentProcess, Process
from contracts.directory import StaffV1
from contracts.refusal import Refusal
from contracts.values import Identifier
from messaging.command_table import Answer, Command, CommandKey, UnitOfWork
from messaging.copied import Copied
from messaging.handler_table import Decision
from services.routing.access import ROLES, Worker, actor_of, units_of
from services.routing.domain.case import Case
from services.routing.domain.refusals import CaseUnknown
from services.routing.repository.cases import CASE_STORE
from services.routing.schemas.endings import AnswerExtension, AskExtension, StopCase
from services.routing.schemas.requests import AssignCase, DecideCase, Schema
from services.routing.schemas.signature import ReturnDraft, SignDraft, SubmitDraft, TakeBackDraft
from services.routing.schemas.supplements import AskForPapers, AskForPayment
from services.routing.schemas.views import CaseChanged, RefusedCase
from services.routing.settings import routing_settings
from web import correlation
from web.conditional import IfMatch, require_current
from web.idempotency import IdempotencyKey
from web.principal import Forbidden, Principal

CaseId = Annotated[Identifier, Path(description="the dossier's id")]


@dataclass(frozen=True, slots=True)
class LimitedExtension:
    """`most`: how often one case may be extended, as the installation says."""

    request: AskExtension
    most: int


STAFF: Final = Copied(StaffV1)


def changed(work: UnitOfWork, decision: Decision[Case]) -> Answer:
    return Answer(CaseChanged.model_validate(work.record(CASE_STORE, decision)).model_dump(mode="json"))


def case_of(command: Command[Any], work: UnitOfWork) -> Case:
    case = work.get(CASE_STORE, command.target)
    if case is None:
        raise CaseUnknown
    return case


def worker_who_has_seen_it(command: Command[Any], work: UnitOfWork) -> None:
    """Raises CaseUnknown, Forbidden or StaleWrite."""
    case = case_of(command, work)
    actor_of(command.by, case)
    require_current(command.seen, case.version)


_ACTIONS: Final[Mapping[type[Schema], str]] = {
    DecideCase: "decide",
    AssignCase: "assign",
    AskForPapers: "supplement",
    AskForPayment: "payment",
    StopCase: "stop",
    AskExtension: "extend",
    AnswerExtension: "answer-extension",
    SubmitDraft: "submit",
    TakeBackDraft: "take back",
    ReturnDraft: "return",
    SignDraft: "sign",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCommand:
    """Whose command it is, on which case, made on which version of it, under which Idempotency-Key."""

    process: Process
    person: Principal
    case_id: str
    version: int
    key: str

    async def run(self, request: Schema) -> Answer:
        """Raises a Refusal, and then nothing has happened. What could be said of no case is refused before anything is locked."""
        if isinstance(request, DecideCase | SubmitDraft):
            request.ruling()
        if isinstance(request, AskForPapers | AskForPayment):
            request.wanted()
        route = f"{_ACTIONS[type(request)]} {self.case_id}"
        command = Command(
            body=LimitedExtension(request, routing_settings(self.process.settings).extensions_at_most)
            if isinstance(request, AskExtension)
            else request,
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


def each_by_itself(
    command: Command[Any], work: UnitOfWork, act: Callable[[Case], CaseChanged]
) -> tuple[list[CaseChanged], list[RefusedCase]]:
    """What became of each case that was seen: a refusal touches its own case only."""
    done, refused = [], []
    for seen in command.body.cases:
        try:
            case = work.get(CASE_STORE, seen.case)
            if case is None:
                raise CaseUnknown
            actor_of(command.by, case)
            require_current(seen.version, case.version)
            done.append(act(case))
        except Refusal as refusal:
            refused.append(RefusedCase(case=seen.case, code=refusal.code, vi=refusal.vi, en=refusal.en))
    return done, refused


def worker(command: Command[Any], _: UnitOfWork) -> None:
    """Of which unit is asked case by case. Raises Forbidden."""
    if not units_of(command.by):
        raise Forbidden(ROLES)
