"""What the API takes: bounded, and already in the words of the domain. The pages' forms are turned into the same requests."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from contracts.given import GivenLongText, GivenReference
from contracts.identity import IdentityKind
from contracts.values import (
    GuidanceKind,
    HandOver,
    Identifier,
    Moment,
    PortalStatus,
    ProcedureCode,
    Text,
    UnitId,
    WithdrawalReason,
)
from services.intake.domain.applicant import GivenApplicant, SearchedNumber
from services.intake.domain.results import GivenRepresentative
from services.intake.domain.withdrawal import Wish
from web.paging import LONGEST

Papers = Annotated[list[Identifier], Field(max_length=200, description="codes of the papers handed in")]


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SubmitDossier(_Request):
    """What a citizen hands in online."""

    unit: UnitId
    procedure: ProcedureCode
    applicant: GivenApplicant
    papers: Papers = Field(default_factory=list)
    hand_over: HandOver = HandOver.COUNTER


class ReceiveDossier(SubmitDossier):
    """What a clerk receives at the counter; accepted at once unless `accept` is false."""

    accept: StrictBool = True
    received_at: Moment | None = Field(default=None, description="the time at the counter; now, if not given")


class AcceptDossier(_Request):
    received_at: Moment | None = None
    papers: Papers | None = Field(default=None, description="papers that came in besides those that are there")


class MissingLine(_Request):
    code: Identifier
    reason: GivenLongText


class ReturnDossier(_Request):
    """Form 02."""

    missing: list[MissingLine] = Field(min_length=1, max_length=200)


class ResubmitDossier(_Request):
    papers: Papers


class ResubmitBySecret(ResubmitDossier):
    secret: Text


class RefuseDossier(_Request):
    """Form 03."""

    reason: GivenLongText


class HandOverResult(_Request):
    """`fetched_by`: who came with the applicant's authority; left out, the applicant came."""

    fetched_by: GivenRepresentative | None = None


class RemindApplicant(_Request):
    """That the result waits to be fetched."""


class WithdrawDossier(_Request):
    """`duplicate_of`: code or submission number of the dossier that stays, where the reason is `duplicate`."""

    reason: WithdrawalReason
    duplicate_of: GivenReference | None = None

    def wish(self) -> Wish:
        """Raises a Refusal for what cannot be asked."""
        return Wish(reason=self.reason, duplicate_of=self.duplicate_of)


class ConfirmAddress(_Request):
    """What stood in the mail that asked for it."""

    confirmation: Annotated[str, Field(min_length=1, max_length=60)]


class TrackDossier(_Request):
    """Dossier code or submission number, and the secret on the receipt."""

    code: Annotated[str, Field(max_length=100)]
    secret: Annotated[str, Field(max_length=100)]


class FindDossiers(_Request):
    """`q`: code or its end, submission, identity or telephone number, or words of a name. `unit` may be left out by who is clerk
    of one unit.
    """

    unit: UnitId | None = None
    status: PortalStatus | None = None
    q: Annotated[str, Field(max_length=100)] = ""
    after: Annotated[str | None, Field(max_length=LONGEST, description="The `next` of the page before.")] = None


class FindApplicant(_Request):
    identity_number: SearchedNumber
    identity_kind: IdentityKind | None = None


class GiveGuidance(_Request):
    unit: UnitId
    kind: GuidanceKind
    procedure: ProcedureCode | None = None
    at: Moment | None = None
