"""The pages' forms: flat, as a browser sends them, and turned into the same commands that the API takes."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, create_model
from starlette.datastructures import FormData

from contracts.given import GivenLongText, GivenReference, GivenTelephone, GivenText
from contracts.identity import IdentityKind
from contracts.identity_card import scanned_card
from contracts.values import (
    Email,
    GuidanceKind,
    HandOver,
    Identifier,
    Language,
    ProcedureCode,
    UnitId,
    WithdrawalReason,
)
from services.intake.domain.applicant import GivenApplicant, GivenNumber
from services.intake.domain.proof import Proof
from services.intake.domain.rating import Satisfaction
from services.intake.domain.results import GivenRepresentative
from services.intake.pages.typed_moment import CivilMoment
from services.intake.schemas import requests

Codes = Annotated[list[Identifier], Field(max_length=200)]


class SubmissionForm(BaseModel):
    """What the citizen's form asks for."""

    unit: UnitId
    procedure: ProcedureCode
    papers: Codes = Field(default_factory=list)
    identity_kind: IdentityKind | None = None
    identity_number: GivenNumber
    name: GivenText
    address: GivenText
    telephone: GivenTelephone | None = None
    email: Email | None = None
    language: Language = "vi"
    hand_over: HandOver = HandOver.COUNTER
    proof_question: GivenText | None = None
    proof: GivenText | None = None

    def given_proof(self) -> Proof | None:
        return Proof(self.proof_question, self.proof) if self.proof_question and self.proof else None

    def applicant(self) -> GivenApplicant:
        return GivenApplicant(
            name=self.name,
            identity_kind=self.identity_kind,
            identity_number=self.identity_number,
            address=self.address,
            telephone=self.telephone,
            email=self.email,
            language=self.language,
        )

    def body(self) -> requests.SubmitDossier:
        return requests.SubmitDossier(
            unit=self.unit, procedure=self.procedure, applicant=self.applicant(), papers=self.papers, hand_over=self.hand_over
        )


class CounterForm(SubmissionForm):
    received_at: CivilMoment | None = None

    def dossier(self, *, accept: bool) -> requests.ReceiveDossier:
        given = self.body()
        return requests.ReceiveDossier(
            unit=given.unit,
            procedure=given.procedure,
            applicant=given.applicant,
            papers=given.papers,
            hand_over=given.hand_over,
            accept=accept,
            received_at=self.received_at,
        )


class TypedForm(BaseModel):
    """The same form as typed so far, when only its checklist and what is known of the citizen are wanted."""

    unit: str = ""
    procedure: str = ""
    papers: list[str] = Field(default_factory=list)
    identity_kind: str = ""
    identity_number: str = ""
    name: str = ""
    address: str = ""
    telephone: str = ""
    email: str = ""
    language: str = "vi"
    hand_over: str = ""
    received_at: str = ""


class AcceptanceForm(BaseModel):
    received_at: CivilMoment | None = None
    papers: Codes = Field(default_factory=list)

    def body(self) -> requests.AcceptDossier:
        return requests.AcceptDossier(received_at=self.received_at, papers=self.papers)


class ResubmissionForm(BaseModel):
    papers: Codes = Field(default_factory=list)


class RatingForm(BaseModel):
    satisfaction: Satisfaction


class RefusalForm(BaseModel):
    reason: GivenLongText


class WithdrawalForm(BaseModel):
    """An unticked choice of the dossier that stays comes as nothing."""

    reason: WithdrawalReason
    duplicate_of: GivenReference | None = None

    def body(self) -> requests.WithdrawDossier:
        return requests.WithdrawDossier(reason=self.reason, duplicate_of=self.duplicate_of)


class HandOverForm(BaseModel):
    """Who came with the applicant's authority; all of it empty where the applicant came."""

    name: GivenText | None = None
    identity_kind: IdentityKind | None = None
    identity_number: GivenNumber | None = None

    def lacking(self) -> list[str]:
        """Of somebody who is named, what is not told."""
        given = {"name": self.name, "identity_number": self.identity_number}
        return [name for name, value in given.items() if value is None] if any(given.values()) else []

    def body(self) -> requests.HandOverResult:
        if self.name is None or self.identity_number is None:
            return requests.HandOverResult()
        person = GivenRepresentative(name=self.name, identity_kind=self.identity_kind, identity_number=self.identity_number)
        return requests.HandOverResult(fetched_by=person)


def with_scanned_card(sent: FormData) -> FormData:
    """Where a scanner typed a card into the field of the number: its number, and the name that stands on it."""
    number = sent.get("identity_number")
    card = scanned_card(number) if isinstance(number, str) else None
    if card is None:
        return sent
    meant = {"identity_number": card.number, "identity_kind": "", "name": card.name}
    return FormData([*((name, value) for name, value in sent.multi_items() if name not in meant), *meant.items()])


class ReminderForm(BaseModel):
    """`unit`: whose list it was sent from."""

    unit: UnitId


class NoForm(BaseModel):
    pass


class GuidanceForm(BaseModel):
    unit: UnitId
    kind: GuidanceKind
    procedure: ProcedureCode | None = None
    at: CivilMoment | None = None

    def body(self) -> requests.GiveGuidance:
        return requests.GiveGuidance(unit=self.unit, kind=self.kind, procedure=self.procedure, at=self.at)


class TrackingForm(BaseModel):
    code: Annotated[str, Field(min_length=1, max_length=100)]
    secret: Annotated[str, Field(min_length=1, max_length=100)]


REASON = "reason-"


def form_02(codes: list[str]) -> type[BaseModel]:
    """One line of reasons per paper of the procedure; what has none is not missing."""
    fields: dict[str, Any] = {f"{REASON}{code}": (GivenLongText | None, None) for code in codes}
    return create_model("Form02", **fields)


def named_missing(form: BaseModel) -> requests.ReturnDossier | None:
    """None when nothing is named."""
    reasons = {name.removeprefix(REASON): reason for name, reason in form.model_dump().items() if reason}
    lines = [requests.MissingLine(code=code, reason=reason) for code, reason in reasons.items()]
    return requests.ReturnDossier(missing=lines) if lines else None
