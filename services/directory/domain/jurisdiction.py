"""Whom an administrator may administer: the people with a post in the units held, and in all units below them."""

from collections.abc import Collection, Mapping

from contracts.directory import StaffV1, UnitV1
from contracts.unit_tree import reachable


def with_descendants(units: Mapping[str, UnitV1], held: Collection[str]) -> frozenset[str]:
    """The units held and everything below them."""
    below: dict[str, list[str]] = {}
    for unit in units.values():
        if unit.parent is not None:
            below.setdefault(unit.parent, []).append(unit.id)
    return reachable(held, below)


def administers(units: Collection[str], person: StaffV1) -> bool:
    return any(post.unit in units for post in person.posts)
