"""Which cases a list holds, in which order, and what is counted about them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from services.routing.domain.due import Due
from services.routing.domain.stranded import NeedsHand


class ListKind(StrEnum):
    """Undecided cases, those of them that nobody has, those of these whose officer cannot work on them any more (all three: most
    urgent first), decided ones (newest first), those that wait for papers or money (longest first), or those whose draft waits
    for signature (most urgent first).
    """

    OPEN = "open"
    UNASSIGNED = "unassigned"
    NEEDS_HAND = "needs-hand"
    DECIDED = "decided"
    WAITING = "waiting"
    SUBMITTED = "submitted"


class ListKey(NamedTuple):
    """What a list is ordered by: the promised date, when it was decided, or since when it waits; then the case."""

    at: datetime
    case_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuery:
    """Cases of these units, of one officer if named, promised within a day's bounds if asked; those behind `after`.

    At most `limit` on a page.
    """

    units: Sequence[str]
    kind: ListKind = ListKind.OPEN
    officer: str | None = None
    due: Due | None = None
    after: ListKey | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Of open cases. `unassigned`: that nobody has, and those that need a hand."""

    open: int
    late: int
    today: int
    unassigned: int
    needs_hand: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Open cases of one unit and field that one officer has, or nobody; `needs_hand`: why somebody else has to take them."""

    unit: str
    officer: str | None
    name: str | None
    open: int
    late: int
    today: int
    needs_hand: NeedsHand | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerCounts:
    """What one officer has to do, in some units together."""

    officer: str
    name: str
    open: int
    late: int
    today: int


def counts_of(holdings: Iterable[Holding], officer: str | None = None) -> Counts:
    """Of everybody's open cases, or of one officer's: of these none is counted as in need of a hand."""
    rows = [row for row in holdings if officer is None or row.officer == officer]
    needs_hand = 0 if officer else sum(row.open for row in rows if row.needs_hand)
    return Counts(
        open=sum(row.open for row in rows),
        late=sum(row.late for row in rows),
        today=sum(row.today for row in rows),
        unassigned=needs_hand + sum(row.open for row in rows if row.officer is None),
        needs_hand=needs_hand,
    )


def by_officer(holdings: Iterable[Holding]) -> list[OfficerCounts]:
    """Who has how many, the most first, without those that need a hand."""
    of_officer: dict[str, list[Holding]] = defaultdict(list)
    for row in holdings:
        if row.officer is not None and row.needs_hand is None:
            of_officer[row.officer].append(row)
    counted = [
        OfficerCounts(
            officer=officer,
            name=rows[0].name or officer,
            open=sum(row.open for row in rows),
            late=sum(row.late for row in rows),
            today=sum(row.today for row in rows),
        )
        for officer, rows in of_officer.items()
    ]
    return sorted(counted, key=lambda row: (-row.open, row.officer))
