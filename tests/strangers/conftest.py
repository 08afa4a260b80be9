"""A broker of this folder's own, since the topics bear their real names, with every event on it."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.strangers.wire import Wire, publish
from tests.support.embedded import start_servers


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def wire() -> AsyncIterator[Wire]:
    own = start_servers()
    try:
        yield await publish(own.bootstrap)
    finally:
        own.close()
