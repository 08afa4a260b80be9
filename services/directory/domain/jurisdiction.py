"""Whom an administrator may administer: the people all of whose posts are in the units held and in units below them. Who holds
any post above or elsewhere too is left to an administrator who reaches that one as well.
"""

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
    """Somebody without a post is nobody's: only the operator reaches them."""
    return bool(person.posts) and all(post.unit in units for post in person.posts)
