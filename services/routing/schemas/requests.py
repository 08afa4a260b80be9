"""What routing is asked to do. Moments carry their zone; what is not known is null."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from contracts.given import GivenLongText, GivenText
from contracts.values import Identifier, Outcome
from services.routing.domain.ruling import Ruling


class Schema(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class DecideCase(Schema):
    """`result_number` only for a grant, `reason` owed for a decline."""

    outcome: Outcome
    result_number: GivenText | None = None
    reason: GivenLongText | None = None

    def ruling(self) -> Ruling:
        """Raises a Refusal for a ruling that cannot be."""
        return Ruling(self.outcome, self.result_number, self.reason)


class AssignCase(Schema):
    """`officer` is a staff id; an officer takes a case by naming themselves."""

    officer: Identifier


class SeenCase(Schema):
    """A case in the version last seen, as If-Match would name it."""

    case: Identifier
    version: Annotated[int, Field(ge=0, lt=2**31, strict=True)]


class AssignCases(Schema):
    """Many cases to one officer: each as if it were given by itself."""

    officer: Identifier
    cases: Annotated[list[SeenCase], Field(min_length=1, max_length=200)]


Box = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,79}:[0-9]{1,9}$")]


class GiveOn(Schema):
    """The leader's form over the list: each of `cases` is `<case>:<version>`, as its box names it."""

    cases: Annotated[list[Box], Field(min_length=1, max_length=200)]
    officer: Identifier

    def request(self) -> AssignCases:
        pairs = [case.rpartition(":") for case in self.cases]
        return AssignCases(officer=self.officer, cases=[SeenCase(case=case, version=int(version)) for case, _, version in pairs])


class NoteAbsence(Schema):
    """`officer` is away from the first to the last day, both included; `deputy` gets what competence would give them. Both are
    staff ids.
    """

    officer: Identifier
    deputy: Identifier
    first_day: date
    last_day: date
