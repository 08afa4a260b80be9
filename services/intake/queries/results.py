"""Results that wait at a unit's counter: a page of them, the longest first, and how many there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from chassis.process import Process
from services.intake.adapters.keys import keys_of
from services.intake.adapters.seal import open_applicant
from services.intake.domain.applicant import Applicant
from services.intake.domain.results import days_waited, long_before
from services.intake.repository import results
from services.intake.repository.results import ResultKey
from web.paging import Cursor, Page

PAGE: Final = 50
LONGEST_FIRST: Final = Cursor("results-longest-first", ResultKey)


@dataclass(frozen=True, slots=True)
class WaitingResult:
    """The row, its applicant (None once forgotten), how many days it has waited, and whether that is long."""

    row: Mapping[Any, Any]
    applicant: Applicant | None
    days: int
    long: bool


@dataclass(frozen=True, slots=True)
class ResultCounts:
    """`long`: those of them that have waited for more than ten days."""

    waiting: int
    long: int


async def waiting_results(process: Process, unit: str, after: str | None, *, only_long: bool) -> Page[WaitingResult]:
    """A page of the unit's. Raises BadCursor."""
    keys, now, key = keys_of(process.settings), process.clock(), LONGEST_FIRST.decode(after)
    limit = long_before(now)
    async with process.reads.connect() as connection:
        rows = await results.rows_behind(connection, unit, limit if only_long else None, key, PAGE + 1)
    page = LONGEST_FIRST.page(rows, PAGE, lambda row: ResultKey(row["decided_at"], row["id"]))
    shown = [
        WaitingResult(
            row,
            None if row["sealed"] is None else open_applicant(keys, row["id"], row["sealed"]),
            days_waited(row["decided_at"], now),
            row["decided_at"] < limit,
        )
        for row in page.rows
    ]
    return Page(shown, page.next)


async def count_results(process: Process, units: Sequence[str]) -> ResultCounts:
    async with process.reads.connect() as connection:
        return ResultCounts(*await results.counted(connection, units, long_before(process.clock())))
