"""Which units stand below others, over however many steps, and round in a circle too."""

import pytest

from contracts.unit_tree import reachable

BELOW = {"province": ["district", "department"], "district": ["commune"], "commune": ["hamlet"], "a": ["b"], "b": ["a"]}


@pytest.mark.parametrize(
    ("roots", "units"),
    [
        ([], set()),
        (["hamlet"], {"hamlet"}),
        (["unknown"], {"unknown"}),
        (["district"], {"district", "commune", "hamlet"}),
        (["province"], {"province", "district", "department", "commune", "hamlet"}),
        (["department", "commune"], {"department", "commune", "hamlet"}),
        (["district", "commune"], {"district", "commune", "hamlet"}),
        (["a"], {"a", "b"}),
    ],
)
def test_the_roots_and_all_below_them_are_reached_once(roots: list[str], units: set[str]) -> None:
    assert reachable(roots, BELOW) == frozenset(units)
