"""A result has waited at the counter for long, and its applicant is told once more that it is there."""

from datetime import datetime

from messaging.handler_table import Decision
from services.intake.domain import facts
from services.intake.domain.dossier import Dossier
from services.intake.domain.results import require_may_be_reminded
from services.intake.domain.stages import Transition


def remind(dossier: Dossier, now: datetime, by: str) -> Decision[Dossier]:
    """Raises IllegalStep, GoesByPost, NobodyToRemind and RemindedToday."""
    after = dossier.moved(Transition.REMIND, now, reminded_at=now)
    require_may_be_reminded(dossier, now)
    return Decision(after, (facts.result_reminded(after, now, by),))
