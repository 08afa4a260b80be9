"""What is asked and answered about drafts and signatures."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from contracts.given import GivenLongText
from contracts.values import Outcome
from services.routing.domain.ruling import Proposal, Ruling
from services.routing.schemas.requests import Box, Schema, SeenCase


class SubmitDraft(Schema):
    """What is to be decided once a leader has signed. `reason` is owed for a decline; the number comes with the signature."""

    outcome: Outcome
    reason: GivenLongText | None = None

    def ruling(self) -> Ruling:
        """Raises a Refusal for a ruling that cannot be."""
        return Ruling(self.outcome, reason=self.reason)


class TakeBackDraft(Schema):
    """Nothing more is said."""


class ReturnDraft(Schema):
    """`comment`: what the officer is to change. It stays with the case and goes into no event."""

    comment: GivenLongText


class SignDraft(Schema):
    """The draft as it is in the version that If-Match names."""


class SignDrafts(Schema):
    """Many drafts at once: each as if it were signed by itself, in this order."""

    cases: Annotated[list[SeenCase], Field(min_length=1, max_length=200)]


class SignChosen(Schema):
    """The leader's form over the list: each of `drafts` is `<case>:<version>`, as its box names it."""

    drafts: Annotated[list[Box], Field(min_length=1, max_length=200)]

    def request(self) -> SignDrafts:
        pairs = [draft.rpartition(":") for draft in self.drafts]
        return SignDrafts(cases=[SeenCase(case=case, version=int(version)) for case, _, version in pairs])


class ProposalDetail(Schema):
    """The draft that waits for signature, or that was signed."""

    outcome: Outcome
    reason: str | None
    at: datetime
    by: str
    by_name: str

    @classmethod
    def of(cls, proposal: Proposal) -> Self:
        ruling, by = proposal.ruling, proposal.by
        return cls(outcome=ruling.outcome, reason=ruling.reason, at=proposal.at, by=by.id, by_name=by.name)
