"""For whom somebody stands in: absences by deputy. Read, not locked: one noted anew counts from then on."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.civil import civil_day
from messaging.statements import Statement
from services.routing.domain.absence import Absence
from services.routing.repository.absences import absence_of

# By index absence_deputy.
_OF_DEPUTIES = Statement("SELECT * FROM absence WHERE deputy = ANY(:deputies) ORDER BY deputy, officer")
# By index absence_deputy, and their records by primary key.
_UNITS = Statement("""
    SELECT DISTINCT post ->> 'unit' AS unit
    FROM absence a JOIN state_copy c ON c.topic = 'directory.staff' AND c.id = a.officer
    CROSS JOIN jsonb_array_elements(c.value -> 'posts') AS post
    WHERE a.deputy = :deputy AND a.first_day <= :today AND a.last_day >= :today AND post ->> 'role' = 'leader'
    ORDER BY unit
""")


class Deputies:
    async def load(self, connection: AsyncConnection, deputies: Sequence[str]) -> dict[str, Sequence[Absence]]:
        """Past absences too."""
        absences: dict[str, list[Absence]] = defaultdict(list)
        for row in await _OF_DEPUTIES.rows(connection, {"deputies": list(deputies)}):
            absences[row.deputy].append(absence_of(row))
        return dict[str, Any](absences)


DEPUTIES: Final = Deputies()


async def units_stood_in_for(connection: AsyncConnection, deputy: str, now: datetime) -> list[str]:
    """The units of which a leader is away today and left this deputy."""
    return [row.unit for row in await _UNITS.rows(connection, {"deputy": deputy, "today": civil_day(now)})]
