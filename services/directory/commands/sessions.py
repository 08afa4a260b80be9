"""Signing in and out. Every attempt is counted before it is tried; neither its answer nor its time tells who exists."""

from typing import Final

from chassis import guess_limiter
from chassis.guess_limiter import GuessLimit
from chassis.process import Process
from messaging.commands import UnitOfWork
from services.directory.commands.publishing import publish_account
from services.directory.domain import accounts as rules
from services.directory.domain.accounts import UnknownPerson
from services.directory.domain.guessing import CLOSED_FOR, MOST, WITHIN, TooManyGuesses, WrongPassword
from services.directory.passwords import PASSWORDS
from services.directory.repository import accounts
from services.directory.settings import DirectorySettings
from services.directory.signing import issue
from web.tokens import TokenClaims

SIGN_IN_LIMIT: Final = GuessLimit(MOST, WITHIN, CLOSED_FOR)


async def sign_in(process: Process, username: str, password: str) -> tuple[str, TokenClaims]:
    """A token for one shift. Raises WrongPassword, TooManyGuesses, Unavailable."""
    settings = process.settings
    assert isinstance(settings, DirectorySettings)  # noqa: S101 -- main.py says so; narrows the type
    name = username.strip().lower()
    subject = name.encode()
    async with process.database.begin() as connection:
        now = process.clock()
        closed_until = await guess_limiter.count_attempt(connection, {subject: SIGN_IN_LIMIT}, now)
        if closed_until is not None:
            raise TooManyGuesses(max(1, round((closed_until - now).total_seconds())))
        account = await accounts.by_username(connection, name)
    if not await PASSWORDS.fits(password, None if account is None else account.password_hash):
        raise WrongPassword
    if account is None or not account.staff.active:
        raise WrongPassword
    async with process.database.begin() as connection:
        await guess_limiter.forget(connection, subject)
    return issue(account.staff, settings, process.clock())


async def sign_out(process: Process, staff_id: str, correlation: str | None) -> None:
    """Every token of this person is void, in every service as soon as it hears of it."""
    async with process.database.begin() as connection:
        unit = UnitOfWork(connection, process.clock(), correlation)
        account = await accounts.lock_one(connection, staff_id)
        if account is None:
            raise UnknownPerson
        after = rules.sign_out(account, unit.now)
        await accounts.save(connection, [after])
        await publish_account(unit, after)
