"""A case beside its list, and the way to the next one: who goes through many never goes back to the list by hand."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape

import pytest

from tests.integration.routing.test_pages import form_for
from tests.support.reference_data import INSURANCE
from tests.support.routing_world import NOW, World, accepted, open_cases, routing_world
from tests.support.servers import PostgresServer


@pytest.fixture
async def world(postgres: PostgresServer) -> AsyncIterator[World]:
    async with routing_world(postgres, clock=NOW.isoformat()) as routing:
        yield routing


def way_on(html: str) -> str | None:
    """Where the key of the next case leads."""
    link = re.search(r'href="([^"]+)" data-shortcut="Alt\+J"', html)
    return unescape(link[1]) if link else None


async def test_a_case_opens_beside_the_list_and_leads_on_to_the_next(world: World) -> None:
    first, second = await open_cases(world.database, accepted(promised=NOW), accepted(promised=NOW + timedelta(days=3)))
    minh = world.browser("minh")
    plain = await minh.open("/routing/cases?officer=me&state=open")
    assert "<aside" not in plain.text
    address = unescape(re.search(rf'data-beside="([^"]*{first})"', plain.text)[1])
    page = await minh.open(address)
    beside = page.text.partition("<aside")[2].partition("</aside>")[0]
    assert f'hx-get="/api/intake/dossiers/{first}/applicant"' in beside
    assert f'href="/routing/cases/{first}"' in beside
    assert second not in beside.replace(way_on(beside).replace("&", "&amp;"), "")
    assert page.text.count('aria-current="true"') == 1
    on = way_on(beside)
    assert on.endswith(f"case={second}")
    assert way_on((await minh.open(on)).text) is None


async def test_the_way_on_stays_on_the_page_of_the_list(world: World) -> None:
    await open_cases(world.database, *(accepted(promised=NOW + timedelta(days=n)) for n in range(52)))
    minh = world.browser("minh")
    following = unescape(re.search(r'rel="next" href="([^"]+)"', (await minh.open("/routing/cases")).text)[1])
    shown = re.findall(r'data-beside="([^"]+)"', (await minh.open(following)).text)
    assert len(shown) == 2
    page = await minh.open(unescape(shown[0]))
    assert way_on(page.text) == unescape(shown[1])


async def test_a_case_of_others_is_not_shown_beside_ones_own_list(world: World) -> None:
    (case,) = await open_cases(world.database, accepted(unit=INSURANCE, field="bao-hiem"))
    assert (await world.browser("minh").open(f"/routing/cases?case={case}")).status_code in {403, 404}
    assert (await world.browser("minh").open(f"/routing/cases?case=d-{'0' * 32}")).status_code == 404


async def test_a_case_is_taken_beside_the_list_and_the_next_is_one_key_away(world: World) -> None:
    (mine,) = await open_cases(world.database, accepted(promised=NOW + timedelta(days=1)))
    nobodys, other = await open_cases(world.database, accepted(field="van-hoa"), accepted(field="van-hoa"))
    minh = world.browser("minh")
    page = await minh.open(f"/routing/cases?officer=all&state=unassigned&case={nobodys}")
    taken = await minh.submit(f"/routing/cases/{nobodys}/assign", form_for(page, f"{nobodys}/assign"))
    done = await minh.open(taken.headers["location"])
    assert way_on(done.text) == f"/routing/cases/{mine}"
    # A leader who assigns goes on to the next that has nobody.
    son = world.browser("son")
    assert way_on((await son.open(f"/routing/cases/{nobodys}?done=assigned")).text) == f"/routing/cases/{other}"


async def test_after_the_last_case_nothing_is_offered(world: World) -> None:
    (mine,) = await open_cases(world.database, accepted())
    assert way_on((await world.browser("minh").open(f"/routing/cases/{mine}?done=assigned")).text) is None
