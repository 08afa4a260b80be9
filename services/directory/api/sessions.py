"""Signing in and out for programs. Neither takes an Idempotency-Key: an answer with a token in it is never stored, and
signing out twice is signing out.
"""

from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request

from chassis.process import CurrentProcess
from contracts.directory import StaffV1
from contracts.values import Identifier
from services.directory.commands import sessions
from services.directory.queries.staff import find_staff
from services.directory.schemas import OpenSession, OpenSessions, SignIn, Token
from web.client_address import client_of
from web.signin import SignedIn

router = APIRouter(prefix="/api/directory", tags=["sign-in"])


@router.post("/sign-in")
async def sign_in(request: Request, credentials: SignIn, process: CurrentProcess) -> Token:
    """Five wrong passwords under one name within five minutes close it for a minute to the address they came from: 429 with
    Retry-After.
    """
    client = client_of(request)
    token, claims = await sessions.sign_in(process, credentials, client, by_program=True)
    return Token(token=token, expires_at=claims.expires_at)


@router.get("/me")
async def me(person: SignedIn, process: CurrentProcess) -> StaffV1:
    """Who is signed in, and the posts held."""
    return await find_staff(process, person.username)


@router.get("/sessions")
async def own_sessions(person: SignedIn, process: CurrentProcess) -> OpenSessions:
    """One's own sign-ins that are not over, the newest twenty."""
    listed = await sessions.open_sessions(process, person)
    return OpenSessions(
        sessions=[
            OpenSession(
                id=session.id,
                by_program=session.by_program,
                since=session.since,
                until=session.until,
                here=session.id == person.session_id,
            )
            for session in listed
        ]
    )


@router.post("/sessions/{session}/end", status_code=HTTPStatus.NO_CONTENT)
async def end(session: Identifier, person: SignedIn, process: CurrentProcess) -> None:
    """One of one's own; the others go on."""
    await sessions.end_session(process, person, session)


@router.post("/sign-out", status_code=HTTPStatus.NO_CONTENT)
async def sign_out(person: SignedIn, process: CurrentProcess) -> None:
    """Every token of the person is void, on every computer."""
    await sessions.sign_out(process, person)
