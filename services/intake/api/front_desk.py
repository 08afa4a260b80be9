"""What else happens at the front desk: guidance turns, and what would be promised."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from chassis.process import CurrentProcess
from contracts.values import Moment, ProcedureCode, UnitId
from services.intake.access import Clerk
from services.intake.commands import guidance
from services.intake.queries.reception import reception_of
from services.intake.schemas.requests import GiveGuidance
from services.intake.schemas.views import GivenGuidance, PromiseBefore, WhyThisDate
from web.idempotency import IdempotencyKey
from web.signin import Visitor

router = APIRouter(prefix="/api/intake", tags=["front desk"])


@router.post("/guidance", status_code=201)
async def give_guidance(
    process: CurrentProcess, clerk: Clerk, body: GiveGuidance, key: IdempotencyKey, response: Response
) -> GivenGuidance:
    """One turn: in person, an incoming or an outgoing call."""
    answer = await guidance.give_guidance(process, clerk, body, key)
    response.status_code = answer.status
    return GivenGuidance.model_validate(answer.body)


@router.get("/promise")
async def promise(
    process: CurrentProcess,
    _: Visitor,
    unit: UnitId,
    procedure: ProcedureCode,
    at: Annotated[Moment | None, Query(description="when the papers come to the counter; now, if not given")] = None,
) -> PromiseBefore:
    """What a reception of complete papers would promise, and why. Nothing is received, and nobody is named."""
    reception = await reception_of(process, unit, procedure, at)
    offer = reception.offer
    return PromiseBefore(
        unit=offer.unit,
        procedure=offer.procedure,
        competent_unit=offer.competent,
        fee=offer.fee,
        received_at=reception.at,
        promised_at=reception.promised_at,
        provisional=reception.provisional,
        why_this_date=WhyThisDate(vi=reception.why("vi"), en=reception.why("en")),
    )
