"""Which cases a list holds, in which order, and what is counted about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from services.routing.domain.due import Due


class ListKind(StrEnum):
    """Undecided cases, those of them that nobody has, those of these whose officer cannot work on them any more (all three: most
    urgent first), or decided ones (newest first).
    """

    OPEN = "open"
    UNASSIGNED = "unassigned"
    NEEDS_HAND = "needs-hand"
    DECIDED = "decided"


class ListKey(NamedTuple):
    """What a list is ordered by: the promised date, or when it was decided; then the case."""

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
