"""A person's own choice of a password, and the one-time password that an administrator hands out. Either ends every session."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from chassis.process import Process
from contracts.refusal import Refusal
from messaging.command_table import Answer, Command, CommandEntry, Load, UnitOfWork, anybody
from services.directory import handlers
from services.directory.adapters.passwords import PASSWORDS
from services.directory.commands.publication import publish_account
from services.directory.commands.second_factor import pass_factor, require_factor
from services.directory.commands.sessions import forgive, open_session, prove
from services.directory.commands.staff import StaffCommand, account_of, administrator_who_has_seen_it, units_of
from services.directory.domain.accounts import Account, OneTimePasswordOver
from services.directory.domain.passwords import SamePassword, check_password
from services.directory.domain.second_factor import WrongCode
from services.directory.repository.accounts import ACCOUNTS
from services.directory.repository.entities import ALL_UNITS
from services.directory.schemas import AccountState, NewPassword, OneTimePassword
from services.directory.settings import directory_settings
from web import correlation
from web.tokens import TokenClaims

log = structlog.get_logger(__name__)
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Nothing that reads like something else on paper."""
_GROUPS, _GROUP = 4, 4


@dataclass(frozen=True, slots=True)
class ChoosePassword:
    """`proven`: the hash under which the old one was right."""

    password_hash: str
    proven: str


@dataclass(frozen=True, slots=True)
class ResetPassword:
    password_hash: str
    until: datetime


async def choose(process: Process, typed: NewPassword, client: str, *, by_program: bool = False) -> tuple[str, TokenClaims]:
    """The person's new password, proven by the old one, and a token. Raises what `prove` raises, OneTimePasswordOver,
    SamePassword, WeakPassword, OperatorsPassword, CodeNeeded, WrongCode; FactorOwed when it is changed and a step is missing.
    """
    proof = await prove(process, typed.username, typed.password, client)
    try:
        await _set(process, proof.account, typed, by_program=by_program)
        require_factor(process, proof.account, by_program=by_program)
    except WrongCode:
        raise
    except Refusal:
        await forgive(process, proof)
        raise
    return await open_session(process, proof, proof.account.staff, by_program=by_program)


async def _set(process: Process, account: Account, typed: NewPassword, *, by_program: bool) -> None:
    if account.one_time_until is not None and process.clock() >= account.one_time_until:
        raise OneTimePasswordOver
    await pass_factor(process, account, typed.code, by_program=by_program)
    if typed.new_password == typed.password:
        raise SamePassword
    check_password(typed.new_password, account.staff)
    hashed = (await PASSWORDS.hash_all([typed.new_password]))[typed.new_password]
    body = ChoosePassword(hashed, account.password_hash or "")
    await process.commands.run(Command(body=body, target=account.id, correlation=correlation.current()))
    log.info("password chosen", staff=account.id)


async def reset(command: StaffCommand, staff_id: str) -> OneTimePassword:
    """Raises UnknownPerson, Forbidden, StaleWrite, OwnAccount, OperatorsPassword. No answer with a password in it is kept: who
    sends the same again has an old version in hand.
    """
    process, password = command.process, new_one_time_password()
    hashed = (await PASSWORDS.hash_all([password]))[password]
    until = process.clock() + directory_settings(process.settings).one_time
    body = ResetPassword(hashed, until)
    answer = await process.commands.run(
        Command(body=body, by=command.by, target=staff_id, seen=command.seen, correlation=correlation.current())
    )
    state = AccountState.model_validate(answer.body)
    log.info("password reset", staff=staff_id, by=command.by.staff_id)
    return OneTimePassword(id=state.id, version=state.version, password=password, until=until)


def new_one_time_password() -> str:
    """Eighty bits less a little, in groups to be read aloud."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))


def _choose(command: Command[ChoosePassword], work: UnitOfWork) -> Answer:
    account = account_of(command.target, work)
    chosen = handlers.choose_password(account, command.body.password_hash, proven=command.body.proven, now=work.now)
    publish_account(work, work.save(ACCOUNTS, chosen))
    return Answer({})


def _reset(command: Command[ResetPassword], work: UnitOfWork) -> Answer:
    account, body = account_of(command.target, work), command.body
    after = handlers.reset_password(account, body.password_hash, until=body.until, by=command.by.staff_id, now=work.now)
    publish_account(work, work.save(ACCOUNTS, after))
    return Answer(AccountState(id=after.id, active=after.staff.active, version=after.version).model_dump())


ENTRIES: Final = (
    # The handler compares the proof.
    CommandEntry(body=ChoosePassword, handler=_choose, may=anybody, loads=(Load(ACCOUNTS),)),
    CommandEntry(
        body=ResetPassword, handler=_reset, may=administrator_who_has_seen_it, loads=(Load(ALL_UNITS, units_of), Load(ACCOUNTS))
    ),
)
