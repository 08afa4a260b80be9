"""Registers of results: one row per unit, kind of document and year, locked while numbers are taken."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.statements import Statement, pipeline
from services.routing.domain.register import NumberRegister, RegisterKey

_GIVEN: Final = """
    SELECT unit, kind, year FROM unnest(CAST(:units AS text[]), CAST(:kinds AS text[]), CAST(:years AS integer[]))
    AS given (unit, kind, year)
"""
# All three by primary key, in key order. Who comes second waits for the first one's end; after a rollback the number is free.
_CREATE: Final = Statement(f"""
    INSERT INTO number_register (unit, kind, year, last) SELECT unit, kind, year, 0 FROM ({_GIVEN}) AS wanted
    ORDER BY unit, kind, year ON CONFLICT DO NOTHING
""")  # noqa: S608 -- our own words
_LOCK: Final = Statement(f"""
    SELECT unit, kind, year, last FROM number_register WHERE (unit, kind, year) IN ({_GIVEN})
    ORDER BY unit, kind, year FOR UPDATE
""")  # noqa: S608 -- our own words
_SAVE: Final = Statement("""
    UPDATE number_register r SET last = given.last
    FROM unnest(CAST(:units AS text[]), CAST(:kinds AS text[]), CAST(:years AS integer[]), CAST(:lasts AS bigint[]))
    AS given (unit, kind, year, last)
    WHERE (r.unit, r.kind, r.year) = (given.unit, given.kind, given.year)
""")


class Registers:
    """Locked after all other aggregates; one that is not there begins at 0."""

    async def load(self, connection: AsyncConnection, keys: Sequence[RegisterKey]) -> dict[RegisterKey, NumberRegister]:
        values = _columns(keys)
        async with pipeline(connection):
            await _CREATE.send(connection, values)
            locked = await _LOCK.send(connection, values)
        registers = [NumberRegister(row.unit, row.kind, row.year, row.last) for row in await locked.rows()]
        return {register.id: register for register in registers}

    async def save(self, connection: AsyncConnection, states: Sequence[NumberRegister]) -> None:
        values = _columns([register.id for register in states]) | {"lasts": [register.last for register in states]}
        await _SAVE.send(connection, values)


REGISTERS: Final = Registers()


def _columns(keys: Sequence[RegisterKey]) -> dict[str, list[Any]]:
    return {"units": [key.unit for key in keys], "kinds": [key.kind for key in keys], "years": [key.year for key in keys]}
