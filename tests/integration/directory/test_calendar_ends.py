"""Who administers is told months ahead that a calendar ends: on the home page, on a page of their own, and by a metric."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from messaging.bell import Bell
from services.directory.background import RING, measure_calendars
from services.directory.metrics import CALENDARS_ENDING
from tests.support.directory_world import Directory, running, settings_in
from tests.support.eventually import eventually
from tests.support.reference_data import ADMIN
from tests.support.servers import PostgresServer

TOLD = "mới có ngày nghỉ, ngày làm bù đến hết 31/12/2027"


@pytest.fixture(scope="module")
async def autumn(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Directory]:
    """In October 2027 the sample's calendars have ten weeks left."""
    settings = settings_in(tmp_path_factory.mktemp("secrets")).model_copy(update={"clock": "2027-10-20T08:00:00+07:00"})
    async with running(await postgres.create_database("directory"), settings) as directory:
        yield directory


async def test_the_home_page_tells_an_administrator_and_nobody_else(autumn: Directory) -> None:
    home = (await autumn.browser(await autumn.token(ADMIN)).get("/")).text
    assert home.count(TOLD) == 3
    assert "/directory/calendars" in home
    assert TOLD not in (await autumn.browser(await autumn.token("lan")).get("/")).text
    assert TOLD not in (await autumn.browser().get("/")).text


async def test_the_page_lists_every_calendar_with_its_end(autumn: Directory) -> None:
    page = (await autumn.browser(await autumn.token(ADMIN)).get("/directory/calendars")).text
    assert page.count("31/12/2027") == 3
    assert "cần bổ sung" in page
    assert (await autumn.browser(await autumn.token("lan")).get("/directory/calendars")).status_code == 403


async def test_opening_hours_say_until_when_they_are_known(autumn: Directory) -> None:
    assert "Trừ ngày nghỉ lễ; lịch mới có đến hết 31/12/2027." in (await autumn.browser().get("/directory/units")).text


async def test_the_metric_counts_the_calendars_that_end(autumn: Directory) -> None:
    bell, stopping = Bell(), asyncio.Event()
    CALENDARS_ENDING.set(0)
    process = autumn.app.state.process
    async with asyncio.TaskGroup() as group:
        group.create_task(measure_calendars(process, stopping, bell))
        await eventually(lambda: CALENDARS_ENDING.collect()[0].samples[0].value >= 2, describe="it is measured")
        stopping.set()
        bell.ring(RING)
