"""What the installation itself provides at its start: its public key, and the operator's account."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from messaging.command_table import Answer, Command, CommandEntry, Load, UnitOfWork, anybody
from services.directory import handlers
from services.directory.commands.keys import take_up
from services.directory.commands.publication import publish_account
from services.directory.domain.accounts import OPERATOR
from services.directory.repository.accounts import ACCOUNTS
from services.directory.repository.entities import SIGNING_KEYS, SigningKey


@dataclass(frozen=True, slots=True)
class ProvideInstallation:
    """Without `password_hash` nobody becomes operator by it."""

    key: SigningKey
    password_hash: str | None


def _provide(command: Command[ProvideInstallation], work: UnitOfWork) -> Answer:
    take_up(command.body.key, work)
    if command.body.password_hash is not None:
        _provide_operator(command.body.password_hash, work)
    return Answer({})


def _provide_operator(password_hash: str, work: UnitOfWork) -> None:
    before = work.get(ACCOUNTS, OPERATOR)
    after = handlers.provide_operator(before, password_hash)
    if after != before:
        work.save(ACCOUNTS, after)
    if before is None or after.version != before.version:
        publish_account(work, after)


def _operator(_: Command[ProvideInstallation], __: UnitOfWork) -> Iterable[str]:
    yield OPERATOR


def _key(command: Command[ProvideInstallation], _: UnitOfWork) -> Iterable[str]:
    yield command.body.key.id


# Given by the process itself at its start, by no route.
ENTRIES: Final = (
    CommandEntry(
        body=ProvideInstallation, handler=_provide, may=anybody, loads=(Load(SIGNING_KEYS, _key), Load(ACCOUNTS, _operator))
    ),
)
