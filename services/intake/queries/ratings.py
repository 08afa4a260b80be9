"""Whether a dossier's applicant may still be asked how they were served."""

from chassis.process import Process
from services.intake.domain.dossier import Dossier
from services.intake.domain.stages import Stage
from services.intake.repository import ratings


async def is_rated(process: Process, dossier: Dossier) -> bool | None:
    """None before its result was handed over."""
    if dossier.stage is not Stage.HANDED_OVER:
        return None
    async with process.reads.connect() as connection:
        return await ratings.is_rated(connection, dossier.id)
