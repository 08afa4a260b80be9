"""What opening cases costs the database: the same statements for many accepted dossiers as for one."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.connections import make_engine
from tests.support.routing_world import accepted, open_cases, routing_database
from tests.support.wire_trace import Wire, traced


@pytest.fixture
async def database(postgres) -> AsyncIterator[AsyncEngine]:
    """On one connection, and warm: what is run is prepared."""
    made = await routing_database(await postgres.create_database("routing"))
    own = make_engine(made.url.render_as_string(hide_password=False), pool_size=1)
    for _ in range(6):
        await open_cases(own, accepted())
    yield own
    await own.dispose()
    await made.dispose()


async def opened(database: AsyncEngine, together: int) -> Wire:
    with traced(database) as wire:
        await open_cases(database, *(accepted() for _ in range(together)))
    return wire


async def test_fifty_together_cost_the_statements_of_one(database: AsyncEngine) -> None:
    alone, together = await opened(database, 1), await opened(database, 50)
    assert len(together.statements) == len(alone.statements)


async def test_a_batch_costs_no_more_than_counted_here(database: AsyncEngine) -> None:
    """BEGIN, offsets, inbox rows made and locked, parking lot, officers, their loads, cases locked, cases and steps saved, inbox,
    outbox, wake, offsets, COMMIT.
    """
    alone, together = await opened(database, 1), await opened(database, 50)
    assert len(alone.statements) == 15
    assert alone.sent < 8_000
    assert together.sent / 50 < 5_500
