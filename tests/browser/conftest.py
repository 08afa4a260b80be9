"""One browser and one installation, filled by `motcua demo`, for every test of this folder; both end with its last test."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.chromium import BINARY, Visits, chromium
from tests.support.installation import Installation, end, make_installation


@pytest.fixture(scope="package")
def binary() -> str:
    if BINARY is None and not os.environ.get("CI"):
        pytest.skip("no chromium here: install it, or name one in MOTCUA_CHROMIUM")
    assert BINARY, "CI must have chromium: without it nobody looks at the pages"
    return BINARY


@pytest.fixture(scope="package")
def installation(binary: str) -> Iterator[Installation]:
    made = make_installation()
    try:
        made.demo()
        yield made
    finally:
        end(made)


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def browser(binary: str) -> AsyncIterator[Browser]:
    async with chromium() as started:
        yield started


@pytest.fixture(scope="package")
def sessions() -> dict[str, object]:
    """Who has signed in already."""
    return {}


@pytest_asyncio.fixture(loop_scope="session")
async def visits(installation: Installation, browser: Browser, sessions: dict) -> AsyncIterator[Visits]:
    opened = Visits(browser, installation.address, sessions)
    yield opened
    await opened.close()
