"""Who may do and see what: clerks in their own units, those concerned with a dossier, and strangers within limits."""

from typing import Annotated

from fastapi import Depends

from chassis.hidden import hidden
from contracts.refusal import Invalid
from contracts.values import Role
from services.intake.domain.dossier import Dossier, NoSuchDossier
from web.principal import Principal
from web.signin import requires

Clerk = Annotated[Principal, Depends(requires(Role.CLERK))]
Operator = Annotated[Principal, Depends(requires(Role.OPERATOR))]
CalendarKeeper = Annotated[Principal, Depends(requires(Role.ADMIN, Role.LEADER, Role.OPERATOR))]


def require_clerk_of(person: Principal, dossier: Dossier) -> None:
    """Clerk of the unit that received it; raises Forbidden, or NoSuchDossier for somebody of no unit that has to do with it."""
    if not person.has(Role.CLERK, dossier.unit.id):
        raise hidden(NoSuchDossier(), person, "dossier", dossier.id, _units(dossier), (Role.CLERK,))


def require_concerned(person: Principal, dossier: Dossier) -> None:
    """Clerk, officer or leader of the receiving or of the competent unit; raises as `require_clerk_of`."""
    roles, units = (Role.CLERK, Role.OFFICER, Role.LEADER), _units(dossier)
    if not any(person.has(role, unit) for role in roles for unit in units):
        raise hidden(NoSuchDossier(), person, "dossier", dossier.id, units, roles)


def _units(dossier: Dossier) -> list[str]:
    return [unit.id for unit in (dossier.unit, dossier.competent) if unit is not None]


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
