"""Without sign-in: handing in online, handing in again, and tracking by code and secret."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from chassis.process import CurrentProcess
from contracts.values import Identifier
from services.intake import bodies, looking
from services.intake.api.replying import client_of, reply, reply_created
from services.intake.commands import changing, taking_in
from services.intake.commands.identifying import identify
from services.intake.showing import public_view
from web.conditional import IfMatch, set_etag
from web.idempotency import IdempotencyKey

router = APIRouter(prefix="/api/intake", tags=["citizens"])


@router.post("/submissions", status_code=201)
async def submit(process: CurrentProcess, body: bodies.NewSubmission, key: IdempotencyKey, response: Response) -> dict[str, Any]:
    """A submission number and a secret to follow it by. Code and promised date come when a clerk accepts it."""
    return await reply_created(process, response, await taking_in.submit_online(process, body, key))


@router.post("/submissions/{submission_number}/resubmit")
async def resubmit(
    process: CurrentProcess,
    submission_number: Identifier,
    seen: IfMatch,
    body: bodies.CitizensResubmission,
    key: IdempotencyKey,
    request: Request,
    response: Response,
) -> dict[str, Any]:
    """After form 02, with what was missing."""
    dossier = await identify(process, submission_number, body.secret, client_of(request))
    papers = bodies.Resubmission(papers=body.papers)
    return reply(response, await changing.resubmit_by_citizen(process, dossier, seen, papers, key))


@router.get("/track")
async def track(
    process: CurrentProcess,
    code: Annotated[str, Query(max_length=100, description="dossier code or submission number")],
    secret: Annotated[str, Query(max_length=100)],
    request: Request,
    response: Response,
) -> dict[str, Any]:
    """Status, steps and promised date. A wrong code and a wrong secret get the same answer; too many wrong ones get 429."""
    dossier = await identify(process, code, secret, client_of(request))
    found = await looking.dossier_with_all(process, dossier)
    set_etag(response, found.dossier.version)
    return public_view(found.dossier, found.history)
