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


_BEHIND: Final = "({day}, id) > (:after_day, :after_id)"
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
        alternatives = tuple(
            part._replace(condition=f"({part.condition}) AND {_BEHIND.format(day=day)}") for part in alternatives
        )
        values |= {"after_day": after.day, "after_id": after.id}
    parts = [_in_order(source, part) if part.day == day else _sorted(source, part, day) for part in alternatives]
    statement = f"SELECT {_COLUMNS} FROM ({' UNION ALL '.join(parts)}) AS counted ORDER BY {day}, id LIMIT :most"  # noqa: S608 -- our own words
    return (await connection.execute(text(statement), values | {"most": most})).mappings().all()


def _in_order(source: str, part: Alternative) -> str:
    """The head of a range of an index: dossier_accepted, dossier_undecided, dossier_decided or dossier_open."""
    return f"(SELECT {_COLUMNS} FROM {source} AND ({part.condition}) ORDER BY {part.day}, id LIMIT :most)"  # noqa: S608 -- our own words


def _sorted(source: str, part: Alternative, day: str) -> str:
    """Where the order of the list is not that of the index: the keys alone are read and sorted, then rows until there are enough.

    By index dossier_decided_accepted, which has the keys of what was open at an instant. OFFSET 0: the database would rather walk
    through all dossiers in the order of the list, in the hope of soon finding a page of them.
    """
    return f"""(
        SELECT part.* FROM (
            SELECT * FROM (SELECT id, {day} FROM dossier WHERE {part.condition} OFFSET 0) AS unsorted ORDER BY {day}, id OFFSET 0
        ) AS keys
        CROSS JOIN LATERAL (SELECT {_COLUMNS} FROM {source} AND dossier.id = keys.id OFFSET 0) AS part
        ORDER BY keys.{day}, keys.id LIMIT :most)"""  # noqa: S608 -- our own words


async def facts_of(connection: AsyncConnection, ids: Sequence[str], as_of: datetime | None) -> dict[str, list[Fact]]:
    """Intake's and routing's facts about some dossiers, by dossier, in the order in which they happened."""
    facts: dict[str, list[Fact]] = {}
    for row in (await connection.execute(_FACTS, {"ids": list(ids), "as_of": as_of})).mappings():
        fact = Fact(**{**row, "lane": None if row["lane"] is None else Lane(row["lane"])})
        facts.setdefault(fact.subject, []).append(fact)
    return facts
