"""One installation, a process per service and lane, for all tests of this folder; it ends with their last."""

from collections.abc import Iterator

import pytest

from tests.support.installation import Installation, end, make_installation


@pytest.fixture(scope="package")
def lanes_apart() -> Iterator[Installation]:
    made = make_installation("--lanes-apart")
    yield made
    end(made)
