"""Everything that an import may change, loaded whole under its lock and saved as far as it changed."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directory import CalendarV1, ProcedureV1, UnitV1
from services.directory.domain.accounts import Account
from services.directory.domain.register import Holdings, Register
from services.directory.repository import accounts, entities


async def read(connection: AsyncConnection) -> Holdings:
    """As it stands, nothing locked."""
    return await _holdings(connection, await accounts.read_all(connection))


class Registers:
    async def load(self, connection: AsyncConnection, keys: Sequence[str]) -> dict[str, Register]:
        """One import at a time, until the transaction ends."""
        await entities.one_import_at_a_time(connection)
        held = await _holdings(connection, await accounts.lock_all(connection))
        return dict.fromkeys(keys, Register(held))

    async def save(self, connection: AsyncConnection, states: Sequence[Register]) -> None:
        for changes in (state.changes for state in states if state.changes is not None):
            await entities.save(connection, CalendarV1, changes.calendars)
            await entities.save(connection, UnitV1, changes.units)
            await entities.save(connection, ProcedureV1, changes.procedures)
            await accounts.save(connection, changes.accounts)


async def _holdings(connection: AsyncConnection, held_accounts: Mapping[str, Account]) -> Holdings:
    return Holdings(
        units=await entities.load_all(connection, UnitV1),
        calendars=await entities.load_all(connection, CalendarV1),
        procedures=await entities.load_all(connection, ProcedureV1),
        accounts=held_accounts,
    )


REGISTER: Final = Registers()
