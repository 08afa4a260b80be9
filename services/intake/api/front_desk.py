"""What else happens at the front desk: guidance turns."""

from fastapi import APIRouter, Response

from chassis.process import CurrentProcess
from services.intake.access import Clerk
from services.intake.commands import guidance
from services.intake.schemas.requests import GiveGuidance
from services.intake.schemas.views import GivenGuidance
from web.idempotency import IdempotencyKey

router = APIRouter(prefix="/api/intake", tags=["front desk"])


@router.post("/guidance", status_code=201)
async def give_guidance(
    process: CurrentProcess, clerk: Clerk, body: GiveGuidance, key: IdempotencyKey, response: Response
) -> GivenGuidance:
    """One turn: in person, an incoming or an outgoing call."""
    answer = await guidance.give_guidance(process, clerk, body, key)
    response.status_code = answer.status
    return GivenGuidance.model_validate(answer.body)
