"""Code counters: one row per unit and civil day, locked while a code is minted, so that none is lost and none comes twice."""

from datetime import date
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.domain.codes import DayCounter

# All three by primary key. Who comes second waits for the first one's end; after a rollback the number is free again.
_CREATE: Final = text("INSERT INTO code_counter (unit, day, last) VALUES (:unit, :day, 0) ON CONFLICT DO NOTHING")
_LOCK: Final = text("SELECT last FROM code_counter WHERE unit = :unit AND day = :day FOR UPDATE")
_SAVE: Final = text("UPDATE code_counter SET last = :last WHERE unit = :unit AND day = :day")


async def lock(connection: AsyncConnection, unit: str, day: date) -> DayCounter:
    """To be taken after all aggregates are locked."""
    key = {"unit": unit, "day": day}
    await connection.execute(_CREATE, key)
    return DayCounter(unit, day, (await connection.execute(_LOCK, key)).scalar_one())


async def save(connection: AsyncConnection, counter: DayCounter) -> None:
    await connection.execute(_SAVE, {"unit": counter.unit, "day": counter.day, "last": counter.last})
