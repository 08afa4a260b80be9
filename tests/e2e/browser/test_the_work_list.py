"""The work list on an office screen: how much of it is seen, and a case beside it."""

import pytest

from tests.e2e.browser.chromium import DESK, Visits

pytestmark = pytest.mark.timeout(300)
OFFICE = {"width": 1366, "height": 768}


async def test_at_least_15_rows_are_seen_on_an_office_screen(visits: Visits) -> None:
    page = await visits.by("minh", DESK)
    await page.set_viewport_size(OFFICE)
    await page.goto("/routing/cases?officer=all&state=open")
    row = await page.locator("main tbody tr").first.bounding_box()
    assert row
    assert (OFFICE["height"] - row["y"]) // row["height"] >= 15


async def test_a_case_opens_beside_its_list_and_j_goes_on_from_there(visits: Visits) -> None:
    page = await visits.by("minh", DESK)
    await page.set_viewport_size(OFFICE)
    await page.goto("/routing/cases?officer=all&state=open")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.locator("aside").wait_for()
    row, beside = await page.locator("tbody tr").first.bounding_box(), await page.locator("aside").bounding_box()
    assert row
    assert beside
    assert row["x"] + row["width"] <= beside["x"]
    assert (OFFICE["height"] - row["y"]) // row["height"] >= 15
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_function("document.querySelectorAll('tbody tr')[1].querySelector('[aria-current]')")
    assert await page.evaluate("document.documentElement.scrollWidth") == OFFICE["width"]


async def test_on_a_small_window_a_case_has_its_page(visits: Visits) -> None:
    page = await visits.by("minh", DESK)
    await page.goto("/routing/cases?officer=all&state=open")
    await page.locator("a[data-beside]").first.click()
    await page.wait_for_url("**/routing/cases/d-*")
