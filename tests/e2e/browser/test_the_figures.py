"""A leader's numbers: each opens the list behind it, and the list is as long as the number says."""

import re

import pytest
from playwright.async_api import Page

from tests.e2e.browser.chromium import Visits

pytestmark = pytest.mark.timeout(300)
NUMBER = "main td.number a, main a.figure"


def whole(written: str) -> int:
    return int(re.sub(r"\D", "", written))


async def numbers(page: Page) -> list[tuple[str, int]]:
    """(address, number) of every number that is a link."""
    links = await page.eval_on_selector_all(
        NUMBER, "links => links.map(a => [a.href, (a.querySelector('strong') ?? a).textContent])"
    )
    assert links
    return [(href, whole(text)) for href, text in links]


async def rows_behind(page: Page, href: str, row: str = "<tr>") -> int:
    """All pages of the list, fetched without drawing them; `row` stands once in each line."""
    count, following = 0, href
    while following:
        answer = await page.request.get(following)
        assert answer.ok, following
        html = await answer.text()
        listed = html.partition("<tbody>")[2].partition("</tbody>")[0]
        count += listed.count(row)
        next_page = re.search(r'rel="next" href="([^"]+)"', html)
        following = next_page[1].replace("&amp;", "&") if next_page else ""
    return count


@pytest.mark.parametrize("by", ["unit", "field", "channel", "competent"])
async def test_every_figure_opens_its_list(visits: Visits, by: str) -> None:
    page = await visits.by("son")
    await page.goto(f"/reporting/figures?preset=year&by={by}")
    shown = [(href, number) for href, number in await numbers(page) if number]
    assert dict(shown) == {href: await rows_behind(page, href) for href, _ in shown}


async def test_every_number_of_the_work_list_opens_its_list(visits: Visits) -> None:
    page = await visits.by("son")
    await page.goto("/routing/cases")
    shown = await numbers(page)
    assert dict(shown) == {href: await rows_behind(page, href, '<a href="/routing/cases/') for href, _ in shown}


async def test_a_click_on_a_number_leads_to_as_many_rows(visits: Visits) -> None:
    page = await visits.by("quang")
    await page.goto("/reporting/figures?preset=year")
    figure = page.locator("a.figure").first
    number = whole(await figure.locator("strong").inner_text())
    await figure.click()
    assert whole((await page.locator("h1").inner_text()).rpartition(":")[2]) == number


async def test_the_form_is_printed_on_one_sheet_lying_on_its_side(visits: Visits) -> None:
    page = await visits.by("quang")
    await page.goto("/reporting/figures?preset=year")
    assert not await page.get_by_text("Thủ trưởng đơn vị").is_visible()
    sheets = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", await page.pdf(prefer_css_page_size=True))
    assert [(round(float(width)), round(float(height))) for width, height in sheets] == [(842, 595)]
    await page.emulate_media(media="print")
    assert await page.get_by_text("Thủ trưởng đơn vị").is_visible()


async def test_a_date_is_typed_as_people_write_it_whatever_the_browser_speaks(visits: Visits) -> None:
    page = await visits.by("quang")
    await page.goto("/reporting/figures?preset=year")
    await page.get_by_label("Từ ngày").fill("1/2/2026")
    await page.get_by_label("Đến hết ngày").fill("28-02-2026")
    await page.get_by_role("button", name="Xem số liệu").click()
    assert "01/02/2026 đến 28/02/2026" in await page.locator("h1").inner_text()
    assert await page.get_by_label("Từ ngày").input_value() == "01/02/2026"


@pytest.mark.parametrize("by", ["unit", "competent"])
async def test_every_number_of_the_board_opens_its_list(visits: Visits, by: str) -> None:
    page = await visits.by("son")
    await page.goto(f"/reporting/board?preset=year&by={by}")
    shown = [(href, number) for href, number in await numbers(page) if number]
    assert dict(shown) == {href: await rows_behind(page, href) for href, _ in shown}
