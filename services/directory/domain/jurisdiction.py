"""Whom an administrator may administer: the people with a post in the units held, and in all units below them."""

from collections.abc import Collection, Mapping

from contracts.directory import StaffV1, UnitV1


def reach(units: Mapping[str, UnitV1], held: Collection[str]) -> frozenset[str]:
    """The units held and everything below them."""
    below: dict[str | None, list[str]] = {}
    for unit in units.values():
        below.setdefault(unit.parent, []).append(unit.id)
    found: set[str] = set()
    waiting = list(held)
    while waiting:
        unit_id = waiting.pop()
        if unit_id not in found:
            found.add(unit_id)
            waiting += below.get(unit_id, [])
    return frozenset(found)


def administers(reached: Collection[str], person: StaffV1) -> bool:
    return any(post.unit in reached for post in person.posts)
