"""Who may do and see what: clerks in their own units, those concerned with a dossier, and strangers within limits."""

from typing import Annotated

from fastapi import Depends

from contracts.refusal import Invalid
from contracts.values import Role
from services.intake.domain.dossier import Dossier
from web.principal import Forbidden, Principal
from web.signin import requires

Clerk = Annotated[Principal, Depends(requires(Role.CLERK))]
Operator = Annotated[Principal, Depends(requires(Role.OPERATOR))]


def require_clerk_of(person: Principal, dossier: Dossier) -> None:
    """Clerk of the unit that received it; raises Forbidden."""
    person.require(Role.CLERK, dossier.unit.id)


def require_concerned(person: Principal, dossier: Dossier) -> None:
    """Clerk, officer or leader of the receiving or of the competent unit; raises Forbidden."""
    roles = (Role.CLERK, Role.OFFICER, Role.LEADER)
    units = [unit.id for unit in (dossier.unit, dossier.competent) if unit is not None]
    if not any(person.has(role, unit) for role in roles for unit in units):
        raise Forbidden(roles, units[-1])


def units_of(clerk: Principal) -> list[tuple[str, str]]:
    """(id, name) of the units in which this person is clerk."""
    return [(unit, clerk.unit_name(unit)) for unit in sorted(clerk.units(Role.CLERK))]


def only_unit(clerk: Principal) -> str:
    """The unit of who is clerk of one; raises Invalid for who has to choose."""
    units = sorted(clerk.units(Role.CLERK))
    if len(units) == 1:
        return units[0]
    named = ", ".join(units)
    raise Invalid(
        "unit-needed",
        vi=f"Bạn là cán bộ của nhiều đơn vị. Hãy chọn một: {named}.",
        en=f"You are clerk of several units. Please choose one: {named}.",
        field="unit",
    )


def own_unit(clerk: Principal, unit: str) -> str:
    """The unit asked for where this person is its clerk, otherwise the first of theirs."""
    return unit if clerk.has(Role.CLERK, unit) else min(clerk.units(Role.CLERK))
