"""Drafts are submitted, taken back, returned and signed, one or many at once."""

from collections.abc import Iterable
from typing import Any, Final

from chassis.process import Process
from messaging.command_table import Answer, Command, CommandEntry, CommandKey, Load, UnitOfWork
from services.routing.access import actor_of
from services.routing.commands.case import STAFF, case_of, changed, each_by_itself, worker, worker_who_has_seen_it
from services.routing.domain.case import Case
from services.routing.domain.register import RegisterKey
from services.routing.domain.signature import Signer, require_signer, stands_in
from services.routing.handlers.signature import give_back, sign, submit, take_back
from services.routing.repository.cases import CASE_STORE
from services.routing.repository.deputies import DEPUTIES
from services.routing.repository.registers import REGISTERS
from services.routing.schemas.signature import ReturnDraft, SignDraft, SignDrafts, SubmitDraft, TakeBackDraft
from services.routing.schemas.views import CaseChanged, CasesSigned
from web import correlation
from web.conditional import require_current
from web.principal import Principal


def _submit(command: Command[SubmitDraft], work: UnitOfWork) -> Answer:
    case = case_of(command, work)
    return changed(work, submit(case, command.body.ruling(), actor_of(command.by, case), work.now))


def _take_back(command: Command[TakeBackDraft], work: UnitOfWork) -> Answer:
    case = case_of(command, work)
    return changed(work, take_back(case, actor_of(command.by, case), work.now))


def _return(command: Command[ReturnDraft], work: UnitOfWork) -> Answer:
    case = case_of(command, work)
    return changed(work, give_back(case, command.body.comment, _signer(command.by, case, work), work.now))


def _sign(command: Command[SignDraft], work: UnitOfWork) -> Answer:
    return Answer(_signed(case_of(command, work), command.by, work).model_dump(mode="json"))


def _sign_many(command: Command[SignDrafts], work: UnitOfWork) -> Answer:
    """What is refused takes no number."""
    signed, refused = each_by_itself(command, work, lambda case: _signed(case, command.by, work))
    return Answer(CasesSigned(signed=signed, refused=refused).model_dump(mode="json"))


def _signed(case: Case, by: Principal, work: UnitOfWork) -> CaseChanged:
    key = _register_of(case, work)
    register = None if key is None else work.get(REGISTERS, key)
    decision, after = sign(case, register, _signer(by, case, work), work.now)
    if after is not None and after is not register:
        work.save(REGISTERS, after)
    return CaseChanged.model_validate(work.record(CASE_STORE, decision))


def _signer(by: Principal, case: Case, work: UnitOfWork) -> Signer:
    actor, unit = actor_of(by, case), case.competent_unit.id
    absences = work.get(DEPUTIES, by.staff_id) or ()
    deputy = any(stands_in(absence, work.get(STAFF, absence.officer), unit, work.now) for absence in absences)
    return Signer(actor.person, signs=actor.leads or deputy)


def _signer_who_has_seen_it(command: Command[Any], work: UnitOfWork) -> None:
    """Raises CaseUnknown, Forbidden, OnlyLeadersSign or StaleWrite."""
    case = case_of(command, work)
    require_signer(case, _signer(command.by, case, work))
    require_current(command.seen, case.version)


def _register_of(case: Case | None, work: UnitOfWork) -> RegisterKey | None:
    return None if case is None or case.signing is None else RegisterKey.of(case.competent_unit.id, case.signing, work.now)


def _cases(command: Command[Any], _: UnitOfWork) -> Iterable[str]:
    body = command.body
    return {seen.case for seen in body.cases} if isinstance(body, SignDrafts) else (command.target,)


def _me(command: Command[Any], _: UnitOfWork) -> Iterable[str]:
    yield command.by.staff_id


def _absent(command: Command[Any], work: UnitOfWork) -> Iterable[str]:
    return {absence.officer for absence in work.get(DEPUTIES, command.by.staff_id) or ()}


def _registers(command: Command[Any], work: UnitOfWork) -> Iterable[RegisterKey]:
    keys = {_register_of(work.get(CASE_STORE, case), work) for case in _cases(command, work)}
    return {key for key in keys if key is not None}


_SIGNER: Final = (Load(DEPUTIES, _me), Load(STAFF, _absent))
ENTRIES: Final = (
    CommandEntry(body=SubmitDraft, handler=_submit, may=worker_who_has_seen_it, loads=(Load(CASE_STORE),)),
    CommandEntry(body=TakeBackDraft, handler=_take_back, may=worker_who_has_seen_it, loads=(Load(CASE_STORE),)),
    CommandEntry(body=ReturnDraft, handler=_return, may=_signer_who_has_seen_it, loads=(Load(CASE_STORE), *_SIGNER)),
    CommandEntry(
        body=SignDraft,
        handler=_sign,
        may=_signer_who_has_seen_it,
        loads=(Load(CASE_STORE), *_SIGNER, Load(REGISTERS, _registers)),
    ),
    CommandEntry(
        body=SignDrafts,
        handler=_sign_many,
        may=worker,
        loads=(Load(CASE_STORE, _cases), *_SIGNER, Load(REGISTERS, _registers)),
    ),
)


async def sign_many(process: Process, person: Principal, request: SignDrafts, key: str) -> CasesSigned:
    """Sign each of them, or say why not."""
    command = Command(
        body=request,
        by=person,
        key=CommandKey.of(key, person.staff_id, "sign many", request.model_dump_json()),
        correlation=correlation.current(),
    )
    return CasesSigned.model_validate((await process.commands.run(command)).body)
