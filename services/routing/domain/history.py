"""A case's history: a line for each event published about it, made from the event alone; so neither is without the other."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from contracts.endings.routing import CaseExtendedV1, CaseExtensionAskedV1, CaseExtensionRefusedV1, CaseStoppedV1
from contracts.registry import Event
from contracts.routing import CaseAssignedV1, CaseDecidedV1, CaseDueFact, CaseFact, CaseWithdrawalRefusedV1, CaseWithdrawnV1
from contracts.signature.routing import SigningFact
from contracts.supplements.routing import CasePausedV1, CaseResumedV1


class Transition(StrEnum):
    """What can happen to a case: the past tense of its event, and the kind of its line in the history."""

    OPENED = "opened"
    ASSIGNED = "assigned"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    WITHDRAWAL_REFUSED = "withdrawal-refused"
    DUE_SOON = "due-soon"
    OVERDUE = "overdue"
    PAUSED = "paused"
    RESUMED = "resumed"
    STOPPED = "stopped"
    EXTENSION_ASKED = "extension-asked"
    EXTENDED = "extended"
    EXTENSION_REFUSED = "extension-refused"
    SUBMITTED_FOR_SIGNATURE = "submitted-for-signature"
    TAKEN_BACK = "taken-back"
    RETURNED_TO_OFFICER = "returned-to-officer"
    SIGNED = "signed"

    @classmethod
    def of(cls, fact: type[CaseFact]) -> "Transition":
        """Raises ValueError for a type of event that this history has no line for."""
        return cls(fact.TYPE.split(".")[-2])


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """`number` is the event's own. `by` None: assigned by competence. `officer`: who has the case from then on. `comment`: what a
    leader wrote to a draft returned; it may name people, so no event carries it.
    """

    number: int
    transition: Transition
    at: datetime
    by: Person | None = None
    officer: Person | None = None
    comment: str | None = None

    @classmethod
    def of(cls, number: int, event: Event) -> Self:
        """Raises TypeError for what is no fact about a case."""
        if not isinstance(event, CaseFact):
            raise TypeError(f"{event.TYPE} has no line in the history of a case")
        transition = Transition.of(type(event))
        if isinstance(event, CaseWithdrawalRefusedV1 | CaseExtensionAskedV1 | CaseExtendedV1 | CaseExtensionRefusedV1):
            return cls(number=number, transition=transition, at=event.at, by=_person(event.by, event.by_name))
        if isinstance(event, CaseDueFact | CaseResumedV1):
            return cls(number=number, transition=transition, at=event.at, officer=_person(event.officer, event.officer_name))
        if not isinstance(event, CaseAssignedV1 | CaseDecidedV1 | CaseWithdrawnV1 | CasePausedV1 | CaseStoppedV1 | SigningFact):
            return cls(number=number, transition=transition, at=event.at)
        return cls(
            number=number,
            transition=transition,
            at=event.at,
            by=_person(event.by, event.by_name),
            officer=_person(event.officer, event.officer_name),
        )

    def with_comment(self, comment: str | None) -> Self:
        return replace(self, comment=comment) if self.transition is Transition.RETURNED_TO_OFFICER else self


def _person(ident: str | None, name: str | None) -> Person | None:
    """Somebody whose name the event leaves out is shown by their id."""
    return None if ident is None else Person(ident, name or ident)
