"""A changed entity goes out as a whole, in its new version, in the transaction that changed it."""

from contracts.directory import KeyV1
from messaging.commands import UnitOfWork
from services.directory.domain.accounts import Account
from services.directory.domain.versioned import AnyVersioned


async def publish_entity(unit_of_work: UnitOfWork, changed: AnyVersioned) -> None:
    entity = changed.entity
    await unit_of_work.publish_state(entity.TOPIC, entity, entity.TYPE, changed.id, changed.version, None)


async def publish_account(unit_of_work: UnitOfWork, account: Account) -> None:
    staff = account.staff
    await unit_of_work.publish_state(staff.TOPIC, staff, staff.TYPE, staff.id, account.version, None)


async def publish_key(unit_of_work: UnitOfWork, key: KeyV1) -> None:
    """A key is published once and never changed."""
    await unit_of_work.publish_state(key.TOPIC, key, key.TYPE, key.kid, 1, None)
