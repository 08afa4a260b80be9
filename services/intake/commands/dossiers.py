"""What is done to a dossier that exists: by a clerk of its unit or by who has its secret, on the version that they have seen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

from fastapi import Depends
from pydantic import BaseModel

from chassis.process import CurrentProcess, Process
from contracts.civil import civil_day
from contracts.values import HandOver, Identifier
from messaging.command_table import Answer, Command, CommandEntry, Load, UnitOfWork
from services.intake.access import Clerk
from services.intake.adapters.keys import Keys, keys_of
from services.intake.adapters.seal import command_key, open_applicant, recipient_for_post
from services.intake.commands.records import (
    answer,
    clerk_who_has_seen_it,
    dossier_of,
    mint_code,
    offer_of,
    offer_wanted,
    save,
)
from services.intake.commands.results import HandOverWithKeys
from services.intake.commands.withdrawal import named
from services.intake.domain.applicant import Forgotten
from services.intake.domain.codes import CounterKey
from services.intake.domain.dossier import Dossier
from services.intake.domain.promise import reception_time, require_recent
from services.intake.handlers import dossier as handlers
from services.intake.handlers.guidance import give_guidance, guidance_of_return
from services.intake.handlers.post import plan_order
from services.intake.repository.counters import COUNTERS
from services.intake.repository.dossiers import DOSSIERS
from services.intake.repository.guidance import TURNS
from services.intake.repository.offers import OFFERS
from services.intake.repository.orders import ORDERS
from services.intake.repository.people import PEOPLE
from services.intake.repository.reference import Wanted
from services.intake.schemas.owed import HandInPapers, RecordPayment
from services.intake.schemas.requests import (
    AcceptDossier,
    HandOverResult,
    RefuseDossier,
    RemindApplicant,
    ResubmitDossier,
    ReturnDossier,
    WithdrawDossier,
)
from services.intake.settings import intake_settings
from web import correlation
from web.conditional import IfMatch, require_current
from web.idempotency import IdempotencyKey
from web.principal import Principal

_ACTIONS: Final = {
    AcceptDossier: "accept",
    ReturnDossier: "return",
    ResubmitDossier: "resubmit",
    RefuseDossier: "refuse",
    HandOverResult: "hand-over",
    RemindApplicant: "remind",
    WithdrawDossier: "withdraw",
    HandInPapers: "hand-in",
    RecordPayment: "record-payment",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptWithKeys:
    """Where the post will deliver, accepting opens the address and seals it for the post: that takes intake's keys.

    `dated_back`: by how many working days it may be at most.
    """

    request: AcceptDossier
    keys: Keys
    dated_back: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResubmitByCitizen:
    """By whom the dossier's secret has identified."""

    request: ResubmitDossier


@dataclass(frozen=True, kw_only=True)
class DossierCommand:
    """What every clerk's command on a dossier comes with, from the API and from a page alike, besides its body.

    `seen` is the version that the clerk decided on; `key` makes it effectively once.
    """

    process: Process
    clerk: Principal
    dossier: str
    seen: int
    key: str

    async def run(self, request: BaseModel) -> Answer:
        """Raises a Refusal, and then nothing has happened."""
        route = f"POST dossiers/{self.dossier}/{_ACTIONS[type(request)]}"
        body: Any = request
        keys = keys_of(self.process.settings)
        if isinstance(request, AcceptDossier):
            settings = intake_settings(self.process.settings)
            body = AcceptWithKeys(request=request, keys=keys, dated_back=settings.reception_dated_back)
        if isinstance(request, HandOverResult):
            body = HandOverWithKeys(request=request, keys=keys)
        if isinstance(request, WithdrawDossier):
            body = await named(self.process, request)
        command = Command(
            body=body,
            by=self.clerk,
            target=self.dossier,
            seen=self.seen,
            key=command_key(keys, self.key, self.clerk.staff_id, route, request),
            correlation=correlation.current(),
        )
        return await self.process.commands.run(command)


async def dossier_command(
    process: CurrentProcess, clerk: Clerk, dossier: Identifier, seen: IfMatch, key: IdempotencyKey
) -> DossierCommand:
    return DossierCommand(process=process, clerk=clerk, dossier=dossier, seen=seen, key=key)


CurrentCommand = Annotated[DossierCommand, Depends(dossier_command)]


async def resubmit_by_citizen(process: Process, dossier: str, seen: int, body: ResubmitDossier, key: str) -> Answer:
    route = f"POST dossiers/{dossier}/resubmit"
    command = Command(
        body=ResubmitByCitizen(request=body),
        target=dossier,
        seen=seen,
        key=command_key(keys_of(process.settings), key, f"citizen:{dossier}", route, body),
        correlation=correlation.current(),
    )
    return await process.commands.run(command)


