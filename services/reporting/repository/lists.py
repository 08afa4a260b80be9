"""The dossiers behind a figure, and the guidance turns: pages by key, longest promised first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.values import Lane, PortalStatus
from services.reporting.domain.definition import Definition
from services.reporting.domain.dossier import Fact
from services.reporting.domain.figures import Measure
from services.reporting.domain.question import Question
from services.reporting.domain.scope import Scope
from services.reporting.repository.figures import CONDITIONS, selection

_SHOWN: Final = (
    "id, code, procedure_title, field_title, unit, unit_name, channel, status, received_at, accepted_on, promised_on, "
    "decided_on, competent_unit, competent_name, officer"
)
_BEHIND: Final = "(promised_on, id) > (:after_day, :after_id)"
# By the primary key of fact.
_FACTS = text("""
    SELECT source, subject, sequence, type, at, recorded_at, lane, data FROM fact
    WHERE source IN ('intake', 'routing') AND subject = ANY(:ids)
      AND (CAST(:as_of AS timestamptz) IS NULL OR recorded_at <= :as_of)
    ORDER BY subject, at, source, sequence
""")


@dataclass(frozen=True, slots=True)
class Listed:
    """A dossier in a list. Without personal data: the code leads to the services that have them."""

    id: str
    code: str | None
    procedure_title: str
    field_title: str
    unit: str
    unit_name: str
    channel: str
    status: PortalStatus
    received_at: datetime
    accepted_on: date
    promised_on: date
    decided_on: date | None
    competent_unit: str | None
    competent_name: str | None
    officer: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of a list ended. Written `<promised date>.<dossier id>`."""

    promised_on: date
    id: str

    def __str__(self) -> str:
        return f"{self.promised_on}.{self.id}"

    @classmethod
    def read(cls, written: str) -> "Place":
        """Raises ValueError."""
        day, _, dossier = written.partition(".")
        return cls(date.fromisoformat(day), dossier)


async def behind(
    connection: AsyncConnection,
    question: Question,
    scope: Scope,
    definition: Definition,
    now: datetime,
    measure: Measure,
    *,
    after: Place | None,
    most: int,
) -> list[Listed]:
    """The dossiers that a number counts: by promised date, from the one after `after` on."""
    where, values = selection(question, scope, definition, now)
    where += f" AND {CONDITIONS[measure]}"
    if after is not None:
        where += f" AND {_BEHIND}"
        values |= {"after_day": after.promised_on, "after_id": after.id}
    statement = f"SELECT {_SHOWN} FROM {where} ORDER BY promised_on, id LIMIT :most"  # noqa: S608 -- our own conditions
    rows = await connection.execute(text(statement), values | {"most": most})
    return [Listed(**{**row, "status": PortalStatus(row["status"])}) for row in rows.mappings()]


async def facts_of(connection: AsyncConnection, ids: Sequence[str], as_of: datetime | None) -> dict[str, list[Fact]]:
    """Intake's and routing's facts about some dossiers, by dossier, in the order in which they happened."""
    found: dict[str, list[Fact]] = {}
    for row in (await connection.execute(_FACTS, {"ids": list(ids), "as_of": as_of})).mappings():
        found.setdefault(row.subject, []).append(Fact(**{**row, "lane": None if row["lane"] is None else Lane(row["lane"])}))
    return found
