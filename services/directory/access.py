"""Who may do and see what: administrators the people of their units and of all units below, operators everybody; an import speaks
for the whole province, so a commune's administrator may not run one.
"""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directory import StaffV1, UnitV1
from contracts.values import Role, Tier
from services.directory.domain.jurisdiction import administers, with_descendants
from services.directory.repository import entities
from web.principal import Forbidden, Principal
from web.signin import requires

Administrator = Annotated[Principal, Depends(requires(Role.ADMIN, Role.OPERATOR))]
Importer = Annotated[Principal, Depends(requires(Role.OPERATOR, Role.ADMIN))]


async def administered_units(connection: AsyncConnection, person: Principal) -> frozenset[str] | None:
    """The units whose people this administrator administers; None: an operator, everybody."""
    if person.has(Role.OPERATOR):
        return None
    units = await entities.load_all(connection, UnitV1)
    return with_descendants({unit.id: unit.entity for unit in units.values()}, person.units(Role.ADMIN))


def require_administered(person: Principal, staff: StaffV1, units: Mapping[str, UnitV1]) -> None:
    """An administrator of a unit of theirs or above it, among all `units`. Raises Forbidden."""
    if not administers(with_descendants(units, person.units(Role.ADMIN)), staff):
        raise Forbidden((Role.ADMIN,), staff.posts[0].unit if staff.posts else None)


async def require_province(connection: AsyncConnection, person: Principal) -> None:
    """An operator, or an administrator of a provincial unit. Raises Forbidden."""
    if person.has(Role.OPERATOR):
        return
    for unit_id in person.units(Role.ADMIN):
        unit = await entities.find(connection, UnitV1, unit_id)
        if unit is not None and unit.entity.tier is Tier.PROVINCE:
            return
    raise Forbidden((Role.OPERATOR,))
