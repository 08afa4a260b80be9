"""Import: all files or nothing. The same files again change nothing."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.process import Process
from contracts.directory import CalendarV1, ProcedureV1, UnitV1
from messaging.commands import Answer, CommandKey, UnitOfWork
from services.directory.adapters.passwords import PASSWORDS
from services.directory.commands.publication import publish_account, publish_entity
from services.directory.domain.versioned import AnyVersioned
from services.directory.importer.changes import Changes, Holdings, import_files, initial_passwords
from services.directory.repository import accounts, entities
from services.directory.schemas import Imported


async def import_all(process: Process, command: CommandKey, texts: Mapping[str, str], correlation: str | None) -> Imported:
    """What changed, by kind. Raises ImportRefused."""
    hashes = await _hashes(process, texts)

    async def work(unit_of_work: UnitOfWork) -> Answer:
        await entities.one_import_at_a_time(unit_of_work.connection)
        changes = import_files(texts, await _held(unit_of_work.connection), hashes, unit_of_work.now)
        await _save(unit_of_work.connection, changes)
        await _publish(unit_of_work, changes)
        return Answer(Imported(changed=changes.changed(), unchanged=changes.unchanged()).model_dump())

    answer = await process.commands.run(command, work, correlation=correlation)
    return Imported.model_validate(answer.body)


async def _hashes(process: Process, texts: Mapping[str, str]) -> dict[str, str]:
    """Made before the transaction begins: hashing is slow, and nobody waits for it with a lock in hand."""
    initial = initial_passwords(texts)
    async with process.database.connect() as connection:
        have_one = await accounts.ids_with_password(connection, initial)
    return await PASSWORDS.hash_all(password for staff_id, password in initial.items() if staff_id not in have_one)


async def _held(connection: AsyncConnection) -> Holdings:
    return Holdings(
        units=await entities.load_all(connection, UnitV1),
        calendars=await entities.load_all(connection, CalendarV1),
        procedures=await entities.load_all(connection, ProcedureV1),
        accounts=await accounts.lock_all(connection),
    )


async def _save(connection: AsyncConnection, changes: Changes) -> None:
    await entities.save(connection, CalendarV1, changes.calendars)
    await entities.save(connection, UnitV1, changes.units)
    await entities.save(connection, ProcedureV1, changes.procedures)
    await accounts.save(connection, changes.accounts)


async def _publish(unit_of_work: UnitOfWork, changes: Changes) -> None:
    changed: tuple[AnyVersioned, ...] = (*changes.calendars, *changes.units, *changes.procedures)
    for versioned in changed:
        await publish_entity(unit_of_work, versioned)
    for account in changes.accounts:
        await publish_account(unit_of_work, account)
