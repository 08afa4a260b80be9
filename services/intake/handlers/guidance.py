"""Guidance given at the counter or on the telephone: recorded as it is, published once."""

from datetime import datetime

from contracts.intake import GuidanceGivenV1
from contracts.values import GuidanceKind
from messaging.handler_table import Decision
from services.intake.domain.dossier import Dossier
from services.intake.domain.guidance import Guidance, guidance_id_of_return


def give_guidance(turn: Guidance) -> Decision[Guidance]:
    given = GuidanceGivenV1(
        unit=turn.unit, kind=turn.kind, procedure=turn.procedure, dossier=turn.dossier, at=turn.at, by=turn.by
    )
    return Decision(turn, (given,))


def guidance_of_return(dossier: Dossier, now: datetime, by: str) -> Guidance:
    """Explaining form 02 to the applicant is a guidance turn in person."""
    return Guidance(
        id=guidance_id_of_return(dossier.id, dossier.version),
        lane=dossier.lane,
        version=0,
        unit=dossier.unit,
        kind=GuidanceKind.IN_PERSON,
        procedure=dossier.procedure,
        dossier=dossier.id,
        at=now,
        by=by,
    )
