"""A changed entity goes out as a whole, in its new version, in the transaction that changed it."""

from messaging.command_table import UnitOfWork
from services.directory.domain.accounts import Account
from services.directory.domain.versioned import AnyVersioned
from services.directory.repository.entities import SigningKey


def publish_entity(work: UnitOfWork, changed: AnyVersioned) -> None:
    entity = changed.entity
    work.publish_state(entity.TOPIC, entity, entity.TYPE, changed.id, changed.version)


def publish_account(work: UnitOfWork, account: Account) -> None:
    staff = account.staff
    work.publish_state(staff.TOPIC, staff, staff.TYPE, staff.id, account.version)


def publish_key(work: UnitOfWork, key: SigningKey) -> None:
    """In the version that its voucher speaks for."""
    work.publish_state(key.key.TOPIC, key.key, key.key.TYPE, key.id, key.version)
