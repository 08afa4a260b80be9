"""Who may see and do what: officers and leaders of the competent unit, and nobody else.

Cases hold no personal data of applicants, so officers of one unit see one another's cases: somebody falls ill.
"""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends

from chassis.hidden import hidden
from contracts.values import Role
from services.routing.domain.case import Actor, Case
from services.routing.domain.history import Person
from services.routing.domain.refusals import CaseUnknown
from web.principal import Forbidden, Principal
from web.signin import requires

ROLES = (Role.OFFICER, Role.LEADER)
Worker = Annotated[Principal, Depends(requires(*ROLES))]
"""Signed in, and officer or leader of some unit."""


def units_of(person: Principal, unit: str | None = None) -> Sequence[str]:
    """The units whose cases the person may see; only `unit` if it is named. Raises Forbidden."""
    units = sorted(frozenset().union(*(person.units(role) for role in ROLES)))
    if unit is None:
        return units
    if unit not in units:
        raise Forbidden(ROLES, unit)
    return [unit]


def actor_of(person: Principal, case: Case) -> Actor:
    """The person acting in the unit that decides it. Raises Forbidden, or CaseUnknown for who has nothing to do with it."""
    unit = case.competent_unit.id
    if not any(person.has(role, unit) for role in ROLES):
        raise hidden(CaseUnknown(), person, "case", case.id, [unit, case.receiving_unit.id], ROLES)
    return Actor(Person(person.staff_id, person.name), person.has(Role.LEADER, unit))
