"""A running directory with the sample in it, new for each module."""

from collections.abc import AsyncIterator

import pytest

from tests.support.directory_world import Directory, running, settings_in
from tests.support.servers import PostgresServer


@pytest.fixture(scope="module")
async def directory(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Directory]:
    settings = settings_in(tmp_path_factory.mktemp("secrets"))
    async with running(await postgres.create_database("directory"), settings) as directory:
        yield directory
