"""Daily sums of what the figures count, kept as facts arrive: so a year's figures cost some thousand sums, not every dossier.

A dossier adds to the day on which it was accepted, to the promised one and, once decided, to two more; and to one day while it
waits (`WAITING`): to the promised one while it is undecided, to that of its decision until it is fetched. Each day's sums also
stand in those of its month and its year. All figures of a period then follow from sums up to three days (`up_to`): its start, its
end, and the day by which unfinished dossiers are judged. `domain.figures.classify` says what they mean, dossier by dossier; a
test holds the two against each other. They agree as long as nothing is decided later than the day of judging.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from services.reporting.domain.definition import DEFINITIONS, Definition
from services.reporting.domain.dossier import Counted, Dossier
from services.reporting.domain.question import NOT_FORWARDED


class Span(StrEnum):
    """What a row sums up; its value is how the database calls it."""

    DAY = "d"
    MONTH = "m"
    YEAR = "y"


class TallyKey(NamedTuple):
    """`first`: the first day of the span."""

    definition: str
    span: Span
    first: date
    unit: str
    field: str
    channel: str
    competent: str


class Range(NamedTuple):
    """Rows of one span from a first day on and before another."""

    span: Span
    since: date
    until: date


WAITING: Final = ("undecided", "unassigned", "to_fetch")
"""Undecided, and without an officer, by the promised day; waiting to be fetched, by the day of the decision."""
AMOUNTS: Final = ("accepted", "early", "on_time", "late", "due", "past_due", *WAITING)
"""Accepted, and decided, that day; promised for that day; promised before the next day and decided before it; and what waits."""
Amounts = list[int]
NEVER: Final = date.max
"""The day for which what waits is promised: no day of judging comes after it."""


def changes(dossiers: Iterable[Dossier]) -> Mapping[TallyKey, Amounts]:
    """What dossiers add to the sums, less what they added as they were loaded. Sums that stay as they are are left out."""
    sums: dict[TallyKey, Amounts] = defaultdict(lambda: [0] * len(AMOUNTS))
    for dossier in dossiers:
        before, after = dossier.counted_as, dossier.counted()
        if before != after:
            _add(sums, before, -1)
            _add(sums, after, 1)
    return {key: amounts for key, amounts in sums.items() if any(amounts)}


def _add(sums: dict[TallyKey, Amounts], counted: Counted | None, number: int) -> None:
    if counted is None:
        return
    limits = counted.unit, counted.field, counted.channel, counted.competent or NOT_FORWARDED
    for definition in DEFINITIONS:
        if counted.status in definition.counted:
            for day, amount in _days(counted, definition):
                for span in Span:
                    sums[TallyKey(definition.id, span, first_of(span, day), *limits)][AMOUNTS.index(amount)] += number


def _days(counted: Counted, definition: Definition) -> Iterator[tuple[date, str]]:
    accepted, promised, decided = counted.accepted_on, counted.promised_on, counted.decided_on
    if decided is None and counted.status in definition.waiting:
        promised = NEVER
    due = max(accepted, promised)
    yield accepted, "accepted"
    yield due, "due"
    if decided is not None:
        decided = max(accepted, decided)
        yield decided, "late" if decided > promised else "on_time" if decided == promised else "early"
        yield max(due, decided), "past_due"
    yield from _waiting(counted, promised)


def _waiting(counted: Counted, promised: date) -> Iterator[tuple[date, str]]:
    if counted.decided_on is None:
        yield promised, "undecided"
    elif counted.to_fetch:
        yield counted.decided_on, "to_fetch"
    if counted.unassigned:
        yield counted.promised_on, "unassigned"


def up_to(day: date) -> tuple[Range, ...]:
    """The rows that sum up everything before a day: whole years, then months, then days."""
    year, month = first_of(Span.YEAR, day), first_of(Span.MONTH, day)
    return Range(Span.YEAR, date.min, year), Range(Span.MONTH, year, month), Range(Span.DAY, month, day)


def first_of(span: Span, day: date) -> date:
    if span is Span.DAY:
        return day
    return day.replace(day=1) if span is Span.MONTH else day.replace(month=1, day=1)
