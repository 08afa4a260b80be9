"""What is decided of a case, by whom and when; and how one ends without a decision because it was asked for."""

from dataclasses import dataclass
from datetime import datetime

from contracts.values import Outcome, WithdrawalReason
from services.routing.domain.history import Person
from services.routing.domain.refusals import NumberWithoutGrant, ReasonMissing, ReasonWithoutDecline


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is decided. A grant may name the result's number; to decline is to state the reason."""

    outcome: Outcome
    result_number: str | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        if self.outcome is Outcome.DECLINED and not self.reason:
            raise ReasonMissing
        if self.outcome is Outcome.GRANTED and self.reason:
            raise ReasonWithoutDecline
        if self.outcome is Outcome.DECLINED and self.result_number:
            raise NumberWithoutGrant


@dataclass(frozen=True, slots=True)
class Verdict:
    ruling: Ruling
    at: datetime
    by: Person


@dataclass(frozen=True, slots=True)
class Proposal:
    """A draft submitted for signature: what is to be decided, since when it waits, whose it is."""

    ruling: Ruling
    at: datetime
    by: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """`by` asked for it at the counter; `duplicate_of`: what the dossier that stays is known by."""

    reason: WithdrawalReason
    at: datetime
    duplicate_of: str | None = None
    by: Person | None = None
