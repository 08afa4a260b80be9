"""Signing in and out. Every attempt is counted before it is tried; neither its answer nor its time shows who exists."""

from typing import Final

from chassis import guess_limiter
from chassis.guess_limiter import GuessLimit
from chassis.process import Process
from messaging.command_table import Command
from services.directory.adapters.passwords import PASSWORDS
from services.directory.adapters.signing_key import issue_token, signing_key
from services.directory.commands.staff import SignOut
from services.directory.domain.guess_limits import CLOSED_FOR, MOST, WITHIN, TooManyGuesses, WrongPassword
from services.directory.repository import accounts
from services.directory.settings import directory_settings
from web import correlation
from web.principal import Principal
from web.tokens import TokenClaims

SIGN_IN_LIMIT: Final = GuessLimit(MOST, WITHIN, CLOSED_FOR)


async def sign_in(process: Process, username: str, password: str) -> tuple[str, TokenClaims]:
    """A token for one shift. Raises WrongPassword, TooManyGuesses, Unavailable."""
    settings = directory_settings(process.settings)
    name = username.strip().lower()
    subject = name.encode()
    async with process.database.begin() as connection:
        now = process.clock()
        closed_until = await guess_limiter.count_attempt(connection, {subject: SIGN_IN_LIMIT}, now)
        if closed_until is not None:
            raise TooManyGuesses(max(1, round((closed_until - now).total_seconds())))
        account = await accounts.find_by_username(connection, name)
    if not await PASSWORDS.verify(password, None if account is None else account.password_hash):
        raise WrongPassword
    if account is None or not account.staff.active:
        raise WrongPassword
    async with process.database.begin() as connection:
        await guess_limiter.forget(connection, subject)
    private = signing_key(settings.signing_key_file)
    return issue_token(account.staff, private, now=process.clock(), lifetime=settings.shift)


async def sign_out(process: Process, person: Principal) -> None:
    """Every token of this person is void, in every service as soon as it hears of it."""
    command = Command(body=SignOut(), by=person, target=person.staff_id, correlation=correlation.current())
    await process.commands.run(command)
