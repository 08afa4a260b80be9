"""How many drafts wait for signature: counted, for they are few."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.statements import Statement
from services.routing.repository.stranded import IS_OPEN

# By index case_unit_submitted, a range for each unit.
_COUNT: Final = Statement(f"""
    SELECT count(*) AS cases FROM routing_case c
    WHERE c.competent_unit = ANY(:units) AND {IS_OPEN} AND c.submitted_at IS NOT NULL
      AND (CAST(:officer AS text) IS NULL OR c.officer = :officer)
""")  # noqa: S608 -- our own words


async def count_submitted(connection: AsyncConnection, units: Sequence[str], officer: str | None = None) -> int:
    """In these units, of everybody or of one officer."""
    (row,) = await _COUNT.rows(connection, {"units": list(units), "officer": officer})
    return int(row.cases)
