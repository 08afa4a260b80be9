"""Absences by officer. Assignment reads them with the officers, in the same statement (`officers.py`)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis import rows
from messaging.statements import Statement
from services.routing.domain.absence import Absence
from services.routing.tables import AbsenceRow

# By primary key.
_LOCK = Statement("SELECT * FROM absence WHERE officer = ANY(:officers) ORDER BY officer FOR UPDATE")
_MANY = Statement("SELECT * FROM absence WHERE officer = ANY(:officers) ORDER BY first_day, officer")
_SAVE = rows.upsert(AbsenceRow)


class AbsenceStore:
    async def load(self, connection: AsyncConnection, officers: Sequence[str]) -> dict[str, Absence]:
        """Locked in the order of their ids."""
        return {row.officer: absence_of(row) for row in await _LOCK.rows(connection, {"officers": list(officers)})}

    async def save(self, connection: AsyncConnection, states: Sequence[Absence]) -> None:
        await rows.write(connection, _SAVE, [_row(absence) for absence in states])


ABSENCES: Final = AbsenceStore()


async def absences_of(connection: AsyncConnection, officers: Sequence[str]) -> list[Absence]:
    """Past ones too: the newest of each officer."""
    return [absence_of(row) for row in await _MANY.rows(connection, {"officers": list(officers)})]


def absence_of(row: Any) -> Absence:
    return Absence(officer=row.officer, deputy=row.deputy, first_day=row.first_day, last_day=row.last_day, noted_by=row.noted_by)


def _row(absence: Absence) -> Mapping[str, object]:
    return {
        "officer": absence.officer,
        "deputy": absence.deputy,
        "first_day": absence.first_day,
        "last_day": absence.last_day,
        "noted_by": absence.noted_by,
    }
