"""A case ends without a decision."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.routing.commands.case import CaseCommand, case_command
from services.routing.schemas.endings import StopCase
from services.routing.schemas.views import CaseChanged
from web.conditional import set_etag

router = APIRouter(prefix="/api/routing/cases", tags=["cases"])


@router.post("/{case}/stop")
async def stop(command: Annotated[CaseCommand, Depends(case_command)], request: StopCase, response: Response) -> CaseChanged:
    """Close it without a decision (form 05): only who leads the unit. The applicant is told the ground and the details."""
    changed = CaseChanged.model_validate((await command.run(request)).body)
    set_etag(response, changed.version)
    return changed
