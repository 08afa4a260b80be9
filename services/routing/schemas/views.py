"""What the API of routing answers. Moments carry their zone; what is not known is null."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from contracts.intake import PaperRef, ProcedureRef, Provisional, UnitRef
from contracts.supplements import OwedKind, OwedPaper
from contracts.values import Lane, Outcome, WithdrawalReason
from services.routing.domain.case import Case
from services.routing.domain.history import HistoryLine, Transition
from services.routing.domain.states import State
from services.routing.domain.stranded import NeedsHand
from services.routing.schemas.endings import ExtensionDetail, StopDetail
from services.routing.schemas.requests import NoteAbsence, Schema
from services.routing.schemas.signature import ProposalDetail


def _absent(value: object) -> bool:
    """What only a case that waits, or has waited, says."""
    return not value


class AbsenceList(Schema):
    """Of the officers of one's units, the newest one noted for each."""

    absences: list[NoteAbsence]


class CaseChanged(Schema):
    """The case after the command."""

    id: str
    version: int
    state: State


class RefusedCase(Schema):
    """Why a case was not given, by its stable code and in both languages."""

    case: str
    code: str
    vi: str
    en: str


class CasesAssigned(Schema):
    """What became of each: a refusal touches its own case only."""

    assigned: list[CaseChanged]
    refused: list[RefusedCase]


class CasesSigned(Schema):
    """What became of each: a refusal touches its own case only."""

    signed: list[CaseChanged]
    refused: list[RefusedCase]


class CaseLine(Schema):
    """A case as lists show it. `version` is what If-Match wants. `provisional`: why the promised date may still move.
    `needs_hand`: why its officer cannot work on it any more. `waiting_since`: until what is `owed` has come its clock
    stands still.
    """

    id: str
    code: str
    version: int
    state: State
    competent_unit: UnitRef
    receiving_unit: UnitRef
    procedure: ProcedureRef
    accepted_at: datetime
    promised_at: datetime
    provisional: Provisional | None = None
    officer: str | None
    officer_name: str | None
    needs_hand: NeedsHand | None = None
    outcome: Outcome | None
    decided_at: datetime | None
    waiting_since: datetime | None = Field(default=None, exclude_if=_absent)
    owed: OwedKind | None = Field(default=None, exclude_if=_absent)


class CasePage(Schema):
    """`next` goes into `after` for the next page; null on the last."""

    cases: list[CaseLine]
    next: str | None


class WorkCounts(Schema):
    """What the person's own list begins with, and what nobody has in the units that they lead; null: they lead none.

    `to_sign`: drafts that wait for their signature; for who signs nowhere, their own that wait.
    """

    mine: int
    late: int
    unassigned: int | None
    to_sign: int = 0


class PersonRef(Schema):
    id: str
    name: str


class Step(Schema):
    """A line of the history. `number` is the event's own; `by` is null where competence chose, `officer` where nobody has it."""

    number: int
    act: Annotated[Transition, Field(validation_alias="transition")]
    at: datetime
    by: PersonRef | None
    officer: PersonRef | None
    comment: str | None = None


class WithdrawalDetail(Schema):
    """`by` asked for it at the counter; `duplicate_of`: code or submission number of the dossier that stays."""

    reason: WithdrawalReason
    at: datetime
    duplicate_of: str | None
    by: PersonRef | None


class PauseDetail(Schema):
    """What the case waits for. `notes`: what the officer wrote beside a reason, by the paper's code; it may name people."""

    owed: OwedKind
    since: datetime
    number: int
    by: PersonRef
    papers: list[OwedPaper]
    amount: int | None
    notes: dict[str, str]


class CaseDetail(CaseLine):
    """`signed_by_leader`: a draft is submitted for signature; else the officer decides. `proposal`: that waits, or was signed."""

    lane: Lane
    papers: list[PaperRef]
    opened_at: datetime
    assigned_at: datetime | None
    result_number: str | None
    reason: str | None
    decided_by: PersonRef | None
    withdrawal: WithdrawalDetail | None = None
    pause: PauseDetail | None = Field(default=None, exclude_if=_absent)
    supplements: int = Field(default=0, exclude_if=_absent, description="how often papers were asked for")
    stop: StopDetail | None = None
    extension_asked: ExtensionDetail | None = None
    extensions: int = 0
    signed_by_leader: bool = False
    proposal: ProposalDetail | None = None
    history: list[Step]

    @classmethod
    def of(cls, case: Case, history: Sequence[HistoryLine], why: NeedsHand | None = None) -> Self:
        verdict = case.verdict
        return cls(
            id=case.id,
            code=case.code,
            version=case.version,
            state=case.state,
            lane=case.lane,
            competent_unit=case.competent_unit,
            receiving_unit=case.receiving_unit,
            procedure=case.procedure,
            papers=list(case.papers),
            accepted_at=case.accepted_at,
            promised_at=case.promised_at,
            provisional=case.provisional,
            opened_at=case.opened_at,
            officer=case.officer.id if case.officer else None,
            officer_name=case.officer.name if case.officer else None,
            needs_hand=why,
            assigned_at=case.assigned_at,
            outcome=verdict.ruling.outcome if verdict else None,
            result_number=verdict.ruling.result_number if verdict else None,
            reason=verdict.ruling.reason if verdict else None,
            decided_at=verdict.at if verdict else None,
            decided_by=PersonRef.model_validate(verdict.by) if verdict else None,
            withdrawal=WithdrawalDetail.model_validate(case.withdrawal) if case.withdrawal else None,
            waiting_since=case.pause.since if case.pause else None,
            owed=case.pause.owed if case.pause else None,
            pause=PauseDetail.model_validate(case.pause) if case.pause else None,
            supplements=case.supplements,
            stop=StopDetail.of(case.stop) if case.stop else None,
            extension_asked=ExtensionDetail.of(case.asked) if case.asked else None,
            extensions=case.extensions,
            signed_by_leader=case.signing is not None,
            proposal=ProposalDetail.of(case.proposal) if case.proposal else None,
            history=[Step.model_validate(line) for line in history],
        )
