"""Import: all files or nothing. The same files again change nothing."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.process import Process
from contracts.directory import CalendarV1, ProcedureV1, UnitV1
from messaging.commands import Answer, CommandKey, UnitOfWork
from services.directory.commands.publishing import entity_id, publish, publish_account
from services.directory.handlers import Change, Holdings, import_files, initial_passwords
from services.directory.passwords import PASSWORDS
from services.directory.repository import accounts, entities


async def import_all(process: Process, command: CommandKey, texts: Mapping[str, str], correlation: str | None) -> Answer:
    """What changed, by kind. Raises ImportRefused."""
    hashes = await _hashes(process, texts)

    async def work(unit: UnitOfWork) -> Answer:
        await entities.one_import_at_a_time(unit.connection)
        change = import_files(texts, await _held(unit.connection), hashes, unit.now)
        await _save(unit, change)
        return Answer({"changed": change.changed(), "unchanged": change.unchanged()})

    return await process.commands.run(command, work, correlation=correlation)


async def _hashes(process: Process, texts: Mapping[str, str]) -> dict[str, str]:
    """Made before the transaction begins: hashing is slow, and nobody waits for it with a lock in hand."""
    given = initial_passwords(texts)
    async with process.database.connect() as connection:
        have_one = await accounts.with_password(connection, given)
    return await PASSWORDS.hashes(password for ident, password in given.items() if ident not in have_one)


async def _held(connection: AsyncConnection) -> Holdings:
    return Holdings(
        units=await entities.everything(connection, UnitV1),
        calendars=await entities.everything(connection, CalendarV1),
        procedures=await entities.everything(connection, ProcedureV1),
        accounts=await accounts.lock_all(connection),
    )


async def _save(unit: UnitOfWork, change: Change) -> None:
    await entities.save(unit.connection, CalendarV1, [(entity_id(each.entity), each) for each in change.calendars])
    await entities.save(unit.connection, UnitV1, [(entity_id(each.entity), each) for each in change.units])
    await entities.save(unit.connection, ProcedureV1, [(entity_id(each.entity), each) for each in change.procedures])
    await accounts.save(unit.connection, change.accounts)
    for calendar in change.calendars:
        await publish(unit, calendar)
    for changed in change.units:
        await publish(unit, changed)
    for procedure in change.procedures:
        await publish(unit, procedure)
    for account in change.accounts:
        await publish_account(unit, account)
