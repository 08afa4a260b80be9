"""A case ends without a decision, or takes longer than promised."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.routing.commands.case import CaseCommand, case_command
from services.routing.schemas.endings import AnswerExtension, AskExtension, StopCase
from services.routing.schemas.views import CaseChanged
from web.conditional import set_etag

router = APIRouter(prefix="/api/routing/cases", tags=["cases"])


@router.post("/{case}/stop")
async def stop(command: Annotated[CaseCommand, Depends(case_command)], request: StopCase, response: Response) -> CaseChanged:
    """Close it without a decision (form 05): only who leads the unit. The applicant is told the ground and the details."""
    changed = CaseChanged.model_validate((await command.run(request)).body)
    set_etag(response, changed.version)
    return changed


@router.post("/{case}/extend")
async def extend(
    command: Annotated[CaseCommand, Depends(case_command)], request: AskExtension, response: Response
) -> CaseChanged:
    """Ask a leader for more time: the officer who has the case, or one who leads the unit. Nothing is promised anew by it."""
    changed = CaseChanged.model_validate((await command.run(request)).body)
    set_etag(response, changed.version)
    return changed


@router.post("/{case}/answer-extension")
async def answer_extension(
    command: Annotated[CaseCommand, Depends(case_command)], request: AnswerExtension, response: Response
) -> CaseChanged:
    """Confirm or refuse the time that was asked for: only who leads the unit. Confirmed, the applicant gets an apology and the
    new date (form 04).
    """
    changed = CaseChanged.model_validate((await command.run(request)).body)
    set_etag(response, changed.version)
    return changed
