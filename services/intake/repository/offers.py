"""Reference data as what a command loads: units, procedures, and what a unit offers."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directory import CalendarV1, ProcedureV1, UnitV1
from contracts.refusal import Refusal
from messaging import copies
from messaging.copied import Copied
from services.intake.domain.offers import Offer, Same, calendar_of
from services.intake.repository import reference
from services.intake.repository.reference import Wanted
from worktime import Calendar, CalendarError


class Offers:
    """By what is wanted: the offer, or why there is none. Read, not locked."""

    async def load(self, connection: AsyncConnection, keys: Sequence[Wanted]) -> dict[Wanted, Offer | Refusal]:
        return dict(zip(keys, await reference.offers(connection, keys), strict=True))


class Calendars:
    """By id, in the version that has come. One that cannot be counted with is left out, like one that is unknown."""

    async def load(self, connection: AsyncConnection, keys: Sequence[str]) -> dict[str, Calendar]:
        calendars = await copies.many(connection, CalendarV1, keys)
        versions = await copies.versions(connection, CalendarV1, keys)
        read: dict[str, Calendar] = {}
        for identifier, calendar in calendars.items():
            with suppress(CalendarError):
                read[identifier] = calendar_of(Same(calendar), versions[identifier])
        return read


CALENDARS: Final = Calendars()
OFFERS: Final = Offers()
UNITS: Final = Copied(UnitV1)
PROCEDURES: Final = Copied(ProcedureV1)
