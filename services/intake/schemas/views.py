"""What the API answers: to staff with the applicant, to who has the secret without a word about the person.

Moments are in civil time, as on paper, whatever zone the database answers in.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

from contracts.civil import civil_moment
from contracts.identity import Identity, doubts
from contracts.intake import MissingPaper, PaperRef, ProcedureRef, Provisional, UnitRef
from contracts.values import Channel, Count, Dong, HandOver, Identifier, Lane, Outcome, PortalStatus, WithdrawalReason
from services.intake.domain.applicant import Applicant
from services.intake.domain.dossier import Dossier
from services.intake.domain.history import HistoryLine
from services.intake.domain.proof import Question
from services.intake.domain.results import Representative
from services.intake.domain.stages import Stage
from services.intake.schemas.endings import ExtensionState, StopState
from services.intake.schemas.owed import OwedState
from web.problems import FieldProblem

CivilMoment = Annotated[datetime, AfterValidator(civil_moment)]


def _is_none(value: object) -> bool:
    return value is None


def warnings_of(identity: Identity, today: date) -> list[FieldProblem]:
    return [FieldProblem(field="identity_number", vi=doubt.vi, en=doubt.en) for doubt in doubts(identity, today)]


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class WithdrawalState(_View):
    """`duplicate_of`: code or submission number of the dossier that stays."""

    reason: WithdrawalReason
    duplicate_of: str | None = None


class DossierState(_View):
    """What every command on a dossier answers, and answers again to the same key: so no name and no secret stands here.

    `withdrawal` with a status that is not 7 has been asked for, and waits for the competent unit's answer.
    """

    id: str
    version: int
    status: PortalStatus
    stage: Stage
    submission_number: str
    code: str | None
    promised_at: CivilMoment | None
    provisional: Provisional | None = None
    withdrawal: WithdrawalState | None = None
    owed: Annotated[OwedState | None, BeforeValidator(OwedState.shown)] = Field(
        default=None, exclude_if=_is_none, description="with status 5 or 6"
    )
    address_confirmed: bool = Field(default=True, description="false: no message goes to the e-mail address that was given")


class AddressConfirmed(_View):
    confirmed: bool


class ReceivedDossier(DossierState):
    """With what the receipt needs. The secret is opened for this answer; None once the applicant is forgotten."""

    secret: str | None
    receipt_url: str
    tracking_url: str
    warnings: list[FieldProblem] = Field(default_factory=list, description="what to look at again; nothing was refused for it")


class ProofQuestion(_View):
    """`question` comes back with the answer; `vi` and `en` ask it."""

    question: str
    vi: str
    en: str

    @classmethod
    def of(cls, asked: Question) -> Self:
        return cls(question=asked.token, vi=asked.text("vi"), en=asked.text("en"))


class ProcedureName(_View):
    code: str
    title: str


class Paper(PaperRef):
    """A paper handed in; what is not known of its file is left out."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    file: Identifier | None = Field(default=None, exclude_if=_is_none)
    size: Count | None = Field(default=None, exclude_if=_is_none)
    sha256: Identifier | None = Field(default=None, exclude_if=_is_none)


class WhyThisDate(_View):
    """The explanation of the promised date, one sentence a line; empty before acceptance, and for an extended one."""

    vi: list[str]
    en: list[str]


class PromiseBefore(_View):
    """Of papers that nobody has accepted yet."""

    unit: UnitRef
    procedure: ProcedureRef
    competent_unit: UnitRef
    fee: Dong
    received_at: CivilMoment
    promised_at: CivilMoment
    provisional: Provisional | None
    why_this_date: WhyThisDate


class Step(_View):
    """One line of the history; `kind` is the past tense of its event: submitted, returned, accepted ..."""

    kind: str
    at: CivilMoment


class StaffStep(Step):
    """`data`: what this kind of event says besides."""

    by: str | None
    data: dict[str, JsonValue]


class _WholeDossier(DossierState):
    unit: UnitRef
    competent_unit: UnitRef | None
    hand_over: HandOver
    submitted_at: CivilMoment
    accepted_at: CivilMoment | None
    why_this_date: WhyThisDate
    missing: list[MissingPaper]
    reason: str | None
    outcome: Outcome | None
    decided_at: CivilMoment | None
    handed_over_at: CivilMoment | None
    withdrawn_at: CivilMoment | None = None
    stop: StopState | None = Field(default=None, exclude_if=_is_none)
    decline_reason: str | None = Field(default=None, exclude_if=_is_none)
    extension: ExtensionState | None = Field(default=None, exclude_if=_is_none)

    @classmethod
    def of(cls, dossier: Dossier, history: Sequence[HistoryLine], **more: Any) -> Self:
        """Fields go by the dossier's own names, but for those named here."""
        why = WhyThisDate(vi=dossier.why_this_date("vi"), en=dossier.why_this_date("en"))
        own = {
            "status": dossier.status,
            "provisional": dossier.provisional,
            "competent_unit": dossier.competent,
            "why_this_date": why,
            "steps": history,
        }
        return cls.model_validate(vars(dossier) | own | more)


class TrackedDossier(_WholeDossier):
    """For who has the secret."""

    procedure: ProcedureName
    steps: list[Step]


class StaffDossier(_WholeDossier):
    """For a clerk of the unit. `applicant` is None once forgotten."""

    procedure: ProcedureRef
    channel: Channel
    lane: Lane
    papers: list[Paper]
    fee: int
    result_number: str | None
    handed_over_by: HandOver | None
    contact_version: int | None
    applicant: Applicant | None
    steps: list[StaffStep]
    reminded_at: CivilMoment | None = Field(default=None, exclude_if=_is_none)
    fetched_by: Representative | None = Field(default=None, exclude_if=_is_none, description="in the applicant's place")


class DossierLine(_View):
    """One line of a unit's list. `returned`: handed back for papers, which the portal's status does not show."""

    id: str
    version: int
    status: PortalStatus
    returned: bool
    code: str | None
    submission_number: str
    procedure: ProcedureName
    channel: Channel
    hand_over: HandOver
    submitted_at: CivilMoment
    promised_at: CivilMoment | None
    applicant_name: str | None

    @classmethod
    def of(cls, row: Mapping[Any, Any], applicant_name: str | None) -> Self:
        """`row` has the dossier's columns; `applicant_name` is None once forgotten."""
        return cls.model_validate({**row, "applicant_name": applicant_name})


class DossierList(_View):
    """`next`: give it as `after` for the next page; null on the last."""

    dossiers: list[DossierLine]
    next: str | None


class DossierCounts(_View):
    """The portal's status -> how many dossiers have it; a status of none is left out."""

    dossiers: dict[int, int]


class KnownApplicant(_View):
    """`warnings`: what to look at again in the number itself, known or not."""

    applicant: Applicant | None
    warnings: list[FieldProblem] = Field(default_factory=list)


class GivenGuidance(_View):
    id: str


class WaitingCount(_View):
    """At the units of a clerk: submissions that wait to be accepted, results that wait to be fetched."""

    waiting: int
    results: int
