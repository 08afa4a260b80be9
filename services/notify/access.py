"""Who may see and retry messages: clerks and leaders those of their own units, an operator, who answers for the machinery, all.

Nobody is shown an address, only its first letter and its domain: see `domain/contact.py`.
"""

from typing import Annotated, Final

from fastapi import Depends

from chassis.hidden import hidden
from contracts.values import Role
from services.notify.domain.ledger import Units
from services.notify.domain.message import Message, MessageUnknown
from web.principal import Principal
from web.signin import requires

READERS: Final = (Role.CLERK, Role.LEADER, Role.OPERATOR)

Reader = Annotated[Principal, Depends(requires(*READERS))]
TemplateReader = Annotated[Principal, Depends(requires(*READERS, Role.ADMIN))]
Retrier = Annotated[Principal, Depends(requires(Role.LEADER, Role.OPERATOR))]


def units_of(reader: Principal) -> Units:
    """The units whose messages this person may see; None: all."""
    if reader.has(Role.OPERATOR):
        return None
    return reader.units(Role.CLERK) | reader.units(Role.LEADER)


def require_reading(reader: Principal, message: Message) -> None:
    """Raises Forbidden, or MessageUnknown for somebody of another unit."""
    units = units_of(reader)
    if units is not None and message.unit not in units:
        raise hidden(MessageUnknown(), reader, "message", message.id, [message.unit], (Role.CLERK, Role.LEADER))


def may_retry(person: Principal, unit: str) -> bool:
    return person.has(Role.OPERATOR) or person.has(Role.LEADER, unit)


def require_retrying(person: Principal, message: Message) -> None:
    """Raises as `require_reading`."""
    if not may_retry(person, message.unit):
        raise hidden(MessageUnknown(), person, "message", message.id, [message.unit], (Role.LEADER,))
