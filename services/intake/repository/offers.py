"""Reference data as what a command loads: units, procedures, and what a unit offers."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directory import ProcedureV1, UnitV1
from contracts.refusal import Refusal
from messaging.copied import Copied
from services.intake.domain.offers import Offer
from services.intake.repository import reference
from services.intake.repository.reference import Wanted


class Offers:
    """By what is wanted: the offer, or why there is none. Read, not locked."""

    async def load(self, connection: AsyncConnection, keys: Sequence[Wanted]) -> dict[Wanted, Offer | Refusal]:
        return dict(zip(keys, await reference.offers(connection, keys), strict=True))


OFFERS: Final = Offers()
UNITS: Final = Copied(UnitV1)
PROCEDURES: Final = Copied(ProcedureV1)
