"""One browser, before an installation filled by the demo, for every test of this folder."""

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.e2e.browser.chromium import BINARY, Visits, chromium
from tests.support.installation import Installation, Played


@pytest.fixture(scope="package")
def binary() -> str:
    if BINARY is None and not os.environ.get("CI"):
        pytest.skip("no chromium here: install it, or name one in MOTCUA_CHROMIUM")
    assert BINARY, "CI must have chromium: without it nobody looks at the pages"
    return BINARY


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def browser(binary: str) -> AsyncIterator[Browser]:
    async with chromium() as started:
        yield started


@pytest.fixture(scope="package")
def sessions() -> dict[str, object]:
    """Who has signed in already."""
    return {}


@pytest_asyncio.fixture(loop_scope="session")
async def visits(installation: Installation, played: Played, browser: Browser, sessions: dict) -> AsyncIterator[Visits]:
    opened = Visits(browser, installation.address, sessions)
    yield opened
    await opened.close()
