"""The second factor for programs. No answer with a secret, a code or a token in it is ever stored."""

from fastapi import APIRouter, Response
from starlette.requests import Request

from chassis.process import CurrentProcess
from contracts.values import Identifier
from services.directory.commands import enrolment, second_factor
from services.directory.commands.staff import CurrentStaffCommand
from services.directory.schemas import AccountState, EnrolmentConfirmed, FactorEnrolled, FactorOffer, FactorRemoved, SignIn
from web.client_address import client_of
from web.conditional import set_etag

router = APIRouter(prefix="/api/directory")


@router.post("/second-factor", tags=["sign-in"])
async def begin(request: Request, typed: SignIn, process: CurrentProcess) -> FactorOffer:
    """A secret for an app. Nothing has changed before it is confirmed, within a quarter of an hour."""
    return await enrolment.begin(process, typed, client_of(request), by_program=True)


@router.post("/second-factor/confirm", tags=["sign-in"])
async def confirm(request: Request, typed: EnrolmentConfirmed, process: CurrentProcess) -> FactorEnrolled:
    """From now on signing in takes both. Every other session of the person is ended."""
    enrolled = await enrolment.confirm(process, typed, client_of(request), by_program=True)
    return FactorEnrolled(codes=enrolled.codes, token=enrolled.token, expires_at=enrolled.claims.expires_at)


@router.post("/staff/{staff_id}/remove-second-factor", tags=["staff"])
async def remove(staff_id: Identifier, body: FactorRemoved, command: CurrentStaffCommand, response: Response) -> AccountState:
    """For somebody who has lost it: the person's sessions end, and where it is required they enrol again."""
    state = await second_factor.remove(command, staff_id, body.why)
    set_etag(response, state.version)
    return state
