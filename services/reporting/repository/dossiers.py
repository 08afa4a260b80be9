"""The dossiers behind a figure, pages by key, longest promised first; and the facts about them."""

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
from services.reporting.repository.figures import CONDITIONS, selection

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


class DossierKey(NamedTuple):
    """What lists of dossiers are ordered by."""

    promised_on: date
    id: str


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
    """The columns above of the dossiers that a number counts: by promised date, from the one after `after` on."""
    where, values = selection(question, scope, definition, now)
    where += f" AND {CONDITIONS[measure]}"
    if after is not None:
        where += " AND (promised_on, id) > (:after_day, :after_id)"
        values |= {"after_day": after.promised_on, "after_id": after.id}
    statement = f"SELECT {_COLUMNS} FROM {where} ORDER BY promised_on, id LIMIT :most"  # noqa: S608 -- our own conditions
    return (await connection.execute(text(statement), values | {"most": most})).mappings().all()


async def facts_of(connection: AsyncConnection, ids: Sequence[str], as_of: datetime | None) -> dict[str, list[Fact]]:
    """Intake's and routing's facts about some dossiers, by dossier, in the order in which they happened."""
    facts: dict[str, list[Fact]] = {}
    for row in (await connection.execute(_FACTS, {"ids": list(ids), "as_of": as_of})).mappings():
        fact = Fact(**{**row, "lane": None if row["lane"] is None else Lane(row["lane"])})
        facts.setdefault(fact.subject, []).append(fact)
    return facts
