"""One case: an accepted dossier on its way through the competent unit. Its id is the dossier's, and so is its lane, for life.

`TRANSITIONS` is all that can happen to it; whatever is not in the table is refused with a sentence that a clerk understands.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from contracts.aggregate import Aggregate
from contracts.directory import SigningV1
from contracts.intake import PaperRef, ProcedureRef, Provisional, UnitRef
from contracts.registry import Event
from contracts.values import Lane, Outcome, WithdrawalReason
from services.routing.domain.extension import AskedExtension
from services.routing.domain.history import HistoryLine, Person, Transition
from services.routing.domain.pause import Pause
from services.routing.domain.refusals import (
    AlreadyDecided,
    AlreadyTheirs,
    AlreadyWithdrawn,
    NumberWithoutGrant,
    OnlyLeadersReassign,
    ReasonMissing,
    ReasonWithoutDecline,
    SomebodyElses,
)
from services.routing.domain.signature_refusals import NeedsSignature, NotSubmitted, WaitsForSignature
from services.routing.domain.stop import AlreadyStopped, Stop
from services.routing.domain.supplement_refusals import StillWaiting


class State(StrEnum):
    UNASSIGNED = "unassigned"
    ASSIGNED = "assigned"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    WAITING = "waiting"
    STOPPED = "stopped"
    SUBMITTED = "submitted"


WORKED_ON: Final = frozenset({State.UNASSIGNED, State.ASSIGNED, State.SUBMITTED})
OPEN: Final = WORKED_ON | {State.WAITING}
"""In which somebody has to do something about it; while it waits, its applicant."""

EXTENDING: Final = (Transition.EXTENSION_ASKED, Transition.EXTENDED, Transition.EXTENSION_REFUSED)
TRANSITIONS: Final[dict[tuple[State | None, Transition], State]] = {
    (None, Transition.OPENED): State.UNASSIGNED,
    (State.UNASSIGNED, Transition.ASSIGNED): State.ASSIGNED,
    (State.ASSIGNED, Transition.ASSIGNED): State.ASSIGNED,
    (State.UNASSIGNED, Transition.DECIDED): State.DECIDED,
    (State.ASSIGNED, Transition.DECIDED): State.DECIDED,
    (State.UNASSIGNED, Transition.WITHDRAWN): State.WITHDRAWN,
    (State.ASSIGNED, Transition.WITHDRAWN): State.WITHDRAWN,
    (State.DECIDED, Transition.WITHDRAWAL_REFUSED): State.DECIDED,
    **{(state, due): state for state in sorted(WORKED_ON) for due in (Transition.DUE_SOON, Transition.OVERDUE)},
    (State.ASSIGNED, Transition.PAUSED): State.WAITING,
    (State.WAITING, Transition.ASSIGNED): State.WAITING,
    (State.WAITING, Transition.RESUMED): State.ASSIGNED,
    (State.WAITING, Transition.WITHDRAWN): State.WITHDRAWN,
    **{(state, Transition.STOPPED): State.STOPPED for state in sorted(OPEN)},
    **{(state, transition): state for state in sorted(OPEN) for transition in EXTENDING},
    (State.STOPPED, Transition.WITHDRAWAL_REFUSED): State.STOPPED,
    (State.ASSIGNED, Transition.SUBMITTED_FOR_SIGNATURE): State.SUBMITTED,
    (State.SUBMITTED, Transition.TAKEN_BACK): State.ASSIGNED,
    (State.SUBMITTED, Transition.RETURNED_TO_OFFICER): State.ASSIGNED,
    (State.SUBMITTED, Transition.SIGNED): State.DECIDED,
    # Whoever has it from then on drafts anew.
    (State.SUBMITTED, Transition.ASSIGNED): State.ASSIGNED,
    (State.SUBMITTED, Transition.WITHDRAWN): State.WITHDRAWN,
}


CLOSED: Final = frozenset(State) - OPEN


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
class Proposal:
    """A draft submitted for signature: what is to be decided, since when it waits, whose it is."""

    ruling: Ruling
    at: datetime
    by: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """`by` asked for it at the counter; `duplicate_of`: what the dossier that stays is known by."""

    reason: WithdrawalReason
    at: datetime
    duplicate_of: str | None = None
    by: Person | None = None


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


def state_of(
    officer: object | None,
    decision: object | None,
    withdrawal: object | None,
    stop: object | None = None,
    pause: object | None = None,
    proposal: object | None = None,
) -> State:
    """By who has the case, what was decided, how it was withdrawn or stopped, what it waits for, what waits for signature: None
    for nobody and nothing.
    """
    if decision is not None:
        return State.DECIDED
    if withdrawal is not None:
        return State.WITHDRAWN
    if stop is not None:
        return State.STOPPED
    if pause is not None:
        return State.WAITING
    if proposal is not None:
        return State.SUBMITTED
    return State.UNASSIGNED if officer is None else State.ASSIGNED


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
