"""Fixtures that every kind of test may ask for; none of them starts anything before it is asked.

`make test` shares the tests out to three workers, since each waits for servers a lot. A file stays together, and so do all
of a folder that share what is made once.
"""

import gc
import os
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from tests.support.servers import kafka_bootstrap, own_servers, postgres, servers

__all__ = ["kafka_bootstrap", "own_servers", "postgres", "servers"]

# How long an example takes says nothing about what it proves, and a loaded machine is no fault of the code.
settings.register_profile("motcua", deadline=None)
# For `make unit`, which is run many times an hour: some of the examples. `make test` draws them all.
settings.register_profile("quick", deadline=None, max_examples=15)
# For `.ci/run`: the same examples for the same commit, so that its verdict is no matter of chance. `make test` draws new ones.
settings.register_profile("fixed", deadline=None, derandomize=True)
settings.load_profile("motcua")

# The parsed code of the project and its schemas are many small objects, which are looked through for garbage again and again.
gc.set_threshold(50_000, 20, 50)

TOGETHER = ("tests/e2e/", "tests/lanes/", "tests/strangers/", "tests/sweep/", "tests/architecture/")
"""Folders whose tests share what takes long to make: a whole installation, or the parsed code of the project."""


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """By path: with pytest 9.2 the marks of `--dist loadgroup` have no effect (pytest-dev/pytest-xdist#1386)."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


def scope_of(nodeid: str) -> str:
    """What a test is not to be parted from."""
    file = nodeid.partition("::")[0]
    return next(filter(file.startswith, TOGETHER), file)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`MOTCUA_TEST_ORDER=reverse make test`: the last test first, which must make no difference."""
    if os.environ.get("MOTCUA_TEST_ORDER") == "reverse":
        items.reverse()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    return Together(config, log)
