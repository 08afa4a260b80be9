"""What a case waits for, and since when: everything missing named once, or an amount. Meanwhile its clock stands still.

What an officer adds to a reason in free words (`note`) may name somebody: it stays here, is published nowhere, and is gone when
the case goes on or is closed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from contracts.supplements import OwedKind, OwedPaper, SupplementReason
from services.routing.domain.history import Person
from services.routing.domain.supplement_refusals import AmountMissing, NoteMissing, NothingNamed, PaperNamedTwice


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPaper:
    """A line of form 02: `note` says more about the reason, and says all of it where that is `other`."""

    code: str
    reason: SupplementReason
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be asked for. `again`: whoever asks knows that it is not the first time, which counts as late in the index."""

    owed: OwedKind
    papers: tuple[AskedPaper, ...] = ()
    amount: int | None = None
    again: bool = False

    def __post_init__(self) -> None:
        codes = [paper.code for paper in self.papers]
        if self.owed is OwedKind.MONEY and not self.amount:
            raise AmountMissing
        if self.owed is OwedKind.PAPERS and not codes:
            raise NothingNamed
        if len(set(codes)) < len(codes):
            raise PaperNamedTwice
        if any(paper.reason is SupplementReason.OTHER and not paper.note for paper in self.papers):
            raise NoteMissing


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """`number`: how often its kind has been asked for with this one. `notes`: by the code of a paper."""

    owed: OwedKind
    since: datetime
    number: int
    by: Person
    papers: tuple[OwedPaper, ...] = ()
    amount: int | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
