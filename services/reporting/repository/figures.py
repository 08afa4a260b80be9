"""The figures from the database: sums, of now or of a past instant; and the conditions that list the dossiers behind them.

`domain.figures.classify` says what they mean; a test holds the two against each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.civil import civil_day
from services.reporting.domain.definition import Definition
from services.reporting.domain.figures import Figures, Measure, judged_before
from services.reporting.domain.question import NOT_FORWARDED, GroupBy, Question
from services.reporting.domain.scope import Scope
from services.reporting.repository import past, tally


class Alternative(NamedTuple):
    """One of several conditions that exclude each other: a range of an index that is in the order of `day`."""

    day: str
    condition: str


# Its clock stands still, by the definition in use.
WAITS: Final = "(decided_on IS NULL AND status = ANY(CAST(:waiting AS smallint[])))"
_RECEIVED: Final = "accepted_on >= :start AND accepted_on < :end AND (decided_on IS NULL OR decided_on >= :start)"
_CARRIED: Final = (
    Alternative("accepted_on", "decided_on IS NULL AND accepted_on < :start"),
    Alternative("decided_on", "decided_on >= :start AND accepted_on < :start"),
)
_DECIDED: Final = "decided_on >= :start AND decided_on < :end AND accepted_on < :end"
_OPEN: Final = (
    Alternative("promised_on", "decided_on IS NULL AND accepted_on < :end"),
    Alternative("decided_on", "decided_on >= :end AND decided_on >= :start AND accepted_on < :end"),
)


def _received(more: str = "TRUE") -> tuple[Alternative]:
    return (Alternative("accepted_on", f"{_RECEIVED} AND {more}"),)


def _decided(more: str = "TRUE") -> tuple[Alternative]:
    return (Alternative("decided_on", f"{_DECIDED} AND {more}"),)


def _still_open(more: str = "TRUE") -> tuple[Alternative, ...]:
    return tuple(Alternative(day, f"{condition} AND {more}") for day, condition in _OPEN)


CONDITIONS: Final[Mapping[Measure, tuple[Alternative, ...]]] = {
    Measure.TOTAL: (*_received(), *_CARRIED),
    Measure.RECEIVED: _received(),
    Measure.RECEIVED_ONLINE: _received("channel = 'online'"),
    Measure.RECEIVED_DIRECT: _received("channel <> 'online'"),
    Measure.CARRIED_OVER: _CARRIED,
    Measure.RESOLVED: _decided(),
    Measure.EARLY: _decided("decided_on < promised_on"),
    Measure.ON_TIME: _decided("decided_on = promised_on"),
    Measure.LATE: _decided("decided_on > promised_on"),
    Measure.IN_PROGRESS: _still_open(),
    Measure.WITHIN_TIME: _still_open(f"(promised_on >= :judged OR {WAITS})"),
    Measure.OVERDUE: _still_open(f"promised_on < :judged AND NOT {WAITS}"),
}


def any_of(alternatives: tuple[Alternative, ...]) -> str:
    return " OR ".join(f"({alternative.condition})" for alternative in alternatives)


@dataclass(frozen=True, slots=True)
class Group:
    """One row of a table of figures. `name` as the facts call it."""

    key: str
    name: str | None
    figures: Figures


async def by_group(
    connection: AsyncConnection, question: Question, scope: Scope, definition: Definition, now: datetime, by: GroupBy
) -> list[Group]:
    """The figures of each unit, field, channel or deciding unit that has any; their sum is the total. From the daily sums."""
    conditions, values = limits(question, scope, "competent")
    values |= {"judged": judged_before(question.period, civil_day(question.as_of or now))}
    groups = await tally.figures_by(connection, by.value, question.period, definition, conditions, values, question.as_of)
    return [Group(key, key if by is GroupBy.CHANNEL else name, figures) for key, name, figures in groups]


def selection(question: Question, scope: Scope, definition: Definition, now: datetime) -> tuple[str, dict[str, Any]]:
    """`FROM ... WHERE ...` of the dossiers that a question is about, without its FROM, whatever their dates; and its values."""
    values: dict[str, Any] = {
        "start": question.period.start,
        "end": question.period.end,
        "judged": judged_before(question.period, civil_day(question.as_of or now)),
        "counted": sorted(int(status) for status in definition.counted),
        "waiting": sorted(int(status) for status in definition.waiting),
    }
    conditions, limiting = limits(question, scope, f"coalesce(competent_unit, '{NOT_FORWARDED}')")
    source = "dossier"
    if question.as_of is not None:
        source, values["as_of"] = f"{past.LISTED} AS dossier", question.as_of
    return f"{source} WHERE {' AND '.join(['status = ANY(:counted)', *conditions])}", values | limiting


def limits(question: Question, scope: Scope, competent: str) -> tuple[list[str], dict[str, Any]]:
    """Of what a question is about, and what a person may see. `competent`: how its source calls the deciding unit."""
    conditions, values = [], dict[str, Any]()
    if scope is not None:
        conditions.append(f"(unit = ANY(:scope) OR {competent} = ANY(:scope))")
        values["scope"] = sorted(scope)
    columns = {"unit": "unit", "field": "field", "channel": "channel", "competent": competent}
    for name, column in columns.items():
        if (value := getattr(question, name)) is not None:
            conditions.append(f"{column} = :{name}")
            values[name] = str(value)
    return conditions, values