def _accept(command: Command[AcceptWithKeys], work: UnitOfWork) -> Answer:
    """Code, promised date and, where the post delivers, its order planned: all of it or nothing."""
    request, dossier = command.body.request, dossier_of(work, command.target)
    at = reception_time(request.received_at, work.now, not_before=dossier.submitted_at)
    offer = offer_of(work, dossier.unit.id, dossier.procedure.code, civil_day(at))
    require_recent(offer.calendar, at, work.now, command.body.dated_back)
    more = None if request.papers is None else tuple(request.papers)
    code = mint_code(work, offer, at)
    acceptance = handlers.Acceptance(offer=offer, code=code, at=at, by=command.by.staff_id, papers=more)
    accepted = save(work, handlers.accept(dossier, acceptance, work.now))
    if accepted.hand_over is HandOver.POST:
        work.save(ORDERS, plan_order(accepted, _recipient(work, command.body.keys, accepted.id)))
    return answer(accepted)


def _recipient(work: UnitOfWork, keys: Keys, dossier: str) -> str:
    person = work.get(PEOPLE, dossier)
    if person is None:
        raise Forgotten
    return recipient_for_post(keys, open_applicant(keys, dossier, person.sealed))


def _return_for_papers(command: Command[ReturnDossier], work: UnitOfWork) -> Answer:
    """Form 02, and the guidance turn that explaining it is."""
    dossier, by = dossier_of(work, command.target), command.by.staff_id
    reasons = {line.code: line.reason for line in command.body.missing}
    offer = offer_of(work, dossier.unit.id, dossier.procedure.code, civil_day(work.now))
    returned = save(work, handlers.return_for_papers(dossier, reasons, offer, work.now, by))
    work.record(TURNS, give_guidance(guidance_of_return(dossier, work.now, by)))
    return answer(returned)


def _resubmit(command: Command[ResubmitDossier], work: UnitOfWork) -> Answer:
    return _resubmitted(command.target, command.body, command.by.staff_id, work)


def _resubmit_by_citizen(command: Command[ResubmitByCitizen], work: UnitOfWork) -> Answer:
    return _resubmitted(command.target, command.body.request, None, work)


def _resubmitted(target: str, request: ResubmitDossier, by: str | None, work: UnitOfWork) -> Answer:
    dossier = dossier_of(work, target)
    offer = offer_of(work, dossier.unit.id, dossier.procedure.code, civil_day(work.now))
    return answer(save(work, handlers.resubmit(dossier, request.papers, offer, work.now, work.now, by)))


def _refuse(command: Command[RefuseDossier], work: UnitOfWork) -> Answer:
    dossier = dossier_of(work, command.target)
    return answer(save(work, handlers.refuse(dossier, command.body.reason, work.now, command.by.staff_id)))


def _citizen_who_has_seen_it(command: Command[ResubmitByCitizen], work: UnitOfWork) -> None:
    """Raises NoSuchDossier or StaleWrite. The secret was asked for before."""
    require_current(command.seen, dossier_of(work, command.target).version)


def _offer_today(command: Command[Any], work: UnitOfWork) -> Iterable[Wanted]:
    yield offer_wanted(dossier_of(work, command.target), civil_day(work.now))


def _reception_day(command: Command[AcceptWithKeys], work: UnitOfWork) -> tuple[Dossier, date]:
    dossier = dossier_of(work, command.target)
    at = reception_time(command.body.request.received_at, work.now, not_before=dossier.submitted_at)
    return dossier, civil_day(at)


def _offer_on_reception(command: Command[AcceptWithKeys], work: UnitOfWork) -> Iterable[Wanted]:
    yield offer_wanted(*_reception_day(command, work))


def _counter_of_reception(command: Command[AcceptWithKeys], work: UnitOfWork) -> Iterable[CounterKey]:
    dossier, day = _reception_day(command, work)
    yield CounterKey(dossier.unit.id, day)


def _person_if_by_post(command: Command[AcceptWithKeys], work: UnitOfWork) -> Iterable[str]:
    if dossier_of(work, command.target).hand_over is HandOver.POST:
        yield command.target


def _entry(body: type[Any], handler: Any, *loads: Load, may: Any = clerk_who_has_seen_it) -> CommandEntry:
    return CommandEntry(body=body, handler=handler, may=may, loads=(Load(DOSSIERS), *loads))


ENTRIES: Final = (
    _entry(
        AcceptWithKeys,
        _accept,
        Load(OFFERS, _offer_on_reception),
        Load(PEOPLE, _person_if_by_post),
        Load(COUNTERS, _counter_of_reception),
    ),
    _entry(ReturnDossier, _return_for_papers, Load(OFFERS, _offer_today)),
    _entry(ResubmitDossier, _resubmit, Load(OFFERS, _offer_today)),
    _entry(ResubmitByCitizen, _resubmit_by_citizen, Load(OFFERS, _offer_today), may=_citizen_who_has_seen_it),
    _entry(RefuseDossier, _refuse),
)
