"""Fixtures that every kind of test may ask for; none of them starts anything before it is asked.

`make test` shares the tests out to one worker per core. A file stays together, and so do all that use one whole installation.
"""

from pathlib import Path

import pytest

from tests.support.servers import kafka_bootstrap, own_servers, postgres, servers

__all__ = ["kafka_bootstrap", "own_servers", "postgres", "servers"]

TESTS = Path(__file__).parent
ONE_INSTALLATION = ("e2e", "browser")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        place = item.path.relative_to(TESTS)
        item.add_marker(pytest.mark.xdist_group(place.parts[0] if place.parts[0] in ONE_INSTALLATION else str(place)))
