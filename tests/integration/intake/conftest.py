"""One running intake for each module of tests; a module with other needs has a fixture of its own."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.intake_browser import Browser
from tests.support.intake_world import Intake, intake_world
from tests.support.servers import PostgresServer


@pytest.fixture(scope="module")
async def intake(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Intake]:
    async with intake_world(postgres, tmp_path_factory.mktemp("keys")) as world:
        yield world


@pytest.fixture
def clerk(intake: Intake) -> Iterator[Browser]:
    yield Browser(intake.http)
    intake.http.cookies.clear()


@pytest.fixture
def citizen(intake: Intake) -> Iterator[Browser]:
    """Whatever language was chosen is forgotten with the test."""
    yield Browser(intake.http, None)
    intake.http.cookies.clear()
