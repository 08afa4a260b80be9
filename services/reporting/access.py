"""Who may see what: everybody the dossiers that their units received or decide, leaders and administrators those of all
units below too, and operators all.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.values import Role
from services.reporting.domain.question import Question
from services.reporting.domain.scope import KnownUnit, Scope, scope_of
from services.reporting.repository import reference
from web.principal import Forbidden, Principal


@dataclass(frozen=True, slots=True)
class Access:
    """What one person may see. `units`: all that are known, by id; their names are no secret."""

    scope: Scope
    units: Mapping[str, KnownUnit]

    def unit_name(self, unit: str, otherwise: str | None = None) -> str:
        return self.units[unit].name if unit in self.units else otherwise or unit

    def covers(self, unit: str) -> bool:
        return self.scope is None or unit in self.scope

    def require(self, question: Question) -> None:
        """Raises Forbidden for a question about a unit of which this person sees nothing."""
        for unit in (question.unit, question.competent):
            if unit is not None and unit in self.units and not self.covers(unit):
                raise Forbidden((Role.LEADER,), self.unit_name(unit))


async def access_of(connection: AsyncConnection, person: Principal) -> Access:
    units = await reference.units(connection)
    return Access(scope_of(person.roles, units), {unit.id: unit for unit in units})


def may_open_case(person: Principal, competent_unit: str | None) -> bool:
    """Whether routing would show the case to this person."""
    return competent_unit is not None and any(person.has(role, competent_unit) for role in (Role.OFFICER, Role.LEADER))


def page_of(person: Principal, dossier: str, unit: str, competent_unit: str | None) -> str:
    """Where this person sees the dossier itself: as a case, or as its clerk; empty for whoever may see its figures only."""
    if may_open_case(person, competent_unit):
        return f"/routing/cases/{dossier}"
    return f"/intake/dossiers/{dossier}" if person.has(Role.CLERK, unit) else ""
