"""What is nobody's business outside its units is answered like something that does not exist. The log says which it was."""

from collections.abc import Sequence

import structlog

from contracts.refusal import NotFound, Refusal
from contracts.values import Role
from web import correlation
from web.principal import Forbidden, Principal

log = structlog.get_logger(__name__)


def hidden(
    unknown: NotFound, person: Principal, thing: str, ident: str, units: Sequence[str], roles: tuple[Role, ...]
) -> Refusal:
    """What to raise for somebody who holds none of `roles` at the `units` that a thing belongs to, the first of them in charge.

    Who holds another role at one of them knows of it, and hears which role it takes: Forbidden.
    """
    if any(person.roles.get(unit) for unit in units):
        return Forbidden(roles, units[0])
    log.warning(
        "another unit's, answered as unknown",
        thing=thing,
        id=ident,
        unit=units[0],
        by=person.staff_id,
        request=correlation.request_id.get(),
    )
    return unknown
