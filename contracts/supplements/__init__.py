"""What is owed after acceptance, papers or money, so that the clock stands still: the words that both services say about it.

`routing.py` and `intake.py` beside this declare each publisher's events. No free words: what an officer adds to a reason may name
somebody, so it stays in the case's own row for as long as the case waits.
"""

from enum import StrEnum

from pydantic import Field

from contracts.values import Count, Dong, Identifier, PortalStatus, Text, Value


class OwedKind(StrEnum):
    """What the clock waits for."""

    PAPERS = "papers"
    MONEY = "money"

    @property
    def portal(self) -> PortalStatus:
        return PortalStatus.SUPPLEMENT_OWED if self is OwedKind.PAPERS else PortalStatus.PAYMENT_OWED


class SupplementReason(StrEnum):
    """Why a paper has to be handed in, again or for the first time. `other`: as the officer has written on the case."""

    ABSENT = "absent"
    INCOMPLETE = "incomplete"
    UNSIGNED = "unsigned"
    UNCERTIFIED = "uncertified"
    ILLEGIBLE = "illegible"
    EXPIRED = "expired"
    WRONG_FORM = "wrong_form"
    INCONSISTENT = "inconsistent"
    OTHER = "other"


class OwedPaper(Value):
    """One line of form 02 after acceptance."""

    code: Identifier
    title: Text
    reason: SupplementReason


class OwedRequest(Value):
    """What is asked for. `request_number`: 1, 2, 3 ... of this kind and dossier; a second one for papers counts as late in the
    index.
    """

    owed: OwedKind
    request_number: Count
    missing: list[OwedPaper] = Field(default_factory=list, max_length=200, description="empty where money is owed")
    amount: Dong | None = Field(default=None, description="null where papers are owed")
