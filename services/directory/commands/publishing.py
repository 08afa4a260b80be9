"""A changed entity goes out as a whole, in its new version, in the transaction that changed it."""

from contracts.directory import CalendarV1, KeyV1, ProcedureV1, UnitV1
from contracts.registry import Event
from messaging.commands import UnitOfWork
from services.directory.domain.accounts import Account
from services.directory.handlers import Versioned


def entity_id(entity: Event) -> str:
    match entity:
        case UnitV1() | CalendarV1():
            return entity.id
        case ProcedureV1():
            return entity.code
        case KeyV1():
            return entity.kid
    raise TypeError(type(entity).__name__)


async def publish(unit: UnitOfWork, changed: Versioned[UnitV1] | Versioned[CalendarV1] | Versioned[ProcedureV1]) -> None:
    await publish_entity(unit, changed.entity, entity_id(changed.entity), changed.version)


async def publish_account(unit: UnitOfWork, account: Account) -> None:
    await publish_entity(unit, account.staff, account.id, account.version)


async def publish_entity(unit: UnitOfWork, entity: Event, ident: str, version: int) -> None:
    await unit.publish_state(entity.TOPIC, entity, entity.TYPE, ident, version, None)
