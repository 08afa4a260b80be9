"""How commands answer: status, ETag, and what must not be kept with an Idempotency-Key, read afresh each time."""

from fastapi import Response

from chassis.process import Process
from messaging.command_table import Answer
from services.intake.commands.receive import Received
from services.intake.queries.dossiers import secret_of, tracking_url
from services.intake.schemas.views import DossierState, ReceivedDossier
from web.conditional import set_etag


def answer_state(response: Response, answer: Answer) -> DossierState:
    state = DossierState.model_validate(answer.body)
    response.status_code = answer.status
    set_etag(response, state.version)
    return state


async def answer_received(process: Process, response: Response, received: Received) -> ReceivedDossier:
    """With the secret, opened for this answer only."""
    state = answer_state(response, received.answer)
    return ReceivedDossier(
        **dict(state),
        secret=received.secret or await secret_of(process, state.id),
        receipt_url=f"/intake/dossiers/{state.id}/receipt",
        tracking_url=tracking_url(process, state.code or state.submission_number),
    )
