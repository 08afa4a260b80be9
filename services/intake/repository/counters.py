"""Code counters: one row per unit and civil day, locked while codes are minted, so that none is lost and none comes twice."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.statements import Statement, pipeline
from services.intake.domain.codes import CounterKey, DayCounter

# All three by primary key, in key order. Who comes second waits for the first one's end; after a rollback the number is free.
_CREATE: Final = Statement("""
    INSERT INTO code_counter (unit, day, last)
    SELECT unit, day, 0 FROM unnest(CAST(:units AS text[]), CAST(:days AS date[])) AS given (unit, day)
    ORDER BY unit, day ON CONFLICT DO NOTHING
""")
_LOCK: Final = Statement("""
    SELECT unit, day, last FROM code_counter
    WHERE (unit, day) IN (SELECT unit, day FROM unnest(CAST(:units AS text[]), CAST(:days AS date[])) AS given (unit, day))
    ORDER BY unit, day FOR UPDATE
""")
_SAVE: Final = Statement("""
    UPDATE code_counter c SET last = given.last
    FROM unnest(CAST(:units AS text[]), CAST(:days AS date[]), CAST(:lasts AS bigint[])) AS given (unit, day, last)
    WHERE c.unit = given.unit AND c.day = given.day
""")


class Counters:
    """Locked after all other aggregates; one that is not there begins at 0."""

    async def load(self, connection: AsyncConnection, keys: Sequence[CounterKey]) -> dict[CounterKey, DayCounter]:
        values = _columns(keys)
        async with pipeline(connection):
            await _CREATE.send(connection, values)
            locked = await _LOCK.send(connection, values)
        counters = [DayCounter(row.unit, row.day, row.last) for row in await locked.rows()]
        return {counter.id: counter for counter in counters}

    async def save(self, connection: AsyncConnection, states: Sequence[DayCounter]) -> None:
        values = _columns([counter.id for counter in states]) | {"lasts": [counter.last for counter in states]}
        await _SAVE.send(connection, values)


COUNTERS: Final = Counters()


def _columns(keys: Sequence[CounterKey]) -> dict[str, list[Any]]:
    return {"units": [key.unit for key in keys], "days": [key.day for key in keys]}
