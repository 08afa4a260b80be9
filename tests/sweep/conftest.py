"""One installation that the demo has filled, for the sweeps only: they use up what an address may guess."""

from collections.abc import Iterator

import pytest

from tests.support.installation import Installation, end, make_installation


@pytest.fixture(scope="package")
def installation() -> Iterator[Installation]:
    made = make_installation()
    try:
        made.demo()
        yield made
    finally:
        end(made)
