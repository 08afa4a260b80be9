"""What is handed in while a dossier waits after acceptance, and what it waits for."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from contracts.supplements import OwedKind, OwedPaper
from contracts.values import Text
from services.intake.domain.owed import Owed
from services.intake.schemas.requests import Papers


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HandInPapers(_Request):
    """Everything that was asked for, together. `through`: it was brought, or came by post."""

    papers: Papers
    through: Literal["counter", "post"] = "counter"


class HandInBySecret(_Request):
    papers: Papers
    secret: Text


class RecordPayment(_Request):
    """The amount that is owed has been paid."""


class OwedState(BaseModel):
    """What a dossier with status 5 or 6 waits for. `handed_in_at`: it has come, and the competent unit is to go on."""

    model_config = ConfigDict(frozen=True)

    kind: OwedKind
    since: datetime
    request_number: int
    papers: list[OwedPaper] = Field(default_factory=list)
    amount: int | None = None
    handed_in_at: datetime | None = None

    @classmethod
    def shown(cls, owed: object) -> object:
        """A dossier's own; what was answered before stays as it is."""
        if not isinstance(owed, Owed):
            return owed
        return cls(
            kind=owed.kind,
            since=owed.since,
            request_number=owed.number,
            papers=list(owed.papers),
            amount=owed.amount,
            handed_in_at=owed.handed_in.at if owed.handed_in else None,
        )
