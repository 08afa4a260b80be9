"""What holds for every page: nothing for the browser to complain of, readable, reachable by keyboard, light, one heading."""

import re
from importlib import import_module

import pytest
from fastapi import APIRouter
from fastapi.routing import iter_route_contexts

from contracts.services import SERVICES
from deploy.local import vendor
from tests.e2e.browser.chromium import CITIZEN, DESK, HEIGHTS, PHONE, Visits
from tests.e2e.browser.pages import PAGES, PageCase
from tests.support.page_words import program_words_in

pytestmark = pytest.mark.timeout(300)
HEAVIEST = 100_000
SMALLEST = 16

# Of everything that shows text of its own: what is smaller than `smallest`, unless it is a key's name or a code.
SMALL_TEXT = """smallest => [...document.querySelectorAll('main *, footer *')]
  .filter(one => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()) && one.offsetParent
    && !one.closest('kbd, code') && parseFloat(getComputedStyle(one).fontSize) < smallest)
  .map(one => `${one.tagName}: ${one.textContent.trim().slice(0, 40)}`)"""
UNLABELLED = """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
  .filter(one => !one.labels.length && !one.ariaLabel).map(one => one.name)"""
UNSEEN_FOCUS = """() => { const one = document.activeElement, style = getComputedStyle(one);
  return one === document.body || style.outlineStyle === 'none' && style.boxShadow === 'none' }"""
SERIOUS = """async () => (await axe.run({resultTypes: ['violations']})).violations
  .filter(one => ['serious', 'critical'].includes(one.impact))
  .map(one => `${one.id}: ${one.nodes.map(node => node.target).join(' | ')}`)"""


def html_routes() -> set[str]:
    routes: set[str] = set()
    for service in SERVICES:
        for router in import_module(f"services.{service}.main").SERVICE.routers:
            routes |= pages_of(router)
    return routes


def pages_of(router: APIRouter) -> set[str]:
    """What is not in the OpenAPI document is for people; an address with a dot is a file."""
    shown = (route for route in iter_route_contexts(router.routes) if "GET" in (route.methods or ()))
    return {route.path for route in shown if route.path and not route.include_in_schema and "." not in route.path}


def test_no_page_is_missing_from_the_list() -> None:
    assert html_routes() == {case.route for case in PAGES if case.route}


@pytest.mark.parametrize("case", PAGES, ids=lambda case: case.name)
async def test_a_page_is_clean_light_and_usable_by_everybody(visits: Visits, case: PageCase) -> None:
    seen = await visits.watched(case.who, PHONE)
    page = seen.page
    answers = []
    page.on("response", lambda answer: answers.append(answer.status) if answer.request.is_navigation_request() else None)
    await case.reach(page)
    await page.wait_for_load_state("load")
    assert answers[-1] == case.status
    refused = [said for said in seen.complaints if not (case.status >= 400 and f"status of {case.status}" in said)]
    assert refused == []
    assert seen.transferred < HEAVIEST
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert await page.evaluate(SMALL_TEXT, SMALLEST) == []
    assert await page.evaluate(UNLABELLED) == []
    assert await page.locator("h1").count() == 1
    assert await page.get_attribute("html", "lang") == "vi"
    assert re.fullmatch(r".+ · Một Cửa", await page.title())
    assert program_words_in(await page.inner_text("body")) == []
    await page.keyboard.press("Tab")
    assert not await page.evaluate(UNSEEN_FOCUS)
    if case.who != CITIZEN:
        await page.set_viewport_size({"width": DESK, "height": HEIGHTS[DESK]})
        assert await page.evaluate("document.documentElement.scrollWidth") <= DESK
    await page.evaluate(vendor.axe_script().read_text())
    assert await page.evaluate(SERIOUS) == []
