"""Papers or money that an accepted dossier waits for have come."""

# ruff: noqa: FAST003 -- `dossier` of the path is read by DossierCommand, which ruff does not look into

from fastapi import APIRouter, Request, Response

from chassis.process import CurrentProcess
from contracts.given import GivenReference
from services.intake.api.answers import answer_state
from services.intake.commands.dossiers import CurrentCommand
from services.intake.commands.owed import hand_in_by_citizen
from services.intake.commands.tracking import identify
from services.intake.schemas import owed, views
from web.client_address import client_of
from web.conditional import IfMatch
from web.idempotency import IdempotencyKey

router = APIRouter(prefix="/api/intake")


@router.post("/dossiers/{dossier}/hand-in", tags=["dossiers"])
async def hand_in(command: CurrentCommand, body: owed.HandInPapers, response: Response) -> views.DossierState:
    """Everything that was asked for. The status becomes 4, and the promised date moves, when the competent unit goes on."""
    return answer_state(response, await command.run(body))


@router.post("/dossiers/{dossier}/record-payment", tags=["dossiers"])
async def record_payment(command: CurrentCommand, body: owed.RecordPayment, response: Response) -> views.DossierState:
    """As `hand-in`, where money was owed."""
    return answer_state(response, await command.run(body))


@router.post("/submissions/{submission_number}/hand-in", tags=["citizens"])
async def hand_in_online(
    process: CurrentProcess,
    submission_number: GivenReference,
    seen: IfMatch,
    body: owed.HandInBySecret,
    key: IdempotencyKey,
    request: Request,
    response: Response,
) -> views.DossierState:
    """By who has the secret; code or submission number."""
    dossier = await identify(process, submission_number, body.secret, client_of(request))
    papers = owed.HandInPapers(papers=body.papers)
    return answer_state(response, await hand_in_by_citizen(process, dossier, seen, papers, key))
