"""Disabling and enabling a person: in effect here at once, in the other services as soon as they hear of it."""

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.process import Process
from contracts.directory import UnitV1
from contracts.values import Role
from messaging.commands import Answer, CommandKey, UnitOfWork
from services.directory.commands.publishing import publish_account
from services.directory.domain import accounts as rules
from services.directory.domain.accounts import UnknownPerson
from services.directory.domain.jurisdiction import administers, reach
from services.directory.repository import accounts, entities
from web.conditional import require_current
from web.principal import Forbidden, Principal


async def reach_of(connection: AsyncConnection, person: Principal) -> frozenset[str] | None:
    """The units whose people this administrator administers; None: an operator, everybody."""
    if person.has(Role.OPERATOR):
        return None
    units = await entities.everything(connection, UnitV1)
    return reach({key: unit.entity for key, unit in units.items()}, person.units(Role.ADMIN))


async def switch(
    process: Process,
    command: CommandKey,
    by: Principal,
    staff_id: str,
    *,
    active: bool,
    seen: int,
    correlation: str | None,
) -> Answer:
    """Raises UnknownPerson, Forbidden, StaleWrite, OwnAccount."""

    async def work(unit: UnitOfWork) -> Answer:
        reached = await reach_of(unit.connection, by)
        account = await accounts.lock_one(unit.connection, staff_id)
        if account is None:
            raise UnknownPerson
        if reached is not None and not administers(reached, account.staff):
            raise Forbidden((Role.ADMIN,), account.staff.posts[0].unit if account.staff.posts else None)
        require_current(seen, account.version)
        after = rules.switch(account, active=active, by=by.staff_id, now=unit.now)
        if after is not None:
            await accounts.save(unit.connection, [after])
            await publish_account(unit, after)
        account = after or account
        return Answer({"id": account.id, "active": account.staff.active, "version": account.version})

    return await process.commands.run(command, work, correlation=correlation)
