"""One installation for all tests that only use it; those that break things make their own."""

from collections.abc import Iterator

import pytest

from tests.support.installation import Installation, end, make_installation


@pytest.fixture(scope="package")
def installation() -> Iterator[Installation]:
    made = make_installation()
    yield made
    end(made)


@pytest.fixture(scope="package")
def lanes_apart() -> Iterator[Installation]:
    made = make_installation("--lanes-apart")
    yield made
    end(made)
