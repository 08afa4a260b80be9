"""An applicant rates how they were served. Sent twice, or changed afterwards, the first answer stays.

It changes no dossier and no fact tells of it, so that it is a row of its own and no command of an aggregate.
"""

from chassis.process import Process
from services.intake.domain.rating import NotHandedOver, Satisfaction
from services.intake.repository import ratings


async def rate(process: Process, dossier: str, answer: Satisfaction) -> None:
    """Raises NotHandedOver. Who may is for the caller to check."""
    async with process.database.begin() as connection:
        await ratings.save(connection, dossier, answer)
        if not await ratings.is_rated(connection, dossier):
            raise NotHandedOver
