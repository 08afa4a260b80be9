"""Who works on a case, and its decision."""

from dataclasses import dataclass
from datetime import datetime

from contracts.registry import Event
from contracts.routing import (
    CaseAssignedV1,
    CaseDecidedV1,
)
from messaging.handler_table import Decision
from services.routing.domain.case import Actor, Case, assigned, decided, may_assign, may_decide
from services.routing.domain.history import Person
from services.routing.domain.refusals import NotAnOfficerHere
from services.routing.domain.ruling import Ruling
from services.routing.handlers.facts import facts_of


@dataclass(frozen=True, slots=True)
class Assignee:
    """Whom a case is to be given to, and whether that is an active officer of the competent unit."""

    person: Person
    officer_here: bool


def assign(case: Case, to: Assignee, by: Actor, now: datetime, *, stranded: bool = False) -> Decision[Case]:
    """A leader gives it to an officer of the unit, or an officer takes one that nobody has, or that is `stranded`."""
    may_assign(case, to.person, by, stranded=stranded)
    if not to.officer_here:
        raise NotAnOfficerHere(case.competent_unit.name)
    case = assigned(case, to.person, now, by.person)
    return Decision(case, (assigned_event(case, to.person, by.person, now),))


def decide(case: Case, ruling: Ruling, by: Actor, now: datetime) -> Decision[Case]:
    """The end of processing, by which lateness is judged."""
    may_decide(case, by)
    case = decided(case, ruling, by.person, now)
    return Decision(case, (decided_event(case, ruling, by.person, now),))


def assigned_event(case: Case, officer: Person, by: Person | None, at: datetime) -> Event:
    """`by` None: the rule of competence chose."""
    return CaseAssignedV1(
        **facts_of(case, at),
        officer=officer.id,
        officer_name=officer.name,
        by=by.id if by else None,
        by_name=by.name if by else None,
    )


def decided_event(case: Case, ruling: Ruling, by: Person, at: datetime) -> Event:
    return CaseDecidedV1(
        **facts_of(case, at),
        outcome=ruling.outcome,
        result_number=ruling.result_number,
        reason=ruling.reason,
        by=by.id,
        by_name=by.name,
        officer=case.officer.id if case.officer else None,
        officer_name=case.officer.name if case.officer else None,
    )
