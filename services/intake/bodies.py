"""What the HTTP API takes: bounded, and already in the words of the domain."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from contracts.values import GuidanceKind, HandOver, Identifier, LongText, Moment, ProcedureCode, Text, UnitId
from services.intake.people import Applicant

Papers = Annotated[list[Identifier], Field(max_length=200, description="codes of the papers handed in")]


class Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NewSubmission(Body):
    """What a citizen hands in online."""

    unit: UnitId
    procedure: ProcedureCode
    applicant: Applicant
    papers: Papers = Field(default_factory=list)
    hand_over: HandOver = HandOver.COUNTER


class NewDossier(NewSubmission):
    """What a clerk takes in at the counter; accepted in the same act unless `accept` is false."""

    accept: bool = True
    received_at: Moment | None = Field(default=None, description="the time at the counter; now, if not given")


class Acceptance(Body):
    received_at: Moment | None = None
    papers: Papers | None = Field(default=None, description="papers that came in besides those that are there")


class MissingLine(Body):
    code: Identifier
    reason: LongText


class Return(Body):
    """Form 02."""

    missing: list[MissingLine] = Field(min_length=1, max_length=200)


class Resubmission(Body):
    papers: Papers


class CitizensResubmission(Resubmission):
    secret: Text


class Refusing(Body):
    """Form 03."""

    reason: LongText


class HandingOver(Body):
    pass


class GuidanceTurn(Body):
    unit: UnitId
    kind: GuidanceKind
    procedure: ProcedureCode | None = None
    at: Moment | None = None
