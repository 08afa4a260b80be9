"""Units stand under one another. Who reaches a unit reaches what is below it, however the tree was typed: circles end."""

from collections.abc import Iterable, Mapping, Sequence


def reachable(roots: Iterable[str], below: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """The roots and all that `below` leads to from them; `below` names the units directly under a unit."""
    reached: set[str] = set()
    to_visit = list(roots)
    while to_visit:
        unit = to_visit.pop()
        if unit not in reached:
            reached.add(unit)
            to_visit += below.get(unit, ())
    return frozenset(reached)
