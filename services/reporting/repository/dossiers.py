"""The dossiers behind a figure, pages by key, in the order of the day that makes them count; and the facts about them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.values import Lane
from services.reporting.domain.definition import Definition
from services.reporting.domain.dossier import Fact
from services.reporting.domain.figures import Measure
from services.reporting.domain.question import Question
from services.reporting.domain.scope import Scope
from services.reporting.repository.figures import CONDITIONS, Alternative, any_of, selection

_COLUMNS: Final = (
    "id, code, procedure_title, field_title, unit, unit_name, channel, status, received_at, accepted_on, promised_on, "
    "decided_on, competent_unit, competent_name, officer"
)
# By the primary key of fact.
_FACTS = text("""
    SELECT source, subject, sequence, type, at, recorded_at, lane, data FROM fact
    WHERE source IN ('intake', 'routing') AND subject = ANY(:ids)
      AND (CAST(:as_of AS timestamptz) IS NULL OR recorded_at <= :as_of)
    ORDER BY subject, at, source, sequence
""")


# By indexes dossier_accepted, dossier_undecided, dossier_decided, dossier_open: each alternative of a condition is one range of
# one of them, and where the day of the index is the day of the list the first page is its first rows.
_BY_PROMISE: Final = frozenset({Measure.IN_PROGRESS, Measure.WITHIN_TIME, Measure.OVERDUE})
_BY_DECISION: Final = frozenset({Measure.RESOLVED, Measure.EARLY, Measure.ON_TIME, Measure.LATE})


class DossierKey(NamedTuple):
    """What lists of dossiers are ordered by; `day` is that of `day_column`."""

    day: date
    id: str


def day_column(measure: Measure) -> str:
    """The date that a list is ordered by: unfinished ones by their promise, finished by their decision, others by acceptance."""
    if measure in _BY_PROMISE:
        return "promised_on"
    return "decided_on" if measure in _BY_DECISION else "accepted_on"


async def counted_by(
    connection: AsyncConnection,
    question: Question,
    scope: Scope,
    definition: Definition,
    now: datetime,
    measure: Measure,
    *,
    after: DossierKey | None,
    most: int,
) -> Sequence[RowMapping]:
    """The columns above of the dossiers that a number counts: oldest first, from the one after `after` on."""
    source, values = selection(question, scope, definition, now)
    day, alternatives = day_column(measure), CONDITIONS[measure]
    if question.as_of is not None:
        alternatives = (Alternative(day, any_of(alternatives)),)
    if after is not None:
        source += f" AND ({day}, id) > (:after_day, :after_id)"
        values |= {"after_day": after.day, "after_id": after.id}
    order = f"ORDER BY {day}, id LIMIT :most"
    parts = [f"(SELECT * FROM {_rows(source, part, day)} {order})" for part in alternatives]  # noqa: S608 -- our own words
    statement = f"SELECT {_COLUMNS} FROM ({' UNION ALL '.join(parts)}) AS counted {order}"  # noqa: S608 -- our own words
    return (await connection.execute(text(statement), values | {"most": most})).mappings().all()


def _rows(source: str, part: Alternative, day: str) -> str:
    """OFFSET 0 where the order of the list is not that of the index: the database would rather walk through all dossiers in the
    order of the list, in the hope of soon finding a page of them.
    """
    fence = "" if part.day == day else "OFFSET 0"
    return f"(SELECT {_COLUMNS} FROM {source} AND ({part.condition}) {fence}) AS part"  # noqa: S608 -- our own words


async def facts_of(connection: AsyncConnection, ids: Sequence[str], as_of: datetime | None) -> dict[str, list[Fact]]:
    """Intake's and routing's facts about some dossiers, by dossier, in the order in which they happened."""
    facts: dict[str, list[Fact]] = {}
    for row in (await connection.execute(_FACTS, {"ids": list(ids), "as_of": as_of})).mappings():
        fact = Fact(**{**row, "lane": None if row["lane"] is None else Lane(row["lane"])})
        facts.setdefault(fact.subject, []).append(fact)
    return facts
