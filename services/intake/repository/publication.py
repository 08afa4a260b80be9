"""Where the numbers of what intake publishes stand, and the counters of its codes."""

from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.registry import Event
from contracts.topics import CONTACTS, DOSSIERS, FRONT_DESK, POST_ORDERS
from contracts.values import code_parts
from messaging.publication import Numbered, Publication
from messaging.statements import Statement

# By primary key, in key order.
_RAISE: Final = Statement("""
    INSERT INTO code_counter (unit, day, last)
    SELECT unit, day, last FROM unnest(CAST(:units AS text[]), CAST(:days AS date[]), CAST(:lasts AS bigint[]))
        AS given (unit, day, last) ORDER BY unit, day
    ON CONFLICT (unit, day) DO UPDATE SET last = excluded.last WHERE code_counter.last < excluded.last
    RETURNING unit
""")


class CodesGiven:
    """The highest number of each unit and civil day among the codes of our own events."""

    def __init__(self) -> None:
        self._lasts: dict[tuple[str, date], int] = {}

    def note(self, event: Event) -> None:
        code = getattr(event, "code", None)
        if code is not None:
            unit, day, number = code_parts(code)
            self._lasts[unit, day] = max(number, self._lasts.get((unit, day), 0))

    async def save(self, connection: AsyncConnection) -> int:
        keys = sorted(self._lasts)
        values = {
            "units": [unit for unit, _ in keys],
            "days": [day for _, day in keys],
            "lasts": [self._lasts[key] for key in keys],
        }
        return len(await _RAISE.rows(connection, values))


PUBLICATION: Final = Publication(
    numbered=(
        Numbered(topic=DOSSIERS, table="dossier"),
        Numbered(topic=CONTACTS, table="dossier", number="contact_version", only="contact_version IS NOT NULL"),
        Numbered(topic=FRONT_DESK, table="guidance"),
        # An order that was not placed, or was cancelled, has no number.
        Numbered(topic=POST_ORDERS, table="post_order", only="version > 0"),
    ),
    counters=CodesGiven,
)
