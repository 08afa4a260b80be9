"""What would be promised for papers handed in at a counter, before anybody accepts them: as accepting would count it, and why."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.process import Process
from contracts.civil import civil_day
from contracts.intake import Provisional
from contracts.values import Language
from services.intake.domain.offers import Offer
from services.intake.domain.promise import promised, reception_time, require_recent
from services.intake.repository import reference
from services.intake.settings import intake_settings
from worktime import Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """`at`: when the papers came to the counter."""

    offer: Offer
    at: datetime
    promise: Promise

    @property
    def promised_at(self) -> datetime:
        return self.promise.moment

    @property
    def provisional(self) -> Provisional | None:
        """Why the promised date may still move; None when it cannot."""
        why = self.promise.explanation
        return Provisional(calendar=why.calendar, known_until=why.known_until) if why.provisional else None

    def why(self, language: Language) -> list[str]:
        return self.promise.explanation.lines(language)


async def reception_of(process: Process, unit: str, procedure: str, at: datetime | None) -> Reception:
    """`at` None: now. Raises what accepting would raise: Invalid for that moment, for what is not received there, NotCopied."""
    async with process.reads.connect() as connection:
        return await reception_in(process, connection, unit, procedure, at)


async def reception_in(
    process: Process, connection: AsyncConnection, unit: str, procedure: str, at: datetime | None
) -> Reception:
    now = process.clock()
    received_at = reception_time(at, now)
    offer = await reference.offer_of(connection, unit, procedure, civil_day(received_at))
    require_recent(offer.calendar, received_at, now, intake_settings(process.settings).reception_dated_back)
    return Reception(offer=offer, at=received_at, promise=promised(offer, received_at))
