"""A changed entity goes out as a whole, in its new version, in the transaction that changed it."""

from contracts.directory import KeyV1
from messaging.command_table import UnitOfWork
from services.directory.domain.accounts import Account
from services.directory.domain.versioned import AnyVersioned


def publish_entity(work: UnitOfWork, changed: AnyVersioned) -> None:
    entity = changed.entity
    work.publish_state(entity.TOPIC, entity, entity.TYPE, changed.id, changed.version)


def publish_account(work: UnitOfWork, account: Account) -> None:
    staff = account.staff
    work.publish_state(staff.TOPIC, staff, staff.TYPE, staff.id, account.version)


def publish_key(work: UnitOfWork, key: KeyV1) -> None:
    """A key is published once and never changed."""
    work.publish_state(key.TOPIC, key, key.TYPE, key.kid, 1)
