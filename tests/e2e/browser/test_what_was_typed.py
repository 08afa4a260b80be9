"""A clerk's typing survives what happens at a counter: a refusal, F5, back, another language, a session that ends."""

import re

import pytest
from playwright.async_api import Page, expect

from cli.directory_import import SAMPLE_PASSWORD
from tests.e2e.browser.chromium import Visits
from tests.e2e.browser.journeys import COPY, Citizen, again_until, citizen, fill_in, open_counter, open_menu, sign_out

pytestmark = pytest.mark.timeout(300)
ACCEPT = "Tiếp nhận và in"


async def typed(page: Page) -> Citizen:
    """Everything but a telephone that is one."""
    who = citizen("Lò Thị Đang Gõ")
    await open_counter(page, COPY, who.number)
    await fill_in(page, who)
    await page.get_by_label("Điện thoại").fill("12")
    return who


async def is_there(page: Page, who: Citizen) -> None:
    await expect(page.locator("[name=name]")).to_have_value(who.name)
    await expect(page.locator("[name=address]")).to_have_value(who.address)
    await expect(page.locator("[name=telephone]")).to_have_value("12")
    await expect(page.locator("[name=papers]").first).to_be_checked()


async def sign_in_there(page: Page, username: str) -> None:
    await page.locator("[name=username]").fill(username)
    await page.locator("[name=password]").fill(SAMPLE_PASSWORD)
    await page.get_by_role("button", name="Đăng nhập").click()


@pytest.mark.parametrize("scripts", [True, False])
async def test_f5_back_and_another_language_after_a_refusal_lose_nothing(visits: Visits, scripts: bool) -> None:
    page = await visits.by("hoa", scripts=scripts)
    who = await typed(page)
    await page.get_by_role("button", name=ACCEPT).click()
    await page.locator(".error-summary").wait_for()
    await page.reload()
    await is_there(page, who)
    await page.goto("/intake/dossiers")
    await page.go_back()
    await is_there(page, who)
    await open_menu(page)
    await page.get_by_role("link", name="English").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await is_there(page, who)
    await open_menu(page)
    await page.get_by_role("link", name="Tiếng Việt").click()
    await page.locator("[name=telephone]").fill("")
    await page.get_by_role("button", name=ACCEPT).click()
    await page.wait_for_url(re.compile("/receipt$"))


async def test_a_session_that_ended_while_typing_loses_nothing_and_shows_it_to_nobody_else(visits: Visits) -> None:
    page = await visits.by("tam")
    who = await typed(page)
    elsewhere = await visits.by("tam")
    await elsewhere.goto("/")
    await sign_out(elsewhere)
    visits.sessions.pop("tam")
    watcher = await page.context.new_page()

    async def ended() -> None:
        await watcher.goto("/intake/counter")
        assert "/sign-in" in watcher.url

    await again_until(ended)
    await page.get_by_role("button", name=ACCEPT).click()
    await page.wait_for_url(re.compile("/sign-in"))
    await sign_in_there(page, "hoa")
    await page.wait_for_url(re.compile(r"/intake/counter\?draft="))
    await expect(page.get_by_text("Không có bản nháp này")).to_be_visible()
    await expect(page.get_by_text(who.name)).to_have_count(0)
    where = page.url
    again = await visits.by()
    await again.goto(where)
    await sign_in_there(again, "tam")
    await again.wait_for_url(where)
    await is_there(again, who)
    await expect(again.get_by_text("chưa có gì được thực hiện")).to_be_visible()


async def test_what_is_typed_is_saved_by_itself_and_offered_to_its_clerk(visits: Visits) -> None:
    page = await visits.by("hoa")
    who = await typed(page)
    await expect(page.get_by_text("Đã lưu nháp lúc")).to_be_visible()
    await page.close()
    later = await visits.by("hoa")
    await later.goto("/intake/counter")
    await later.get_by_role("link", name="làm tiếp").first.click()
    await is_there(later, who)
    await later.get_by_role("button", name="Bỏ bản nháp").click()
    await expect(later.locator("[name=identity_number]")).to_have_value("")
