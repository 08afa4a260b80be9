"""Signing out, being shut out, another language, and a part that is away."""

import re

import pytest
from playwright.async_api import expect

from tests.e2e.browser.chromium import Visits
from tests.e2e.browser.journeys import again_until, received, sign_out
from tests.support.installation import Installation

pytestmark = pytest.mark.timeout(300)


async def test_signing_out_in_one_tab_ends_the_other(visits: Visits) -> None:
    here = await visits.by("duong")
    there = await here.context.new_page()
    await there.goto("/intake/counter")
    await here.goto("/")
    await sign_out(here)
    await there.reload()
    await expect(there).to_have_url(re.compile("/sign-in"))
    visits.sessions.pop("duong")


async def test_whoever_is_disabled_is_out_of_every_service(visits: Visits) -> None:
    person, boss = await visits.by("minh"), await visits.by("quantri")
    addresses = ("/intake/counter", "/routing/cases", "/notify/messages")
    for address in addresses:
        await person.goto(address)
        assert address in person.url
    await boss.goto("/directory/staff?q=minh")
    row = boss.locator("tr", has_text="Nguyễn Lương Khải Minh")
    await row.get_by_role("button", name="Khóa tài khoản").click()
    await expect(row.get_by_text("Đã khóa")).to_be_visible()
    for address in addresses:

        async def shut_out(address: str = address) -> None:
            await person.goto(address)
            assert "/sign-in" in person.url

        await again_until(shut_out)
    await row.get_by_role("button", name="Mở lại tài khoản").click()
    await expect(row.get_by_text("Đang dùng")).to_be_visible()
    visits.sessions.pop("minh")


async def test_the_language_is_switched_and_stays(visits: Visits) -> None:
    page = await visits.by()
    await page.goto("/")
    await page.get_by_role("link", name="English").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await page.goto("/track")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Track a dossier")
    await page.get_by_role("link", name="Tiếng Việt").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Tra cứu hồ sơ")


async def test_a_part_that_is_away_says_so_and_the_others_go_on(visits: Visits, installation: Installation) -> None:
    page = await visits.by("minh")
    installation.run("stop", "routing")
    try:
        answer = await page.goto("/routing/cases")
        assert answer and answer.status == 503
        assert answer.headers["retry-after"]
        await expect(page.get_by_role("heading", level=1)).to_have_text("Phần này đang tạm nghỉ")
        assert (await received(visits, "Cao Thị Kiên")).code
    finally:
        installation.run("start", "routing")
    await page.get_by_role("link", name="Thử lại").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Hồ sơ của tôi")
