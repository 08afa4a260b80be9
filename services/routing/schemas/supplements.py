"""What routing is asked to ask for: papers, every one with its reason, or an amount."""

from typing import Annotated

from pydantic import Field, StrictBool

from contracts.given import GivenLongText
from contracts.supplements import OwedKind, SupplementReason
from contracts.values import Dong, Identifier
from services.routing.domain.pause import AskedPaper, Wanted
from services.routing.schemas.requests import Schema


class SupplementLine(Schema):
    """`note` says more about the reason, for the staff concerned; it is owed where the reason is `other`."""

    code: Identifier
    reason: SupplementReason
    note: GivenLongText | None = None


class AskForPapers(Schema):
    """Form 02 after acceptance: everything missing at once. `again`: you know that it was asked before, and counts as late."""

    missing: Annotated[list[SupplementLine], Field(min_length=1, max_length=200)]
    again: StrictBool = False

    def wanted(self) -> Wanted:
        """Raises a Refusal for what cannot be asked."""
        papers = tuple(AskedPaper(code=line.code, reason=line.reason, note=line.note) for line in self.missing)
        return Wanted(owed=OwedKind.PAPERS, papers=papers, again=self.again)


class AskForPayment(Schema):
    """`amount` in đồng."""

    amount: Annotated[Dong, Field(strict=True)]

    def wanted(self) -> Wanted:
        """Raises a Refusal for no amount."""
        return Wanted(owed=OwedKind.MONEY, amount=self.amount)
