"""Drafts: submitted for signature, taken back, returned, signed one by one or many at once."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from chassis.process import CurrentProcess
from messaging.command_table import Answer
from services.routing.access import Worker
from services.routing.commands.case import CaseCommand, case_command
from services.routing.commands.signature import sign_many as sign_them
from services.routing.schemas.signature import ReturnDraft, SignDraft, SignDrafts, SubmitDraft, TakeBackDraft
from services.routing.schemas.views import CaseChanged, CasesSigned
from web.conditional import set_etag
from web.idempotency import IdempotencyKey

router = APIRouter(prefix="/api/routing/cases", tags=["signing"])


@router.post("/sign")
async def sign_many(process: CurrentProcess, person: Worker, request: SignDrafts, key: IdempotencyKey) -> CasesSigned:
    """Sign many drafts at once, in this order. Each is signed and numbered, or refused with its reason."""
    return await sign_them(process, person, request, key)


@router.post("/{case}/submit")
async def submit(command: Annotated[CaseCommand, Depends(case_command)], request: SubmitDraft, response: Response) -> CaseChanged:
    """Draft the outcome and submit it to the unit's leaders: the officer who has the case, where a leader signs the result."""
    return _changed(await command.run(request), response)


@router.post("/{case}/take-back")
async def take_back(command: Annotated[CaseCommand, Depends(case_command)], response: Response) -> CaseChanged:
    """The officer takes the draft back before anybody has signed it."""
    return _changed(await command.run(TakeBackDraft()), response)


@router.post("/{case}/return")
async def return_to_officer(
    command: Annotated[CaseCommand, Depends(case_command)], request: ReturnDraft, response: Response
) -> CaseChanged:
    """A leader, or the deputy of one who is away, gives the draft back with a comment."""
    return _changed(await command.run(request), response)


@router.post("/{case}/sign")
async def sign(command: Annotated[CaseCommand, Depends(case_command)], response: Response) -> CaseChanged:
    """A leader, or the deputy of one who is away, signs: the case is decided, and a grant takes its number from the register."""
    return _changed(await command.run(SignDraft()), response)


def _changed(answer: Answer, response: Response) -> CaseChanged:
    changed = CaseChanged.model_validate(answer.body)
    set_etag(response, changed.version)
    return changed
