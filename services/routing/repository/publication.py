"""Where the numbers of what routing publishes stand, and the registers of its results."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.registry import Event
from contracts.signature.routing import CaseSignedV1
from contracts.topics import CASES
from messaging.publication import Numbered, Publication
from messaging.statements import Statement
from services.routing.domain.register import RegisterKey

# By primary key, in key order.
_RAISE: Final = Statement("""
    INSERT INTO number_register (unit, kind, year, last)
    SELECT unit, kind, year, last
    FROM unnest(CAST(:units AS text[]), CAST(:kinds AS text[]), CAST(:years AS integer[]), CAST(:lasts AS bigint[]))
        AS given (unit, kind, year, last) ORDER BY unit, kind, year
    ON CONFLICT (unit, kind, year) DO UPDATE SET last = excluded.last WHERE number_register.last < excluded.last
    RETURNING unit
""")


class NumbersGiven:
    """The highest number of each register among our own signatures."""

    def __init__(self) -> None:
        self._lasts: dict[RegisterKey, int] = {}

    def note(self, event: Event) -> None:
        if isinstance(event, CaseSignedV1) and event.register_entry is not None:
            entry = event.register_entry
            key = RegisterKey(event.competent_unit.id, entry.kind, entry.year)
            self._lasts[key] = max(entry.number, self._lasts.get(key, 0))

    async def save(self, connection: AsyncConnection) -> int:
        keys = sorted(self._lasts)
        values = {
            "units": [key.unit for key in keys],
            "kinds": [key.kind for key in keys],
            "years": [key.year for key in keys],
            "lasts": [self._lasts[key] for key in keys],
        }
        return len(await _RAISE.rows(connection, values))


PUBLICATION: Final = Publication(numbered=(Numbered(topic=CASES, table="routing_case"),), counters=NumbersGiven)
