"""A world of 151 dossiers and four guidance turns, for tests that read only."""

from collections.abc import AsyncIterator
from datetime import datetime

import httpx
import pytest

from contracts.values import CIVIL_TIME, GuidanceKind
from tests.support.reference_data import COMMUNE
from tests.support.reporting_events import LATE, guided, lives
from tests.support.reporting_world import World
from tests.support.servers import PostgresServer


@pytest.fixture(scope="module")
async def http(postgres: PostgresServer) -> AsyncIterator[httpx.AsyncClient]:
    async with World.empty(postgres) as world:
        await world.read([event for life in (*lives(150), LATE) for event in life.events()])
        at = datetime(2026, 3, 20, 8, tzinfo=CIVIL_TIME)
        kinds = [*GuidanceKind, GuidanceKind.IN_PERSON]
        await world.read([guided(number, kind, at, COMMUNE) for number, kind in enumerate(kinds)])
        async with world.serving() as http:
            yield http
