"""One case: an accepted dossier on its way through the competent unit. Its id is the dossier's, and so is its lane, for life.

`TRANSITIONS` is all that can happen to it; whatever is not in the table is refused with a sentence that a clerk understands.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from contracts.aggregate import Aggregate
from contracts.intake import PaperRef, ProcedureRef, UnitRef
from contracts.values import Lane, Outcome
from services.routing.domain.refusals import (
    AlreadyDecided,
    AlreadyTheirs,
    NumberWithoutGrant,
    OnlyLeadersReassign,
    ReasonMissing,
    ReasonWithoutDecline,
    SomebodyElses,
)


class State(StrEnum):
    UNASSIGNED = "unassigned"
    ASSIGNED = "assigned"
    DECIDED = "decided"


class Act(StrEnum):
    """What can happen to a case; each is one published event and one line of its history."""

    OPENED = "opened"
    ASSIGNED = "assigned"
    DECIDED = "decided"


TRANSITIONS: Final[dict[tuple[State | None, Act], State]] = {
    (None, Act.OPENED): State.UNASSIGNED,
    (State.UNASSIGNED, Act.ASSIGNED): State.ASSIGNED,
    (State.ASSIGNED, Act.ASSIGNED): State.ASSIGNED,
    (State.UNASSIGNED, Act.DECIDED): State.DECIDED,
    (State.ASSIGNED, Act.DECIDED): State.DECIDED,
}


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who gives a command: an officer of the competent unit, or one who leads it."""

    person: Person
    leads: bool


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is decided. A grant may name the result's number; to decline is to state the reason."""

    outcome: Outcome
    result_number: str | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        if self.outcome is Outcome.DECLINED and not self.reason:
            raise ReasonMissing
        if self.outcome is Outcome.GRANTED and self.reason:
            raise ReasonWithoutDecline
        if self.outcome is Outcome.DECLINED and self.result_number:
            raise NumberWithoutGrant


@dataclass(frozen=True, slots=True)
class Verdict:
    ruling: Ruling
    at: datetime
    by: Person


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the history. `number` is the number of the event that told it; `by` None: assigned by competence."""

    number: int
    act: Act
    at: datetime
    by: Person | None = None
    officer: Person | None = None


@dataclass(frozen=True, slots=True)
class Case(Aggregate):
    """`version` is the number of its last event. `new_steps` are those that the history does not hold yet."""

    lane: Lane
    code: str
    receiving_unit: UnitRef
    competent_unit: UnitRef
    procedure: ProcedureRef
    papers: tuple[PaperRef, ...]
    accepted_at: datetime
    promised_at: datetime
    opened_at: datetime
    officer: Person | None = None
    assigned_at: datetime | None = None
    verdict: Verdict | None = None
    new_steps: tuple[Step, ...] = ()

    @property
    def state(self) -> State:
        if self.verdict is not None:
            return State.DECIDED
        return State.UNASSIGNED if self.officer is None else State.ASSIGNED

    def allow(self, act: Act) -> None:
        """Raises AlreadyDecided: the one refusal that the table of transitions holds for a case that is open."""
        if (self.state, act) not in TRANSITIONS:
            raise AlreadyDecided(self.code)

    def with_step(self, act: Act, at: datetime, by: Person | None = None, officer: Person | None = None) -> "Case":
        number = self.version + len(self.new_steps) + 1
        return replace(self, new_steps=(*self.new_steps, Step(number, act, at, by, officer)))


def assigned(case: Case, officer: Person, by: Person | None, at: datetime) -> Case:
    """The officer works on it from now on; `by` None says that the rule of competence chose."""
    case.allow(Act.ASSIGNED)
    return replace(case.with_step(Act.ASSIGNED, at, by, officer), officer=officer, assigned_at=at)


def decided(case: Case, ruling: Ruling, by: Person, at: datetime) -> Case:
    case.allow(Act.DECIDED)
    return replace(case.with_step(Act.DECIDED, at, by, case.officer), verdict=Verdict(ruling, at, by))


def may_assign(case: Case, officer: Person, by: Actor) -> None:
    """A leader gives a case to anybody in the unit; an officer may only take one that nobody has. Raises a Refusal."""
    case.allow(Act.ASSIGNED)
    if case.officer is not None and case.officer.id == officer.id:
        raise AlreadyTheirs(case.officer.name)
    if not by.leads and (case.officer is not None or officer.id != by.person.id):
        raise OnlyLeadersReassign


def may_decide(case: Case, by: Actor) -> None:
    """The officer who has it decides, or one who leads the unit. Raises a Refusal."""
    case.allow(Act.DECIDED)
    if not by.leads and (case.officer is None or case.officer.id != by.person.id):
        raise SomebodyElses(case.officer.name if case.officer else None)
