"""Units that have ended: who is in charge in their place, and the dossiers that still lie with them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directory import UnitV1
from contracts.intake import UnitRef
from contracts.values import Lane
from messaging import copies
from messaging.statements import Statement
from services.intake.domain.succession import successions

# By index dossier_unit_status_newest: of units that have ended, those that are neither refused nor handed over.
_LEFT: Final = Statement("""
    SELECT id FROM dossier
    WHERE unit_id = ANY(:units) AND status IN (1, 2, 4, 9) AND lane = ANY(:lanes) ORDER BY id LIMIT :limit
""")


class Ended(NamedTuple):
    """A unit, asked about on a day."""

    unit: str
    day: date


class Successors:
    """As what a command loads: the unit in charge in place of one that has ended. Read, not locked."""

    async def load(self, connection: AsyncConnection, keys: Sequence[Ended]) -> dict[Ended, UnitRef]:
        by_day = {day: await successors_on(connection, day) for day in {key.day for key in keys}}
        return {key: by_day[key.day][key.unit] for key in keys if key.unit in by_day[key.day]}


SUCCESSORS: Final = Successors()


async def successors_on(connection: AsyncConnection, day: date) -> Mapping[str, UnitRef]:
    """By unit that has ended. Made once while no unit changes."""

    async def read() -> Mapping[str, UnitRef]:
        return successions(await copies.everything(connection, UnitV1), day)

    return await copies.derive(connection, UnitV1, ("successors", day), read)


async def left_behind(connection: AsyncConnection, units: Sequence[str], lanes: Sequence[Lane], limit: int) -> list[str]:
    """Ids of dossiers at these units that somebody still waits for."""
    rows = await _LEFT.rows(connection, {"units": list(units), "lanes": list(lanes), "limit": limit})
    return [row.id for row in rows]
