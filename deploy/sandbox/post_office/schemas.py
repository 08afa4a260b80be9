"""What the counter takes in."""

from pydantic import BaseModel, Field

from contracts.post import ApplicantV1
from contracts.values import HandOver, Identifier, ProcedureCode, Text, UnitId


class CheckedPaper(BaseModel):
    code: Identifier
    title: Text


class Collection(BaseModel):
    """What postal staff take in: papers checked against the published list, parcel sealed."""

    unit: UnitId
    postal_unit: UnitId
    procedure: ProcedureCode
    papers: list[CheckedPaper] = Field(default_factory=list, max_length=200)
    hand_over: HandOver = HandOver.POST
    applicant: ApplicantV1
