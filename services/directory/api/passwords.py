"""Passwords for programs. Neither takes the answer of an Idempotency-Key: what holds a token or a password is never stored."""

from fastapi import APIRouter, Response
from starlette.requests import Request

from chassis.process import CurrentProcess
from contracts.values import Identifier
from services.directory.commands import passwords
from services.directory.commands.staff import CurrentStaffCommand
from services.directory.schemas import NewPassword, OneTimePassword, Token
from web.client_address import client_of
from web.conditional import set_etag

router = APIRouter(prefix="/api/directory")


@router.post("/password", tags=["sign-in"])
async def choose(request: Request, typed: NewPassword, process: CurrentProcess) -> Token:
    """Another password, proven by the old one, which may be a one-time password. Every other session of the person is ended."""
    token, claims = await passwords.choose(process, typed, client_of(request), by_program=True)
    return Token(token=token, expires_at=claims.expires_at)


@router.post("/staff/{staff_id}/reset-password", tags=["staff"])
async def reset(staff_id: Identifier, command: CurrentStaffCommand, response: Response) -> OneTimePassword:
    """A one-time password for a person who has lost theirs; every session of theirs is ended."""
    once = await passwords.reset(command, staff_id)
    set_etag(response, once.version)
    return once
