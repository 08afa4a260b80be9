"""Disabling and enabling a person: in effect here at once, in the other services as soon as they hear of it."""

from dataclasses import dataclass

from chassis.process import CurrentProcess
from contracts.values import Identifier
from messaging.commands import Answer, CommandKey, UnitOfWork
from services.directory import handlers
from services.directory.access import Administrator, require_administered
from services.directory.commands.publication import publish_account
from services.directory.domain.accounts import UnknownPerson
from services.directory.repository import accounts
from services.directory.schemas import AccountState
from web import correlation
from web.conditional import IfMatch, require_current
from web.idempotency import IdempotencyKey


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffCommand:
    """What the API and the pages are given alike: by whom, under which key, in which version last seen."""

    by: Administrator
    process: CurrentProcess
    key: IdempotencyKey
    seen: IfMatch

    async def switch(self, staff_id: Identifier, *, active: bool) -> AccountState:
        """Raises UnknownPerson, Forbidden, StaleWrite, OwnAccount."""

        async def work(unit_of_work: UnitOfWork) -> Answer:
            return Answer((await self._switch(unit_of_work, staff_id, active=active)).model_dump())

        command = CommandKey.of(self.key, self.by.staff_id, f"staff {staff_id} {active}", str(self.seen))
        answer = await self.process.commands.run(command, work, correlation=correlation.request_id.get())
        return AccountState.model_validate(answer.body)

    async def _switch(self, unit_of_work: UnitOfWork, staff_id: Identifier, *, active: bool) -> AccountState:
        account = await accounts.lock(unit_of_work.connection, staff_id)
        if account is None:
            raise UnknownPerson
        await require_administered(unit_of_work.connection, self.by, account.staff)
        require_current(self.seen, account.version)
        after = handlers.switch(account, active=active, by=self.by.staff_id, now=unit_of_work.now)
        if after is not None:
            await accounts.save(unit_of_work.connection, [after])
            await publish_account(unit_of_work, after)
        account = after or account
        return AccountState(id=account.id, active=account.staff.active, version=account.version)
