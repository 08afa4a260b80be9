"""Results that wait at a unit's counter, the longest first, and who fetched one with the applicant's authority."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis import rows
from messaging.statements import Statement
from services.intake.domain.results import SealedRepresentative
from services.intake.tables import RepresentativeRow

# All by index dossier_to_fetch, whose condition this repeats.
_TO_FETCH: Final = "d.status = 9 AND d.hand_over = 'counter'"
BEHIND: Final = text(f"""
    SELECT d.id, d.version, d.code, d.procedure, d.decided_at, d.reminded_at, d.address_confirmed, p.sealed
    FROM dossier d LEFT JOIN person p ON p.dossier = d.id
    WHERE d.unit_id = :unit AND {_TO_FETCH} AND d.decided_at < COALESCE(CAST(:before AS timestamptz), 'infinity')
      AND (d.decided_at, d.id) > (COALESCE(CAST(:at AS timestamptz), '-infinity'), CAST(:id AS text))
    ORDER BY d.decided_at, d.id LIMIT :limit
""")  # noqa: S608 -- a constant
COUNTED: Final = text(f"""
    SELECT count(*) AS number, count(*) FILTER (WHERE d.decided_at < :before) AS long
    FROM dossier d WHERE d.unit_id = ANY(:units) AND {_TO_FETCH}
""")  # noqa: S608 -- a constant
# By primary key.
_REPRESENTATIVE: Final = Statement("SELECT sealed FROM representative WHERE dossier = :dossier")
_SAVE: Final = rows.insert(RepresentativeRow)


class ResultKey(NamedTuple):
    """What the list is ordered by: what has waited longest comes first."""

    decided_at: datetime
    id: str


class Representatives:
    async def save(self, connection: AsyncConnection, states: Sequence[SealedRepresentative]) -> None:
        await rows.write(connection, _SAVE, [{"dossier": state.id, "sealed": state.sealed} for state in states])


REPRESENTATIVES: Final = Representatives()


async def rows_behind(
    connection: AsyncConnection, unit: str, before: datetime | None, key: ResultKey | None, limit: int
) -> Sequence[RowMapping]:
    """At most `limit` of the unit's results behind `key`; `before`: only those decided before then."""
    begin: dict[str, Any] = {"at": key.decided_at, "id": key.id} if key else {"at": None, "id": ""}
    values = begin | {"unit": unit, "before": before, "limit": limit}
    return (await connection.execute(BEHIND, values)).mappings().all()


async def counted(connection: AsyncConnection, units: Sequence[str], before: datetime) -> tuple[int, int]:
    """How many wait at these units, and how many of them since before then."""
    row = (await connection.execute(COUNTED, {"units": list(units), "before": before})).one()
    return row.number, row.long


async def representative(connection: AsyncConnection, dossier: str) -> bytes | None:
    """Sealed; None where the applicant came, or was forgotten."""
    rows_found = await _REPRESENTATIVE.rows(connection, {"dossier": dossier})
    return bytes(rows_found[0].sealed) if rows_found else None
