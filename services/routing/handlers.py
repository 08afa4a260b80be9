"""What happens to a case, one pure function per use case: `(case, what, by whom, when) -> Decision(case, events)`."""

from dataclasses import dataclass, replace
from datetime import datetime

from contracts.intake import DossierAcceptedV1, DossierRescheduledV1, DossierWithdrawalRequestedV1
from contracts.registry import Event
from contracts.routing import (
    CaseAssignedV1,
    CaseDecidedV1,
    CaseOpenedV1,
    CaseWithdrawalRefusedV1,
    CaseWithdrawnV1,
)
from messaging.handler_table import Context, Decision
from services.routing.domain.assignment import Ledger
from services.routing.domain.case import Actor, Case, Ruling, Withdrawal, assigned, decided, may_assign, may_decide, withdrawn
from services.routing.domain.history import Person
from services.routing.domain.refusals import AlreadyOpen, CaseUnknown, NotAnOfficerHere


@dataclass(frozen=True, slots=True)
class Assignee:
    """Whom a case is to be given to, and whether that is an active officer of the competent unit."""

    person: Person
    officer_here: bool


def open_case(state: Case | None, event: DossierAcceptedV1, context: Context) -> Decision[Case]:
    """An accepted dossier becomes one case, at once given to the competent officer with the least to do, if any is known."""
    if state is not None:
        raise AlreadyOpen(state.code)
    ledger: Ledger = context.known
    case = _new_case(event, context)
    officer = ledger.assign(event.competent_unit.id, event.procedure.field, context.now)
    if officer is None:
        return Decision(case, (_opened(case, context.now),))
    case = assigned(case, officer, context.now)
    return Decision(case, (_opened(case, context.now), _assigned(case, officer, None, context.now)))


def reschedule(state: Case | None, event: DossierRescheduledV1, _: Context) -> Decision[Case] | None:
    """The promise is intake's, decided or not. Where the acceptance was skipped there is no case."""
    if state is None:
        return None
    return Decision(replace(state, promised_at=event.promised_at, provisional=event.provisional))


def withdraw(state: Case | None, event: DossierWithdrawalRequestedV1, context: Context) -> Decision[Case]:
    """Intake asks; the answer is one of two. A decision that was made first stands.

    Raises CaseUnknown where the acceptance was skipped: whoever skipped it has to retry it first.
    """
    if state is None:
        raise CaseUnknown
    if state.verdict is not None:
        return Decision(state, (_not_withdrawn(state, context.now),))
    by = None if event.by is None else Person(event.by, event.by_name or event.by)
    withdrawal = Withdrawal(reason=event.reason, at=context.now, duplicate_of=event.duplicate_of, by=by)
    case = withdrawn(state, withdrawal)
    return Decision(case, (_withdrawn(case, withdrawal),))


def assign(case: Case, to: Assignee, by: Actor, now: datetime, *, stranded: bool = False) -> Decision[Case]:
    """A leader gives it to an officer of the unit, or an officer takes one that nobody has, or that is `stranded`."""
    may_assign(case, to.person, by, stranded=stranded)
    if not to.officer_here:
        raise NotAnOfficerHere(case.competent_unit.name)
    case = assigned(case, to.person, now, by.person)
    return Decision(case, (_assigned(case, to.person, by.person, now),))


def decide(case: Case, ruling: Ruling, by: Actor, now: datetime) -> Decision[Case]:
    """The end of processing, by which lateness is judged."""
    may_decide(case, by)
    case = decided(case, ruling, by.person, now)
    return Decision(case, (_decided(case, ruling, by.person, now),))


def _new_case(event: DossierAcceptedV1, context: Context) -> Case:
    assert context.lane is not None  # noqa: S101 -- dossiers exist per lane
    return Case(
        id=context.attributes.subject,
        lane=context.lane,
        version=0,
        code=event.code,
        receiving_unit=event.unit,
        competent_unit=event.competent_unit,
        procedure=event.procedure,
        papers=tuple(event.papers),
        accepted_at=event.accepted_at,
        promised_at=event.promised_at,
        opened_at=context.now,
        limit_kind=None if event.limit is None else event.limit.counted_in,
        calendar=event.calendar,
        provisional=event.provisional,
    )


def _facts(case: Case, at: datetime) -> dict[str, object]:
    return {
        "code": case.code,
        "receiving_unit": case.receiving_unit,
        "competent_unit": case.competent_unit,
        "procedure": case.procedure,
        "promised_at": case.promised_at,
        "at": at,
    }


def _opened(case: Case, at: datetime) -> Event:
    return CaseOpenedV1(**_facts(case, at))


def _assigned(case: Case, officer: Person, by: Person | None, at: datetime) -> Event:
    """`by` None: the rule of competence chose."""
    return CaseAssignedV1(
        **_facts(case, at),
        officer=officer.id,
        officer_name=officer.name,
        by=by.id if by else None,
        by_name=by.name if by else None,
    )


def _decided(case: Case, ruling: Ruling, by: Person, at: datetime) -> Event:
    return CaseDecidedV1(
        **_facts(case, at),
        outcome=ruling.outcome,
        result_number=ruling.result_number,
        reason=ruling.reason,
        by=by.id,
        by_name=by.name,
        officer=case.officer.id if case.officer else None,
        officer_name=case.officer.name if case.officer else None,
    )


def _withdrawn(case: Case, withdrawal: Withdrawal) -> Event:
    return CaseWithdrawnV1(
        **_facts(case, withdrawal.at),
        reason=withdrawal.reason,
        duplicate_of=withdrawal.duplicate_of,
        by=withdrawal.by.id if withdrawal.by else None,
        by_name=withdrawal.by.name if withdrawal.by else None,
        officer=case.officer.id if case.officer else None,
        officer_name=case.officer.name if case.officer else None,
    )


def _not_withdrawn(case: Case, at: datetime) -> Event:
    assert case.verdict is not None  # noqa: S101 -- answered so because there is one
    verdict = case.verdict
    return CaseWithdrawalRefusedV1(**_facts(case, at), decided_at=verdict.at, by=verdict.by.id, by_name=verdict.by.name)
