"""Signing in and out. Every attempt is counted before it is tried; neither its answer nor its time shows who exists."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import ceil
from typing import Final

from chassis import guess_limiter
from chassis.guess_limiter import Attempt, GuessLimit, GuessLimits, Verdict
from chassis.process import Process
from contracts.directory import EndedSessionV1, StaffV1
from contracts.refusal import Refusal
from messaging.command_table import Command
from services.directory.adapters.passwords import PASSWORDS
from services.directory.adapters.signing_key import issue_token, signing_key
from services.directory.commands.second_factor import pass_factor, require_factor
from services.directory.commands.staff import EndSession, SignOut
from services.directory.domain.accounts import Account, NewPasswordNeeded, OneTimePasswordOver, UnknownSession
from services.directory.domain.guess_limits import (
    CLOSED_FOR,
    MOST,
    MOST_BY_ADDRESS,
    MOST_UNDER_NAME,
    WITHIN,
    TooManyGuesses,
    WrongPassword,
)
from services.directory.domain.second_factor import WrongCode
from services.directory.repository import accounts, sessions
from services.directory.repository.sessions import Session
from services.directory.schemas import SignIn
from services.directory.settings import DirectorySettings, directory_settings
from web import correlation
from web.principal import Principal
from web.problems import Unavailable
from web.tokens import TokenClaims

SIGN_IN_LIMITS: Final = GuessLimits(
    pair=GuessLimit(MOST, WITHIN, CLOSED_FOR),
    client=GuessLimit(MOST_BY_ADDRESS, WITHIN, CLOSED_FOR),
    target=GuessLimit(MOST_UNDER_NAME, WITHIN, CLOSED_FOR),
)


@dataclass(frozen=True, slots=True)
class Proof:
    """Whose password was right, and the attempt that was counted for it."""

    account: Account
    attempt: Attempt
    verdict: Verdict


async def sign_in(process: Process, typed: SignIn, client: str, *, by_program: bool = False) -> tuple[str, TokenClaims]:
    """A token for one shift. Raises what `prove` raises, and NewPasswordNeeded, OneTimePasswordOver, CodeNeeded, WrongCode,
    FactorOwed.
    """
    proof = await prove(process, typed.username, typed.password, client)
    try:
        require_own_password(process, proof.account)
        await pass_factor(process, proof.account, typed.code, by_program=by_program)
        require_factor(process, proof.account, by_program=by_program)
    except WrongCode:
        raise  # a guess like any other
    except Refusal:
        await forgive(process, proof)
        raise
    return await open_session(process, proof, proof.account.staff, by_program=by_program)


def require_own_password(process: Process, account: Account) -> None:
    """Raises NewPasswordNeeded, OneTimePasswordOver."""
    if account.one_time_until is not None:
        raise NewPasswordNeeded if process.clock() < account.one_time_until else OneTimePasswordOver


async def prove(process: Process, username: str, password: str, client: str) -> Proof:
    """Raises WrongPassword, TooManyGuesses, and Unavailable, which does not count as an attempt."""
    settings = directory_settings(process.settings)
    name = username.strip().lower()
    attempt = _attempt(settings, name, client)
    verdict, account = await _counted(process, attempt, name)
    try:
        right = await PASSWORDS.verify(password, None if account is None else account.password_hash, client)
    except Unavailable:
        async with process.database.begin() as connection:
            await guess_limiter.take_back(connection, verdict)
        raise
    if not right or account is None or not account.staff.active:
        raise WrongPassword
    return Proof(account, attempt, verdict)


async def open_session(process: Process, proof: Proof, staff: StaffV1, *, by_program: bool) -> tuple[str, TokenClaims]:
    """`staff`: as published now."""
    settings = directory_settings(process.settings)
    private = signing_key(settings.signing_key_file)
    token, claims = issue_token(staff, private, now=process.clock(), lifetime=settings.shift)
    async with process.database.begin() as connection:
        await guess_limiter.take_back(connection, proof.verdict)
        await guess_limiter.forget(connection, proof.attempt)
        await sessions.add(connection, claims, by_program=by_program)
    return token, claims


async def forgive(process: Process, proof: Proof) -> None:
    """The password was right, and does not count against who typed it."""
    async with process.database.begin() as connection:
        await guess_limiter.take_back(connection, proof.verdict)
        await guess_limiter.forget(connection, proof.attempt)


async def _counted(process: Process, attempt: Attempt, name: str) -> tuple[Verdict, Account | None]:
    now = process.clock()
    async with process.database.begin() as connection:
        verdict = await guess_limiter.count_attempt(connection, attempt, SIGN_IN_LIMITS, now)
        account = await accounts.find_by_username(connection, name)
    if verdict.closed_until is not None:
        raise TooManyGuesses(max(1, ceil((verdict.closed_until - now).total_seconds())))
    return verdict, account


def _attempt(settings: DirectorySettings, name: str, client: str) -> Attempt:
    """Hashes under a key that no reader of the database has: which address tried which name is nobody's business."""
    key = signing_key(settings.signing_key_file)["d"].encode()
    pair, by_client, target = (
        hmac.digest(key, f"guess {subject}".encode(), sha256)
        for subject in (f"pair {client} {name}", f"client {client}", f"target {name}")
    )
    return Attempt(pair=pair, client=by_client, target=target)


async def open_sessions(process: Process, person: Principal) -> Sequence[Session]:
    """What signing out would end."""
    async with process.reads.connect() as connection:
        return await sessions.open_sessions(connection, person.staff_id, process.clock())


async def end_session(process: Process, person: Principal, session_id: str) -> None:
    """One of the person's own. Raises UnknownSession."""
    session = next((open_ for open_ in await open_sessions(process, person) if open_.id == session_id), None)
    if session is None:
        raise UnknownSession
    body = EndSession(EndedSessionV1(sid=session.id, until=session.until))
    await process.commands.run(Command(body=body, by=person, target=person.staff_id, correlation=correlation.current()))


async def sign_out(process: Process, person: Principal) -> None:
    """Every token of this person is void, in every service as soon as it hears of it."""
    command = Command(body=SignOut(), by=person, target=person.staff_id, correlation=correlation.current())
    await process.commands.run(command)
