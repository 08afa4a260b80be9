"""One installation, a process per service, for all tests of this folder; it ends with their last."""

from collections.abc import Iterator

import pytest

from contracts.services import SERVICES
from tests.support.installation import Installation, Played, end, make_installation


@pytest.fixture(scope="package")
def installation() -> Iterator[Installation]:
    made = make_installation()
    yield made
    end(made)


@pytest.fixture(scope="package")
def played(installation: Installation) -> Played:
    """The demo, while most services die once: whatever holds of it holds in spite of that."""
    return installation.demo_with_deaths(1, SERVICES, deaths=4)
