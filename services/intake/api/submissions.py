"""Without sign-in: handing in online, handing in again, and tracking by code and secret."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from chassis.process import CurrentProcess, Process
from contracts.given import GivenReference
from services.intake.api.answers import answer_received, answer_state
from services.intake.commands import confirmation, dossiers, receive
from services.intake.commands.submission_bounds import new_question
from services.intake.commands.tracking import identify
from services.intake.domain.proof import Proof
from services.intake.queries.dossiers import dossier_detail
from services.intake.schemas import requests, views
from web.client_address import client_of
from web.conditional import IfMatch, set_etag
from web.idempotency import IdempotencyKey
from web.signin import Visitor

router = APIRouter(prefix="/api/intake", tags=["citizens"])


@router.get("/submissions/question")
async def question(process: CurrentProcess, _: Visitor) -> views.ProofQuestion:
    """To be answered, in digits, by who is told `proof-needed`; an answer serves once, and for four hours."""
    return views.ProofQuestion.of(new_question(process))


@router.post("/submissions", status_code=201)
async def submit(
    process: CurrentProcess,
    person: Visitor,
    body: requests.SubmitDossier,
    key: IdempotencyKey,
    request: Request,
    response: Response,
    proof_question: Annotated[str, Header(max_length=60)] = "",
    proof_answer: Annotated[str, Header(max_length=20)] = "",
) -> views.ReceivedDossier:
    """A submission number and a secret to follow it by. Code and promised date come when a clerk accepts it. Who is not signed in
    may hand in so many a day from one address, for one person, telephone or e-mail, and to one unit: then 429 `proof-needed`,
    until a question is answered in the two headers; and after several times as many 429 with Retry-After.
    """
    client, proof = None if person else client_of(request), Proof(proof_question, proof_answer) if proof_question else None
    received = await receive.submit_online(process, body, key, client, proof)
    return await answer_received(process, response, received, body.applicant)


@router.post("/submissions/{submission_number}/resubmit")
async def resubmit(
    process: CurrentProcess,
    submission_number: GivenReference,
    seen: IfMatch,
    body: requests.ResubmitBySecret,
    key: IdempotencyKey,
    request: Request,
    response: Response,
) -> views.DossierState:
    """After form 02, with what was missing."""
    dossier = await identify(process, submission_number, body.secret, client_of(request))
    papers = requests.ResubmitDossier(papers=body.papers)
    return answer_state(response, await dossiers.resubmit_by_citizen(process, dossier, seen, papers, key))


@router.post("/confirmations")
async def confirm(
    process: CurrentProcess, _: Visitor, body: requests.ConfirmAddress, key: IdempotencyKey
) -> views.AddressConfirmed:
    """By the owner of an e-mail address that was given online, with what stood in the mail: from here on messages go to it."""
    return views.AddressConfirmed.model_validate((await confirmation.confirm_address(process, body, key)).body)


@router.post("/track")
async def track(
    process: CurrentProcess, body: requests.TrackDossier, request: Request, response: Response
) -> views.TrackedDossier:
    """Status, steps and promised date. A wrong code and a wrong secret get the same answer; too many wrong ones get 429."""
    return await _tracked(process, body.code, body.secret, request, response)


@router.get("/track", deprecated=True)
async def track_by_address(
    process: CurrentProcess,
    code: Annotated[str, Query(max_length=100, description="dossier code or submission number")],
    secret: Annotated[str, Query(max_length=100)],
    request: Request,
    response: Response,
) -> views.TrackedDossier:
    """As POST, which keeps the secret out of addresses and of whatever writes them down."""
    return await _tracked(process, code, secret, request, response)


async def _tracked(process: Process, code: str, secret: str, request: Request, response: Response) -> views.TrackedDossier:
    detail = await dossier_detail(process, await identify(process, code, secret, client_of(request)))
    set_etag(response, detail.dossier.version)
    return views.TrackedDossier.of(detail.dossier, detail.history)
