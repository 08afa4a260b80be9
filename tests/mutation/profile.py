"""The tests while code is mutated: Hypothesis with the same few examples every time, no deadline, and no search for a smaller
failure; and always in one order, that of their names, whatever order mutmut asks for.
"""

import pytest
from hypothesis import Phase, settings

settings.register_profile(
    "mutation", max_examples=25, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate]
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.nodeid)
