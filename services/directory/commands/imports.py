"""Import: all files or nothing. The same files again change nothing."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from chassis.process import Process
from contracts.values import Role
from messaging.command_table import Answer, Command, CommandEntry, CommandKey, Load, UnitOfWork
from services.directory.adapters.passwords import PASSWORDS
from services.directory.commands.changes import held_by, save_changes, whole
from services.directory.importer.accounts import FirstPasswords
from services.directory.importer.changes import import_files, initial_passwords
from services.directory.repository import accounts
from services.directory.repository.register import REGISTER
from services.directory.schemas import Imported
from services.directory.settings import directory_settings
from web.principal import Forbidden, Principal


@dataclass(frozen=True, slots=True)
class Import:
    texts: Mapping[str, str]
    passwords: FirstPasswords


async def import_all(
    process: Process, person: Principal, key: CommandKey, texts: Mapping[str, str], correlation: str | None
) -> Imported:
    """What changed, by kind. Raises ImportRefused."""
    settings = directory_settings(process.settings)
    passwords = FirstPasswords(await _hashes(process, texts), settings.one_time, sample=settings.sample)
    body = Import(texts, passwords)
    answer = await process.commands.run(Command(body=body, by=person, key=key, correlation=correlation))
    return Imported.model_validate(answer.body)


async def _hashes(process: Process, texts: Mapping[str, str]) -> dict[str, str]:
    """Made before the transaction begins: hashing is slow, and nobody waits for it with a lock in hand."""
    initial = await asyncio.to_thread(initial_passwords, texts)
    async with process.reads.connect() as connection:
        have_one = await accounts.ids_with_password(connection, initial)
    return await PASSWORDS.hash_all(password for staff_id, password in initial.items() if staff_id not in have_one)


def _import(command: Command[Import], work: UnitOfWork) -> Answer:
    register = held_by(work)
    changes = import_files(command.body.texts, register.held, command.body.passwords, work.now)
    save_changes(work, register, changes, command.by.staff_id)
    return Answer(Imported(changed=changes.changed(), unchanged=changes.unchanged()).model_dump())


def _importer(command: Command[Import], _: UnitOfWork) -> None:
    if not command.by.has(Role.OPERATOR):
        raise Forbidden((Role.OPERATOR,))


ENTRIES: Final = (CommandEntry(body=Import, handler=_import, may=_importer, loads=(Load(REGISTER, whole),), alone=True),)
