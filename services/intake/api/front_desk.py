"""What else happens at the front desk: guidance turns."""

from typing import Any

from fastapi import APIRouter, Response

from chassis.process import CurrentProcess
from services.intake import bodies
from services.intake.api.replying import Clerk, reply
from services.intake.commands import guiding
from web.idempotency import IdempotencyKey

router = APIRouter(prefix="/api/intake", tags=["front desk"])


@router.post("/guidance", status_code=201)
async def give_guidance(
    process: CurrentProcess, clerk: Clerk, body: bodies.GuidanceTurn, key: IdempotencyKey, response: Response
) -> dict[str, Any]:
    """One turn: in person, an incoming or an outgoing call."""
    return reply(response, await guiding.give_guidance(process, clerk, body, key))
