"""Fixtures that every kind of test may ask for; none of them starts anything before it is asked.

`make test` shares the tests out to three workers, since each waits for servers a lot. A file stays together, and so do all
that use one whole installation.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.support.servers import kafka_bootstrap, own_servers, postgres, servers

__all__ = ["kafka_bootstrap", "own_servers", "postgres", "servers"]

ONE_INSTALLATION = ("tests/e2e/", "tests/lanes/")


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """By path: with pytest 9.2 the marks of `--dist loadgroup` have no effect (pytest-dev/pytest-xdist#1386)."""

    def _split_scope(self, nodeid: str) -> str:
        return place_of(nodeid)


def place_of(nodeid: str) -> str:
    """What a test is not to be parted from."""
    file = nodeid.partition("::")[0]
    return next(filter(file.startswith, ONE_INSTALLATION), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    return Together(config, log)
