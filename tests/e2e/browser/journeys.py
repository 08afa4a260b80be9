"""What people do at the pages, as often as the tests need it done."""

import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import Page, expect

from tests.e2e.browser.chromium import Visits
from tests.support.eventually import eventually

COPY = "Chứng thực bản sao từ bản chính"
CARD = "Cấp thẻ bảo hiểm y tế"


@dataclass(frozen=True)
class Citizen:
    """Made up, and nobody else's: each has a number of their own."""

    name: str
    number: str
    address: str = "Khu 2, thị trấn Hà An"


@dataclass(frozen=True)
class Receipt:
    """What the citizen takes home, and the address of the dossier's page for clerks."""

    code: str
    secret: str
    page: str


def citizen(name: str) -> Citizen:
    return Citizen(name, f"{random.randrange(10**12):012}")


async def open_counter(page: Page, procedure: str, number: str) -> None:
    await page.goto("/intake/counter")
    await page.get_by_role("combobox", name="Thủ tục").fill(procedure)
    await page.get_by_label("Số định danh").fill(number)
    await page.get_by_role("button", name="Mở danh mục giấy tờ").click()
    await page.get_by_role("button", name="Tiếp nhận và in").wait_for()


async def fill_in(page: Page, who: Citizen, papers: int = 9) -> None:
    """`papers`: how many of the list are on the counter."""
    for box in (await page.locator("input[name=papers]").all())[:papers]:
        await box.check()
    await page.get_by_label("Họ và tên").fill(who.name)
    await page.get_by_label("Địa chỉ").fill(who.address)


async def accept(page: Page) -> Receipt:
    await page.get_by_role("button", name="Tiếp nhận và in").click()
    return await receipt_on(page)


async def receipt_on(page: Page) -> Receipt:
    await page.wait_for_url(re.compile("/receipt$"))
    code = await fact(page, "Mã hồ sơ")
    return Receipt(code, await fact(page, "Mã tra cứu"), page.url.removesuffix("/receipt"))


async def fact(page: Page, label: str) -> str:
    return await page.locator(".answers > div", has_text=label).locator("dd").first.inner_text()


async def received(visits: Visits, name: str, procedure: str = COPY) -> Receipt:
    page, who = await visits.by("hoa"), citizen(name)
    await open_counter(page, procedure, who.number)
    await fill_in(page, who)
    return await accept(page)


async def open_menu(page: Page) -> None:
    """Of the person: language, theme, keys, and the way out."""
    await page.locator("details.menu > summary").click()


async def sign_out(page: Page) -> None:
    """Everywhere, also where the page says first what else that ends."""
    await open_menu(page)
    await page.get_by_role("button", name="Đăng xuất").click()
    await page.wait_for_load_state()
    if page.url.endswith("/sign-out"):
        await page.get_by_role("button", name="Kết thúc tất cả").click()
    await expect(page.get_by_role("link", name="Đăng nhập", exact=True)).to_be_visible()


async def ask(page: Page, code: str, secret: str) -> None:
    await page.goto("/track")
    await page.get_by_label("Mã hồ sơ hoặc số đăng ký").fill(code)
    await page.get_by_label("Mã tra cứu").fill(secret)
    await page.get_by_role("button", name="Xem hồ sơ").click()


async def tells(page: Page, receipt: Receipt, heading: str) -> None:
    """The citizen asks again until the tracking page says so."""

    async def asked() -> None:
        await ask(page, receipt.code, receipt.secret)
        await expect(page.get_by_role("heading", level=1)).to_have_text(heading, timeout=500)

    await again_until(asked)


async def appears(page: Page, address: str, text: str) -> None:
    """A list of another service is loaded again until it shows `text`."""

    async def loaded() -> None:
        await page.goto(address)
        await expect(page.get_by_text(text).first).to_be_visible(timeout=500)

    await again_until(loaded)


async def again_until(step: Callable[[], Awaitable[None]]) -> None:
    async def done() -> bool:
        await step()
        return True

    await eventually(done)
