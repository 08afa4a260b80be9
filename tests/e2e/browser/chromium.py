"""The real browser, and how a test speaks with it.

Every page that a `Visits` opens is watched: what the browser writes to its console, what throws, and how many bytes came.
"""

import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, StorageState, async_playwright, expect

from cli.directory_import import SAMPLE_PASSWORD
from tests.support.eventually import PATIENCE

# The headless shell is the same engine without the browser around it, at a third of the work per page.
BINARIES = ("chromium-headless-shell", "chromium", "google-chrome")
BINARY = os.environ.get("MOTCUA_CHROMIUM") or next(filter(None, map(shutil.which, BINARIES)), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESK = 360, 1280
HEIGHTS = {PHONE: 740, DESK: 800}
CITIZEN = ""
MILLISECONDS = 1000 * PATIENCE
expect.set_options(timeout=MILLISECONDS)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=BINARY, headless=True, args=FLAGS)
        yield browser
        await browser.close()


@dataclass
class Watched:
    """A page, with what its browser complained of and how many bytes of answers came over the line."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    transferred: int = 0


@dataclass
class Visits:
    """Opens pages of one installation; a person signs in once, and later pages of that person take the session up."""

    browser: Browser
    address: str
    sessions: dict[str, StorageState] = field(default_factory=dict)
    opened: list[BrowserContext] = field(default_factory=list)

    async def by(self, who: str = CITIZEN, width: int = DESK, *, scripts: bool = True) -> Page:
        """A page in a window of its own, nothing opened yet; `who` is a user name of the sample, or the citizen."""
        context = await self.browser.new_context(
            base_url=self.address,
            viewport={"width": width, "height": HEIGHTS[width]},
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            java_script_enabled=scripts,
            storage_state=self.sessions.get(who),
        )
        context.set_default_timeout(MILLISECONDS)
        self.opened.append(context)
        page = await context.new_page()
        if who and who not in self.sessions:
            await sign_in(page, who)
            self.sessions[who] = await context.storage_state()
        return page

    async def watched(self, who: str, width: int) -> Watched:
        seen = Watched(await self.by(who, width))
        seen.page.on("console", lambda said: _complain(seen, said.type in {"error", "warning"}, said.text))
        seen.page.on("pageerror", lambda error: _complain(seen, True, str(error)))
        wire = await seen.page.context.new_cdp_session(seen.page)
        await wire.send("Network.enable")
        wire.on("Network.loadingFinished", _counting(seen))
        return seen

    async def close(self) -> None:
        for context in self.opened:
            await context.close()
        self.opened.clear()


async def sign_in(page: Page, who: str) -> None:
    await page.goto("/sign-in")
    await page.get_by_label("Tên đăng nhập").fill(who)
    await page.get_by_label("Mật khẩu").fill(SAMPLE_PASSWORD)
    await page.get_by_role("button", name="Đăng nhập").click()
    await page.wait_for_url(lambda url: "/sign-in" not in url)


def _complain(seen: Watched, is_one: bool, text: str) -> None:
    if is_one:
        seen.complaints.append(text)


def _counting(seen: Watched) -> Callable[[dict[str, Any]], None]:
    def count(finished: dict[str, Any]) -> None:
        seen.transferred += int(finished["encodedDataLength"])

    return count
