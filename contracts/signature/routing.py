"""What routing publishes about a draft and its signature: submitted, taken back, returned, signed. The end of processing is
`case.decided.v1`, which follows a signature at once.

A leader's comment on a draft may name people, so it stays with the case and no event carries it.
"""

from typing import Annotated

from pydantic import Field

from contracts.directory import DocumentKind
from contracts.registry import event
from contracts.routing import CaseFact
from contracts.topics import CASES
from contracts.values import Identifier, Outcome, Text, Value


class SigningFact(CaseFact):
    """`by` did it; `officer` has the case."""

    by: Identifier
    by_name: Text | None = None
    officer: Identifier | None = None
    officer_name: Text | None = None


@event("case.submitted-for-signature.v1", CASES)
class CaseSubmittedForSignatureV1(SigningFact):
    """A draft waits for a leader of the competent unit: from here on the leaders have it. Its wording comes with the decision."""

    outcome: Outcome


@event("case.taken-back.v1", CASES)
class CaseTakenBackV1(SigningFact):
    """The officer took the draft back before anybody had signed it."""


@event("case.returned-to-officer.v1", CASES)
class CaseReturnedToOfficerV1(SigningFact):
    """A leader did not sign the draft and gave it back with a comment."""


class RegisterEntry(Value):
    """A number of a register of the competent unit; from these a register that was lost is raised again."""

    kind: DocumentKind
    year: Annotated[int, Field(ge=1900, lt=2200)]
    number: Annotated[int, Field(ge=1, lt=2**31)]


@event("case.signed.v1", CASES)
class CaseSignedV1(SigningFact):
    """A leader signed the draft. A grant has its number from the register of the unit, kind of document and year."""

    outcome: Outcome
    result_number: Text | None = None
    register_entry: RegisterEntry | None = None
