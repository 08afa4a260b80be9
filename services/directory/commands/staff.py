"""Disabling and enabling a person: in effect here at once, in the other services as soon as they hear of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends

from chassis.process import CurrentProcess, Process
from contracts.directory import EndedSessionV1
from contracts.values import Identifier, Role
from messaging.command_table import Answer, Command, CommandEntry, CommandKey, Load, UnitOfWork
from services.directory import handlers
from services.directory.access import Administrator, require_administered
from services.directory.commands.changes import record_account
from services.directory.commands.publication import publish_account
from services.directory.domain.accounts import Account, UnknownPerson
from services.directory.repository.accounts import ACCOUNTS
from services.directory.repository.entities import ALL_UNITS, EVERY_UNIT
from services.directory.schemas import AccountState
from web import correlation
from web.conditional import IfMatch, require_current
from web.idempotency import IdempotencyKey
from web.principal import Principal


@dataclass(frozen=True, slots=True)
class SwitchAccount:
    active: bool


@dataclass(frozen=True, slots=True)
class SignOut:
    pass


@dataclass(frozen=True, slots=True)
class EndSession:
    """One sign-in of the person's own."""

    session: EndedSessionV1


@dataclass(frozen=True, slots=True)
class SignOutOther:
    """All sign-ins of somebody, by their administrator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffCommand:
    """What the API and the pages are given alike: by whom, under which key, in which version last seen."""

    by: Principal
    process: Process
    key: str
    seen: int

    async def switch(self, staff_id: Identifier, *, active: bool) -> AccountState:
        """Raises UnknownPerson, Forbidden, StaleWrite, OwnAccount."""
        command = Command(
            body=SwitchAccount(active),
            by=self.by,
            target=staff_id,
            seen=self.seen,
            key=CommandKey.of(self.key, self.by.staff_id, f"staff {staff_id} {active}", str(self.seen)),
            correlation=correlation.current(),
        )
        return AccountState.model_validate((await self.process.commands.run(command)).body)

    async def sign_out(self, staff_id: Identifier) -> AccountState:
        """Raises UnknownPerson, Forbidden, StaleWrite, OwnAccount."""
        command = Command(
            body=SignOutOther(),
            by=self.by,
            target=staff_id,
            seen=self.seen,
            key=CommandKey.of(self.key, self.by.staff_id, f"staff {staff_id} sign-out", str(self.seen)),
            correlation=correlation.current(),
        )
        return AccountState.model_validate((await self.process.commands.run(command)).body)


async def staff_command(by: Administrator, process: CurrentProcess, key: IdempotencyKey, seen: IfMatch) -> StaffCommand:
    return StaffCommand(by=by, process=process, key=key, seen=seen)


CurrentStaffCommand = Annotated[StaffCommand, Depends(staff_command)]


def _switch(command: Command[SwitchAccount], work: UnitOfWork) -> Answer:
    account = account_of(command.target, work)
    after = handlers.switch(account, active=command.body.active, by=command.by.staff_id, now=work.now)
    if after is not None:
        record_account(work, account, after, command.by.staff_id)
        account = work.save(ACCOUNTS, after)
        publish_account(work, account)
    return Answer(AccountState(id=account.id, active=account.staff.active, version=account.version).model_dump())


def _sign_out(command: Command[SignOut], work: UnitOfWork) -> Answer:
    after = handlers.sign_out(account_of(command.target, work), work.now)
    publish_account(work, work.save(ACCOUNTS, after))
    return Answer({})


def _end_session(command: Command[EndSession], work: UnitOfWork) -> Answer:
    after = handlers.end_session(account_of(command.target, work), command.body.session, work.now)
    publish_account(work, work.save(ACCOUNTS, after))
    return Answer({})


def _sign_out_other(command: Command[SignOutOther], work: UnitOfWork) -> Answer:
    after = handlers.sign_out_other(account_of(command.target, work), by=command.by.staff_id, now=work.now)
    publish_account(work, work.save(ACCOUNTS, after))
    return Answer(AccountState(id=after.id, active=after.staff.active, version=after.version).model_dump())


def account_of(staff_id: str, work: UnitOfWork) -> Account:
    """Raises UnknownPerson."""
    account = work.get(ACCOUNTS, staff_id)
    if account is None:
        raise UnknownPerson
    return account


def administrator_who_has_seen_it(command: Command[Any], work: UnitOfWork) -> None:
    """Raises UnknownPerson, Forbidden or StaleWrite."""
    account = account_of(command.target, work)
    if not command.by.has(Role.OPERATOR):
        require_administered(command.by, account.staff, work.get(ALL_UNITS, EVERY_UNIT) or {})
    require_current(command.seen, account.version)


def _themselves(command: Command[Any], _: UnitOfWork) -> None:
    """Nobody signs out anybody else."""
    if command.by.staff_id != command.target:
        raise UnknownPerson


def units_of(command: Command[Any], _: UnitOfWork) -> Iterable[str]:
    if not command.by.has(Role.OPERATOR):
        yield EVERY_UNIT


ENTRIES: Final = (
    CommandEntry(
        body=SwitchAccount,
        handler=_switch,
        may=administrator_who_has_seen_it,
        loads=(Load(ALL_UNITS, units_of), Load(ACCOUNTS)),
    ),
    CommandEntry(body=SignOut, handler=_sign_out, may=_themselves, loads=(Load(ACCOUNTS),)),
    CommandEntry(body=EndSession, handler=_end_session, may=_themselves, loads=(Load(ACCOUNTS),)),
    CommandEntry(
        body=SignOutOther,
        handler=_sign_out_other,
        may=administrator_who_has_seen_it,
        loads=(Load(ALL_UNITS, units_of), Load(ACCOUNTS)),
    ),
)
