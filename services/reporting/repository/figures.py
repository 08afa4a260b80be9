"""The figures counted by the database: the same conditions count a number and list the dossiers behind it.

`domain.figures.classify` says what they mean; a test holds the two against each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.civil import civil_day
from services.reporting.domain.definition import Definition
from services.reporting.domain.figures import Figures, Measure, judged_before
from services.reporting.domain.question import NOT_FORWARDED, GroupBy, Question
from services.reporting.domain.scope import Scope

_OPEN: Final = "(decided_on IS NULL OR decided_on >= :end)"
CONDITIONS: Final[Mapping[Measure, str]] = {
    Measure.TOTAL: "TRUE",
    Measure.RECEIVED: "accepted_on >= :start",
    Measure.RECEIVED_ONLINE: "accepted_on >= :start AND channel = 'online'",
    Measure.RECEIVED_DIRECT: "accepted_on >= :start AND channel <> 'online'",
    Measure.CARRIED_OVER: "accepted_on < :start",
    Measure.RESOLVED: "decided_on < :end",
    Measure.EARLY: "decided_on < :end AND decided_on < promised_on",
    Measure.ON_TIME: "decided_on < :end AND decided_on = promised_on",
    Measure.LATE: "decided_on < :end AND decided_on > promised_on",
    Measure.IN_PROGRESS: _OPEN,
    Measure.WITHIN_TIME: f"{_OPEN} AND promised_on >= :judged",
    Measure.OVERDUE: f"{_OPEN} AND promised_on < :judged",
}

# Every dossier of the period stands here once: by index dossier_period, those decided since its start and those undecided.
_OF_PERIOD: Final = "accepted_on < :end AND (decided_on IS NULL OR decided_on >= :start) AND status = ANY(:counted)"

# What the figures look at, as it stood at an instant: the row itself where nothing was recorded since, else the publisher's
# last fact until then, by the primary key of fact. What nobody knew of then is left out at once.
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
     WHERE d.known_since <= :as_of)
"""

_GROUPS: Final[Mapping[GroupBy, tuple[str, str]]] = {
    GroupBy.UNIT: ("unit", "unit_name"),
    GroupBy.FIELD: ("field", "field_title"),
    GroupBy.CHANNEL: ("channel", "channel"),
    GroupBy.COMPETENT: (f"coalesce(competent_unit, '{NOT_FORWARDED}')", "competent_name"),
}
_NUMBERS: Final = ", ".join(f"count(*) FILTER (WHERE {condition}) AS {measure}" for measure, condition in CONDITIONS.items())


@dataclass(frozen=True, slots=True)
class Group:
    """One row of a table of figures. `name` as the facts call it."""

    key: str
    name: str | None
    figures: Figures


async def by_group(
    connection: AsyncConnection, question: Question, scope: Scope, definition: Definition, now: datetime, by: GroupBy
) -> list[Group]:
    """The figures of each unit, field, channel or deciding unit that has any; their sum is the total."""
    key, name = _GROUPS[by]
    where, values = selection(question, scope, definition, now)
    statement = f"SELECT {key} AS key, max({name}) AS name, {_NUMBERS} FROM {where} GROUP BY 1 ORDER BY 1"  # noqa: S608 -- ours
    rows = await connection.execute(text(statement), values)
    return [Group(row["key"], row["name"], Figures(**{m: row[m] for m in Measure})) for row in rows.mappings()]


def selection(question: Question, scope: Scope, definition: Definition, now: datetime) -> tuple[str, dict[str, Any]]:
    """`FROM ... WHERE ...` of the dossiers that a question is about, without its FROM; and its values."""
    values: dict[str, Any] = {
        "start": question.period.start,
        "end": question.period.end,
        "judged": judged_before(question.period, civil_day(question.as_of or now)),
        "counted": sorted(int(status) for status in definition.counted),
    }
    conditions = [_OF_PERIOD]
    if scope is not None:
        conditions.append("(unit = ANY(:scope) OR competent_unit = ANY(:scope))")
        values["scope"] = sorted(scope)
    for name in ("unit", "field", "channel"):
        if (value := getattr(question, name)) is not None:
            conditions.append(f"{name} = :{name}")
            values[name] = str(value)
    if question.competent is not None:
        conditions.append(f"coalesce(competent_unit, '{NOT_FORWARDED}') = :competent")
        values["competent"] = question.competent
    source = "dossier"
    if question.as_of is not None:
        source, values["as_of"] = f"{_AS_OF} AS dossier", question.as_of
    return f"{source} WHERE {' AND '.join(conditions)}", values
