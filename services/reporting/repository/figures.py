"""The figures from the database: summed as of now, counted as of a past instant; the same conditions list the dossiers behind.

`domain.figures.classify` says what they mean; a test holds the two against each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.civil import civil_day
from services.reporting.domain.definition import Definition
from services.reporting.domain.figures import Figures, Measure, judged_before
from services.reporting.domain.question import NOT_FORWARDED, GroupBy, Question
from services.reporting.domain.scope import Scope
from services.reporting.repository import tally


class Alternative(NamedTuple):
    """One of several conditions that exclude each other: a range of an index that is in the order of `day`."""

    day: str
    condition: str


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
    Measure.WITHIN_TIME: _still_open("promised_on >= :judged"),
    Measure.OVERDUE: _still_open("promised_on < :judged"),
}


def any_of(alternatives: tuple[Alternative, ...]) -> str:
    return " OR ".join(f"({alternative.condition})" for alternative in alternatives)


# What the figures look at, as it stood at an instant: the row itself where nothing was recorded since, else the publisher's
# last fact until then, by the primary key of fact. What nobody knew of then, or had been decided before the period, is left out.
_AS_OF: Final = """
    (SELECT d.id, d.unit_name, d.field_title, d.procedure, d.procedure_title, d.code, d.received_at, d.competent_name,
            CASE WHEN intake_stands THEN d.status ELSE CAST(i.data ->> 'status' AS smallint) END AS status,
            CASE WHEN intake_stands THEN d.unit ELSE i.data ->> 'unit' END AS unit,
            CASE WHEN intake_stands THEN d.field ELSE i.data ->> 'field' END AS field,
            CASE WHEN intake_stands THEN d.channel ELSE i.data ->> 'channel' END AS channel,
            CASE WHEN intake_stands THEN d.accepted_on ELSE CAST(i.data ->> 'accepted_on' AS date) END AS accepted_on,
            CASE WHEN intake_stands THEN d.promised_on ELSE CAST(i.data ->> 'promised_on' AS date) END AS promised_on,
            CASE WHEN case_stands THEN d.competent_unit ELSE c.data ->> 'competent_unit' END AS competent_unit,
            CASE WHEN case_stands THEN d.officer ELSE c.data ->> 'officer' END AS officer,
            CASE WHEN case_stands THEN d.decided_on ELSE CAST(c.data ->> 'decided_on' AS date) END AS decided_on
     FROM dossier d
     CROSS JOIN LATERAL (SELECT d.intake_recorded_at <= :as_of, d.case_recorded_at <= :as_of) AS s (intake_stands, case_stands)
     LEFT JOIN LATERAL (SELECT data FROM fact f WHERE NOT intake_stands AND f.source = 'intake' AND f.subject = d.id
                        AND f.recorded_at <= :as_of ORDER BY f.sequence DESC LIMIT 1) i ON TRUE
     LEFT JOIN LATERAL (SELECT data FROM fact f WHERE NOT case_stands AND f.source = 'routing' AND f.subject = d.id
                        AND f.recorded_at <= :as_of ORDER BY f.sequence DESC LIMIT 1) c ON TRUE
     WHERE d.known_since <= :as_of
       AND (d.decided_on IS NULL OR d.decided_on >= :start OR d.case_recorded_at > :as_of))
"""

_GROUPS: Final[Mapping[GroupBy, tuple[str, str]]] = {
    GroupBy.UNIT: ("unit", "unit_name"),
    GroupBy.FIELD: ("field", "field_title"),
    GroupBy.CHANNEL: ("channel", "channel"),
    GroupBy.COMPETENT: (f"coalesce(competent_unit, '{NOT_FORWARDED}')", "competent_name"),
}
_NUMBERS: Final = ", ".join(f"count(*) FILTER (WHERE {any_of(when)}) AS {measure}" for measure, when in CONDITIONS.items())


@dataclass(frozen=True, slots=True)
class Group:
    """One row of a table of figures. `name` as the facts call it."""

    key: str
    name: str | None
    figures: Figures


async def by_group(
    connection: AsyncConnection, question: Question, scope: Scope, definition: Definition, now: datetime, by: GroupBy
) -> list[Group]:
    """The figures of each unit, field, channel or deciding unit that has any; their sum is the total.

    As of now from the daily sums; as of a past instant counted dossier by dossier.
    """
    if question.as_of is None:
        return await _summed(connection, question, scope, definition, now, by)
    key, name = _GROUPS[by]
    where, values = selection(question, scope, definition, now)
    where += f" AND ({any_of(CONDITIONS[Measure.TOTAL])})"
    statement = f"SELECT {key} AS key, max({name}) AS name, {_NUMBERS} FROM {where} GROUP BY 1 ORDER BY 1"  # noqa: S608 -- ours
    rows = await connection.execute(text(statement), values)
    return [Group(row["key"], row["name"], Figures(**{m: row[m] for m in Measure})) for row in rows.mappings()]


async def _summed(
    connection: AsyncConnection, question: Question, scope: Scope, definition: Definition, now: datetime, by: GroupBy
) -> list[Group]:
    conditions, values = _limits(question, scope, "competent")
    values |= {"judged": judged_before(question.period, civil_day(now))}
    groups = await tally.figures_by(connection, by.value, question.period, definition.id, conditions, values)
    return [Group(key, key if by is GroupBy.CHANNEL else name, figures) for key, name, figures in groups]


def selection(question: Question, scope: Scope, definition: Definition, now: datetime) -> tuple[str, dict[str, Any]]:
    """`FROM ... WHERE ...` of the dossiers that a question is about, without its FROM, whatever their dates; and its values."""
    values: dict[str, Any] = {
        "start": question.period.start,
        "end": question.period.end,
        "judged": judged_before(question.period, civil_day(question.as_of or now)),
        "counted": sorted(int(status) for status in definition.counted),
    }
    conditions, limits = _limits(question, scope, f"coalesce(competent_unit, '{NOT_FORWARDED}')")
    source = "dossier"
    if question.as_of is not None:
        source, values["as_of"] = f"{_AS_OF} AS dossier", question.as_of
    return f"{source} WHERE {' AND '.join(['status = ANY(:counted)', *conditions])}", values | limits


def _limits(question: Question, scope: Scope, competent: str) -> tuple[list[str], dict[str, Any]]:
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
