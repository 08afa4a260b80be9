"""Whom an administrator may administer: the people with a post in the units held, and in all units below them."""

from collections.abc import Collection, Mapping

from contracts.directory import StaffV1, UnitV1


def with_descendants(units: Mapping[str, UnitV1], held: Collection[str]) -> frozenset[str]:
    """The units held and everything below them."""
    children: dict[str | None, list[str]] = {}
    for unit in units.values():
        children.setdefault(unit.parent, []).append(unit.id)
    reached: set[str] = set()
    to_visit = list(held)
    while to_visit:
        unit_id = to_visit.pop()
        if unit_id not in reached:
            reached.add(unit_id)
            to_visit += children.get(unit_id, [])
    return frozenset(reached)


def administers(units: Collection[str], person: StaffV1) -> bool:
    return any(post.unit in units for post in person.posts)
