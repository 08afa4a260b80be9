"""Commands of the tally service: add to an account, move between two, replace what another account says."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from contracts.refusal import Refusal
from messaging.command_table import Answer, Command, CommandEntry, CommandKey, CommandTable, Load, UnitOfWork
from messaging.handler_table import Decision
from tests.support.tally_service import Account, Accounts, Totalled

ACCOUNTS: Final = Accounts()


@dataclass(frozen=True)
class Add:
    """`note` goes into a column with a CHECK: it may be what the database refuses."""

    amount: int
    note: str = ""


@dataclass(frozen=True)
class Move:
    """From the command's target to another account."""

    to: str
    amount: int


@dataclass(frozen=True)
class Recount:
    """In a transaction of its own."""


class Overdrawn(Refusal):
    def __init__(self) -> None:
        super().__init__("overdrawn", vi="Không đủ tiền.", en="Not enough money.")


class Seen(Refusal):
    def __init__(self) -> None:
        super().__init__("seen", vi="Đã đổi.", en="It has changed.")


class Stranger(Refusal):
    def __init__(self) -> None:
        super().__init__("stranger", vi="Không được phép.", en="Not allowed.")


def _changed(work: UnitOfWork, account: Account) -> Account:
    return work.record(ACCOUNTS, Decision(account, (Totalled(total=account.total, of=account.count),)))


def _account(work: UnitOfWork, key: str) -> Account:
    return work.get(ACCOUNTS, key) or Account(key)


def _more(account: Account, amount: int, note: str | None = None) -> Account:
    if account.total + amount < 0:
        raise Overdrawn
    more = {} if note is None else {"note": note}
    return replace(account, total=account.total + amount, count=account.count + 1, **more)


def add(command: Command[Add], work: UnitOfWork) -> Answer:
    after = _changed(work, _more(_account(work, command.target), command.body.amount, command.body.note or None))
    return Answer({"total": after.total, "version": after.version}, 201)


def move(command: Command[Move], work: UnitOfWork) -> Answer:
    """What was given is written first, so that a refusal comes after a change."""
    body = command.body
    _changed(work, _more(_account(work, body.to), body.amount))
    left = _changed(work, _more(_account(work, command.target), -body.amount))
    return Answer({"total": left.total, "version": left.version})


def recount(command: Command[Recount], work: UnitOfWork) -> Answer:
    return Answer({"total": _account(work, command.target).total})


def may(command: Command[Any], work: UnitOfWork) -> None:
    if command.by == "stranger":
        raise Stranger
    if command.seen and _account(work, command.target).version != command.seen:
        raise Seen


def _both(command: Command[Move], _: UnitOfWork) -> Iterable[str]:
    return command.target, command.body.to


TABLE: Final = CommandTable(
    order=(ACCOUNTS,),
    entries=(
        CommandEntry(body=Add, handler=add, may=may, loads=(Load(ACCOUNTS),)),
        CommandEntry(body=Move, handler=move, may=may, loads=(Load(ACCOUNTS, _both),)),
        CommandEntry(body=Recount, handler=recount, may=may, loads=(Load(ACCOUNTS),), alone=True),
    ),
)


def key(name: str, actor: str = "s-1", content: str = "{}") -> CommandKey:
    return CommandKey.of(name, actor, "POST /x", content)
