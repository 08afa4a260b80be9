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
