"""Whose figures a person sees: leaders and administrators of their units and all below, others of their own, operators all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from contracts.unit_tree import reachable
from contracts.values import Role
from services.reporting.domain.period import Period

Scope = frozenset[str] | None
"""Unit ids; None is every unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownUnit:
    """A unit as reporting needs it. `valid_to` is the last day it was there."""

    id: str
    name: str
    parent: str | None
    successor: str | None
    valid_from: date
    valid_to: date | None

    def existed_in(self, period: Period) -> bool:
        return self.valid_from < period.end and (self.valid_to is None or self.valid_to >= period.start)


def scope_of(roles: Mapping[str, Iterable[Role]], units: Iterable[KnownUnit]) -> Scope:
    """From a person's roles by unit."""
    held = {unit: set(of_unit) for unit, of_unit in roles.items()}
    if any(Role.OPERATOR in of_unit for of_unit in held.values()):
        return None
    reached = {unit for unit, of_unit in held.items() if {Role.LEADER, Role.ADMIN} & of_unit}
    return descendants(reached, units) | held.keys()


def descendants(roots: Iterable[str], units: Iterable[KnownUnit]) -> frozenset[str]:
    """The roots, all units under them, and those that they are successors of: who takes over a unit takes over its history."""
    below: dict[str, list[str]] = {}
    for unit in units:
        for above in {unit.parent, unit.successor} - {None}:
            below.setdefault(str(above), []).append(unit.id)
    return reachable(roots, below)
