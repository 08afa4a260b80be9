"""Without sign-in: an applicant takes their dossier back."""

from fastapi import APIRouter, Request, Response

from chassis.process import CurrentProcess
from contracts.given import GivenReference
from services.intake.api.answers import answer_state
from services.intake.commands.citizen_withdrawal import withdraw_by_citizen
from services.intake.commands.tracking import identify
from services.intake.schemas import views
from services.intake.schemas.endings import WithdrawBySecret
from web.client_address import client_of
from web.conditional import IfMatch
from web.idempotency import IdempotencyKey

router = APIRouter(prefix="/api/intake", tags=["citizens"])


@router.post("/submissions/{submission_number}/withdraw")
async def withdraw(
    process: CurrentProcess,
    submission_number: GivenReference,
    seen: IfMatch,
    body: WithdrawBySecret,
    key: IdempotencyKey,
    request: Request,
    response: Response,
) -> views.DossierState:
    """A dossier code serves as well. Before acceptance it is done at once. Between acceptance and decision the competent
    unit is asked: `withdrawal` is set, and the status becomes 7 when the answer has come. A decision that was there first stands.
    """
    dossier = await identify(process, submission_number, body.secret, client_of(request))
    return answer_state(response, await withdraw_by_citizen(process, dossier, seen, body, key))
