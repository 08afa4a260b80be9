"""A case waits for its applicant: papers or money are asked for. What comes is intake's to say."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.routing.api.cases import changed
from services.routing.commands.case import CaseCommand, case_command
from services.routing.schemas.supplements import AskForPapers, AskForPayment
from services.routing.schemas.views import CaseChanged

router = APIRouter(prefix="/api/routing/cases", tags=["cases"])


@router.post("/{case}/supplement")
async def ask_for_papers(
    command: Annotated[CaseCommand, Depends(case_command)], request: AskForPapers, response: Response
) -> CaseChanged:
    """Form 02 after acceptance: the officer who has the case, or one who leads the unit. The clock stands still from here on."""
    return changed(await command.run(request), response)


@router.post("/{case}/payment")
async def ask_for_payment(
    command: Annotated[CaseCommand, Depends(case_command)], request: AskForPayment, response: Response
) -> CaseChanged:
    """The portal's status 6, until a clerk records that it was paid."""
    return changed(await command.run(request), response)
