"""A draft is submitted, taken back, returned, signed. Each is a fact of its own; a signature is followed by the decision."""

from dataclasses import replace
from datetime import datetime

from contracts.registry import Event
from contracts.signature.routing import (
    CaseReturnedToOfficerV1,
    CaseSignedV1,
    CaseSubmittedForSignatureV1,
    CaseTakenBackV1,
    RegisterEntry,
    SigningFact,
)
from contracts.values import Outcome
from messaging.handler_table import Decision
from services.routing.domain import signature
from services.routing.domain.case import Actor, Case
from services.routing.domain.history import Person
from services.routing.domain.register import NumberRegister
from services.routing.domain.ruling import Ruling
from services.routing.domain.signature import Signer
from services.routing.handlers.facts import facts_of
from services.routing.handlers.work import decided_event


def submit(case: Case, ruling: Ruling, by: Actor, now: datetime) -> Decision[Case]:
    """Its officer drafts it; a leader of the unit has to sign."""
    case = signature.submitted(case, ruling, by, now)
    return Decision(case, (_fact(CaseSubmittedForSignatureV1, case, by.person, now, outcome=ruling.outcome),))


def take_back(case: Case, by: Actor, now: datetime) -> Decision[Case]:
    """Its officer wants the draft back."""
    case = signature.taken_back(case, by)
    return Decision(case, (_fact(CaseTakenBackV1, case, by.person, now),))


def give_back(case: Case, comment: str, by: Signer, now: datetime) -> Decision[Case]:
    """A leader does not sign it so."""
    case = signature.returned(case, comment, by)
    return Decision(case, (_fact(CaseReturnedToOfficerV1, case, by.person, now),))


def sign(case: Case, register: NumberRegister | None, by: Signer, now: datetime) -> tuple[Decision[Case], NumberRegister | None]:
    """The end of processing, and the register after it. A grant takes the next number; a refusal has none."""
    draft, number, entry = signature.may_sign(case, by).ruling, None, None
    if draft.outcome is Outcome.GRANTED and register is not None and case.signing is not None:
        register = register.taken()
        number = register.written(case.signing.number_format)
        entry = RegisterEntry(kind=register.kind, year=register.year, number=register.last)
    case = signature.signed(case, number, by, now)
    signed = _fact(CaseSignedV1, case, by.person, now, outcome=draft.outcome, result_number=number, register_entry=entry)
    decision = decided_event(case, replace(draft, result_number=number), by.person, now)
    return Decision(case, (signed, decision)), register


def _fact(kind: type[SigningFact], case: Case, by: Person, at: datetime, **more: object) -> Event:
    officer = {"officer": case.officer.id, "officer_name": case.officer.name} if case.officer else {}
    return kind(**facts_of(case, at), by=by.id, by_name=by.name, **officer, **more)
