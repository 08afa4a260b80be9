"""How commands answer: status, ETag, and what must not be kept with an Idempotency-Key, read afresh each time."""

from fastapi import Response

from chassis.process import Process
from contracts.civil import civil_day
from messaging.command_table import Answer
from services.intake.commands.receive import Received
from services.intake.domain.applicant import Applicant
from services.intake.queries.dossiers import secret_of, tracking_url
from services.intake.schemas.views import DossierState, ReceivedDossier, warnings_of
from web.conditional import set_etag


def answer_state(response: Response, answer: Answer) -> DossierState:
    state = DossierState.model_validate(answer.body)
    response.status_code = answer.status
    set_etag(response, state.version)
    return state


async def answer_received(process: Process, response: Response, received: Received, applicant: Applicant) -> ReceivedDossier:
    """With the secret, opened for this answer only, and what the applicant's number makes one doubt."""
    state = answer_state(response, received.answer)
    return ReceivedDossier(
        **dict(state),
        secret=received.secret or await secret_of(process, state.id),
        receipt_url=f"/intake/dossiers/{state.id}/receipt",
        tracking_url=tracking_url(process, state.code or state.submission_number),
        warnings=warnings_of(applicant.identity, civil_day(process.clock())),
    )
