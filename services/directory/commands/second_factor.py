"""The second step of a sign-in. A code is used up in the command that accepts it, so that two at once cannot both have it."""

import hmac
from dataclasses import dataclass
from hashlib import sha256
from math import ceil
from typing import Final

import structlog

from chassis import guess_limiter
from chassis.guess_limiter import GuessLimit, Verdict
from chassis.process import Process
from messaging.command_table import Answer, Command, CommandEntry, Load, UnitOfWork, anybody
from services.directory import handlers
from services.directory.adapters.seal import open_sealed
from services.directory.adapters.signing_key import signing_key
from services.directory.commands.publication import publish_account
from services.directory.commands.staff import StaffCommand, account_of, administrator_who_has_seen_it, units_of
from services.directory.domain.accounts import OPERATOR, Account
from services.directory.domain.second_factor import (
    DIGITS,
    MOST_WRONG,
    WITHIN,
    CodeNeeded,
    FactorOwed,
    SecondFactor,
    TooManyCodes,
    code_hash,
    matching_step,
    owes_factor,
)
from services.directory.repository.accounts import ACCOUNTS
from services.directory.repository.entities import ALL_UNITS
from services.directory.schemas import AccountState
from services.directory.settings import DirectorySettings, directory_settings
from web import correlation

log = structlog.get_logger(__name__)
CODE_LIMIT: Final = GuessLimit(MOST_WRONG, WITHIN, WITHIN)


@dataclass(frozen=True, slots=True)
class UseFactor:
    """Digits of a step, or the hash of a code on paper."""

    step: int | None
    code: str | None


@dataclass(frozen=True, slots=True)
class EnrolFactor:
    factor: SecondFactor
    proven: str
    replaces: str


@dataclass(frozen=True, slots=True)
class RemoveFactor:
    pass


async def pass_factor(process: Process, account: Account, typed: str, *, by_program: bool) -> None:
    """Nothing for whoever has none. Raises CodeNeeded, WrongCode, TooManyCodes."""
    if account.second_factor is None or _is_the_commands(account, by_program=by_program):
        return
    if not typed:
        raise CodeNeeded
    settings = directory_settings(process.settings)
    verdict = await _counted(process, settings, account)
    secret = open_sealed(settings.directory_key_file, account.id, account.second_factor.sealed)
    digits = typed.replace(" ", "")
    step = matching_step(secret, digits, process.clock()) if len(digits) == DIGITS and digits.isascii() else None
    body = UseFactor(step, code_hash(account.id, typed) if step is None else None)
    await process.commands.run(Command(body=body, target=account.id, correlation=correlation.current()))
    async with process.database.begin() as connection:
        await guess_limiter.take_back(connection, verdict)
    log.info("second factor used", staff=account.id, on_paper=step is None)


async def _counted(process: Process, settings: DirectorySettings, account: Account) -> Verdict:
    """Before it is looked at, like a password. Raises TooManyCodes."""
    key, now = signing_key(settings.signing_key_file)["d"].encode(), process.clock()
    subject = hmac.digest(key, f"code {account.id}".encode(), sha256)
    async with process.database.begin() as connection:
        verdict = await guess_limiter.count_under(connection, {subject: CODE_LIMIT}, now)
    if verdict.closed_until is not None:
        raise TooManyCodes(max(1, ceil((verdict.closed_until - now).total_seconds())))
    return verdict


def require_factor(process: Process, account: Account, *, by_program: bool) -> None:
    """Raises FactorOwed for whoever has none and must have one."""
    required = directory_settings(process.settings).factor_required and not _is_the_commands(account, by_program=by_program)
    if required and account.second_factor is None and owes_factor(account.staff):
        raise FactorOwed


def _is_the_commands(account: Account, *, by_program: bool) -> bool:
    """`motcua` signs in with what stands in the installation's own secrets, and has no telephone."""
    return by_program and account.id == OPERATOR


async def remove(command: StaffCommand, staff_id: str, why: str) -> AccountState:
    """Raises UnknownPerson, Forbidden, StaleWrite, OwnAccount, NoSecondFactor."""
    given = Command(body=RemoveFactor(), by=command.by, target=staff_id, seen=command.seen, correlation=correlation.current())
    state = AccountState.model_validate((await command.process.commands.run(given)).body)
    log.warning("second factor removed", staff=staff_id, by=command.by.staff_id, why=why)
    return state


def _use(command: Command[UseFactor], work: UnitOfWork) -> Answer:
    """Nobody else needs to hear of it: nothing is published."""
    work.save(ACCOUNTS, handlers.use_factor(account_of(command.target, work), step=command.body.step, code=command.body.code))
    return Answer({})


def _enrol(command: Command[EnrolFactor], work: UnitOfWork) -> Answer:
    account, body = account_of(command.target, work), command.body
    after = handlers.enrol_factor(account, body.factor, proven=body.proven, replaces=body.replaces, now=work.now)
    publish_account(work, work.save(ACCOUNTS, after))
    return Answer({})


def _remove(command: Command[RemoveFactor], work: UnitOfWork) -> Answer:
    after = handlers.remove_factor(account_of(command.target, work), by=command.by.staff_id, now=work.now)
    publish_account(work, work.save(ACCOUNTS, after))
    return Answer(AccountState(id=after.id, active=after.staff.active, version=after.version).model_dump())


# What the first two may is proven by what they carry, and compared in the handler.
ENTRIES: Final = (
    CommandEntry(body=UseFactor, handler=_use, may=anybody, loads=(Load(ACCOUNTS),)),
    CommandEntry(body=EnrolFactor, handler=_enrol, may=anybody, loads=(Load(ACCOUNTS),)),
    CommandEntry(
        body=RemoveFactor, handler=_remove, may=administrator_who_has_seen_it, loads=(Load(ALL_UNITS, units_of), Load(ACCOUNTS))
    ),
)
