"""The long outages, under load: Kafka away for 60 s, PostgreSQL for 30 s and for seven minutes. `make test-faults`."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.support.embedded import EmbeddedServers
from tests.support.load import under_load
from tests.support.servers import as_postgres_server
from tests.support.tally_world import TallyWorld, is_ready, tally_world

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1800)]


@pytest.fixture
async def world(own_servers: EmbeddedServers) -> AsyncIterator[TallyWorld]:
    async with tally_world(own_servers.bootstrap, as_postgres_server(own_servers)) as made:
        yield made


@pytest.mark.parametrize(("name", "seconds"), [("kafka", 60), ("postgres", 30), ("postgres", 420)])
async def test_away_for_long_under_load(own_servers: EmbeddedServers, world: TallyWorld, name: str, seconds: int) -> None:
    """The outage itself is what is tested: here the test does wait."""
    server = getattr(own_servers, name)
    async with world.ready() as messaging, under_load(world) as load:
        await load.more(100)
        server.kill()
        before = load.sent
        await asyncio.wait([asyncio.create_task(load.ended.wait())], timeout=seconds)
        assert load.sent > before, "it was no outage under load"
        await asyncio.to_thread(server.start)
        await load.more(100)
        await is_ready(messaging)
