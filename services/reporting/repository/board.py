"""What the leader's board has besides the form's figures: what waits, from sums, the dossiers behind each number, single days."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.civil import civil_day
from services.reporting.domain.board import SERIES_DAYS, UNFETCHED_AFTER, Waiting, soon_through
from services.reporting.domain.definition import Definition
from services.reporting.domain.question import Question
from services.reporting.domain.scope import Scope
from services.reporting.repository import tally
from services.reporting.repository.dossiers import DossierKey
from services.reporting.repository.figures import WAITS, Alternative, limits, selection

_COLUMNS: Final = (
    "id, code, procedure_title, field_title, unit, unit_name, channel, status, received_at, accepted_on, promised_on, "
    "decided_on, competent_unit, competent_name, officer"
)
# By indexes dossier_open (what is not decided, by its promise) and dossier_to_fetch (what nobody has fetched, by its decision).
# What nobody holds is read by dossier_unassigned.
_OPEN: Final = "accepted_on IS NOT NULL AND decided_on IS NULL"
_TO_FETCH: Final = "accepted_on IS NOT NULL AND decided_on IS NOT NULL AND handed_over_at IS NULL AND status = 9"
CONDITIONS: Final[Mapping[Waiting, Alternative]] = {
    Waiting.DUE_SOON: Alternative("promised_on", f"{_OPEN} AND promised_on >= :today AND promised_on <= :soon AND NOT {WAITS}"),
    Waiting.UNASSIGNED: Alternative("promised_on", f"{_OPEN} AND competent_unit IS NOT NULL AND officer IS NULL"),
    Waiting.TO_FETCH: Alternative("decided_on", _TO_FETCH),
    Waiting.UNFETCHED: Alternative("decided_on", f"{_TO_FETCH} AND decided_on < :fetched_by"),
}
# By primary key of tally: one range of its days.
_SERIES: Final = """
    SELECT first, CAST(sum(accepted) AS bigint) AS received, CAST(sum(early + on_time + late) AS bigint) AS resolved
    FROM tally WHERE definition = :definition AND span = 'd' AND first >= :since AND first <= :today
      AND (CAST(:unit AS text) IS NULL OR unit = :unit)
      AND (CAST(:scope AS text[]) IS NULL OR unit = ANY(:scope) OR competent = ANY(:scope))
    GROUP BY first
"""


async def counts(
    connection: AsyncConnection, question: Question, scope: Scope, definition: Definition, now: datetime
) -> dict[Waiting, int]:
    """How many there are of each, whatever the period; from the sums alone."""
    conditions, values = limits(question, scope, "competent")
    return await tally.waiting(connection, definition.id, civil_day(now), conditions, values)


async def dossiers(
    connection: AsyncConnection,
    question: Question,
    scope: Scope,
    definition: Definition,
    now: datetime,
    waiting: Waiting,
    *,
    after: DossierKey | None,
    most: int,
) -> Sequence[RowMapping]:
    """The columns above of the dossiers that a number counts, the oldest day first, from the one after `after` on."""
    source, values = _selected(question, scope, definition, now)
    day, condition = CONDITIONS[waiting]
    if after is not None:
        condition += f" AND ({day}, id) > (:after_day, :after_id)"
        values |= {"after_day": after.day, "after_id": after.id}
    statement = f"SELECT {_COLUMNS} FROM {source} AND {condition} ORDER BY {day}, id LIMIT :most"  # noqa: S608 -- our own words
    return (await connection.execute(text(statement), values | {"most": most})).mappings().all()


async def by_day(
    connection: AsyncConnection, unit: str | None, scope: Scope, definition: Definition, today: date
) -> dict[date, tuple[int, int]]:
    """Received and resolved of each of the last days that has any."""
    values = {
        "definition": definition.id,
        "since": today - timedelta(days=SERIES_DAYS - 1),
        "today": today,
        "unit": unit,
        "scope": None if scope is None else sorted(scope),
    }
    return {row.first: (row.received, row.resolved) for row in await connection.execute(text(_SERIES), values)}


def _selected(question: Question, scope: Scope, definition: Definition, now: datetime) -> tuple[str, dict[str, Any]]:
    today = civil_day(now)
    source, values = selection(question, scope, definition, now)
    return source, values | {"today": today, "soon": soon_through(today), "fetched_by": today - UNFETCHED_AFTER}
