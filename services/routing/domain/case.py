"""One case: an accepted dossier on its way through the competent unit. Its id is the dossier's, and so is its lane, for life.

What is not in the table of transitions (`states`) is refused with a sentence that a clerk understands.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from contracts.aggregate import Aggregate
from contracts.directory import SigningV1
from contracts.intake import PaperRef, ProcedureRef, Provisional, UnitRef
from contracts.registry import Event
from contracts.values import Lane
from services.routing.domain.extension import AskedExtension
from services.routing.domain.history import HistoryLine, Person, Transition
from services.routing.domain.pause import Pause
from services.routing.domain.refusals import (
    AlreadyDecided,
    AlreadyTheirs,
    AlreadyWithdrawn,
    OnlyLeadersReassign,
    SomebodyElses,
)
from services.routing.domain.ruling import Proposal, Ruling, Verdict, Withdrawal
from services.routing.domain.signature_refusals import NeedsSignature, NotSubmitted, WaitsForSignature
from services.routing.domain.states import CLOSED, TRANSITIONS, State, state_of
from services.routing.domain.stop import AlreadyStopped, Stop
from services.routing.domain.supplement_refusals import StillWaiting


@dataclass(frozen=True, slots=True)
class Actor:
    """Who gives a command: an officer of the competent unit, or one who leads it."""

    person: Person
    leads: bool


@dataclass(frozen=True, kw_only=True)
class Case(Aggregate):
    """`version` is the number of its last event. `limit_kind` and `calendar`: what the promised date was counted by, None for
    cases older than that; `provisional`: why it may still move. `assigned_by`: the staff id of who gave or took it, None where
    the rule of competence chose. `due_soon_for` and `overdue_for`: of which promised date that was published. `pause`: what it
    waits for; `supplements`, `payments`: how often either was asked for. `asked`: for more time, to be answered by a leader;
    `extensions`: how often it was given. `pending_history`: lines of events published since it was loaded. `signing`: how a
    leader signs it, None where the officer decides alone; `proposal` stays when it is signed. `comment`: of the draft being
    returned just now.
    """

    lane: Lane
    code: str
    receiving_unit: UnitRef
    competent_unit: UnitRef
    procedure: ProcedureRef
    papers: tuple[PaperRef, ...]
    accepted_at: datetime
    promised_at: datetime
    opened_at: datetime
    limit_kind: str | None = None
    calendar: str | None = None
    provisional: Provisional | None = None
    officer: Person | None = None
    assigned_at: datetime | None = None
    assigned_by: str | None = None
    verdict: Verdict | None = None
    withdrawal: Withdrawal | None = None
    due_soon_for: datetime | None = None
    overdue_for: datetime | None = None
    pause: Pause | None = None
    supplements: int = 0
    payments: int = 0
    stop: Stop | None = None
    asked: AskedExtension | None = None
    extensions: int = 0
    pending_history: tuple[HistoryLine, ...] = ()
    signing: SigningV1 | None = None
    proposal: Proposal | None = None
    comment: str | None = None

    @property
    def state(self) -> State:
        return state_of(self.officer, self.verdict, self.withdrawal, self.stop, self.pause, self.proposal)

    @property
    def closed(self) -> bool:
        """Decided, withdrawn or stopped: nobody has to do anything about it."""
        return self.state in CLOSED

    def recorded(self, events: Sequence[Event]) -> Self:
        """At its new version, with one line of history for each event. Raises TypeError for what is no fact about a case."""
        lines = [
            HistoryLine.of(number, event).with_comment(self.comment) for number, event in enumerate(events, self.version + 1)
        ]
        return replace(super().recorded(events), pending_history=(*self.pending_history, *lines), comment=None)

    def allow(self, transition: Transition) -> None:
        """Raises what the table of transitions refuses: AlreadyDecided, AlreadyWithdrawn, AlreadyStopped, StillWaiting,
        WaitsForSignature or NotSubmitted.
        """
        if (self.state, transition) in TRANSITIONS:
            return
        if self.withdrawal is not None:
            by = self.withdrawal.by
            raise AlreadyWithdrawn(self.code, by.name if by else None, self.withdrawal.duplicate_of)
        if self.stop is not None:
            raise AlreadyStopped(self.code, self.stop.by.name)
        if self.verdict is not None:
            raise AlreadyDecided(self.code)
        if self.pause is not None:
            raise StillWaiting(self.code, self.pause.owed, self.pause.since)
        raise WaitsForSignature(self.code) if self.proposal else NotSubmitted(self.code)

    def promised_for(self, promised_at: datetime, provisional: Provisional | None) -> Self:
        """The promise is intake's; what it says is kept."""
        return replace(self, promised_at=promised_at, provisional=provisional)


def assigned(case: Case, officer: Person, at: datetime, by: Person | None = None) -> Case:
    """The officer works on it from now on. `by` None: the rule of competence chose."""
    case.allow(Transition.ASSIGNED)
    return replace(case, officer=officer, assigned_at=at, assigned_by=by.id if by else None, proposal=None)


def decided(case: Case, ruling: Ruling, by: Person, at: datetime) -> Case:
    """Nothing can happen to it any more."""
    case.allow(Transition.DECIDED)
    return replace(case, verdict=Verdict(ruling, at, by))


def withdrawn(case: Case, withdrawal: Withdrawal) -> Case:
    """Closed without a decision."""
    case.allow(Transition.WITHDRAWN)
    return replace(case, withdrawal=withdrawal, pause=None)


def may_assign(case: Case, officer: Person, by: Actor, *, stranded: bool = False) -> None:
    """A leader gives a case to anybody in the unit; an officer may only take one that nobody has. A stranded one is nobody's: its
    officer cannot work on it any more. Raises a Refusal.
    """
    case.allow(Transition.ASSIGNED)
    holder = None if stranded else case.officer
    if holder is not None and holder.id == officer.id:
        raise AlreadyTheirs(holder.name)
    if not by.leads and (holder is not None or officer.id != by.person.id):
        raise OnlyLeadersReassign


def may_decide(case: Case, by: Actor) -> None:
    """The officer who has it decides, or one who leads the unit; nobody where a leader has to sign. Raises a Refusal."""
    case.allow(Transition.DECIDED)
    if case.signing is not None:
        raise NeedsSignature
    if not by.leads and (case.officer is None or case.officer.id != by.person.id):
        raise SomebodyElses(case.officer.name if case.officer else None)
