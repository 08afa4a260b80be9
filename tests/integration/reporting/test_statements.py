"""What acceptances cost the database of reporting, sums included: the same statements for many as for one."""

from collections.abc import AsyncIterator

import pytest

from contracts.intake import DossierAcceptedV1, DossierSubmittedV1
from messaging.connections import make_engine
from tests.support.reporting_world import World
from tests.support.servers import PostgresServer
from tests.support.wire_trace import Wire, traced


@pytest.fixture
async def world(postgres: PostgresServer) -> AsyncIterator[World]:
    """On one connection, and warm: what is run is prepared."""
    async with World.empty(postgres) as world:
        everywhere, world.database = world.database, make_engine(world.url, pool_size=1)
        for _ in range(6):
            await accepted(world, 1)
        yield world
        await world.database.dispose()
        world.database = everywhere


async def accepted(world: World, together: int) -> Wire:
    events = [event for event in world.fresh(together) if event.source == "intake" and event.sequence <= 2]
    assert [type(event.event) for event in events] == [DossierSubmittedV1, DossierAcceptedV1] * together
    with traced(world.database) as wire:
        await world.read(events)
    return wire


async def test_fifty_together_cost_the_statements_of_one(world: World) -> None:
    alone, together = await accepted(world, 1), await accepted(world, 50)
    assert len(together.statements) == len(alone.statements)


async def test_a_batch_costs_no_more_than_counted_here(world: World) -> None:
    """BEGIN, offsets, inbox rows made and locked, parking lot, dossiers made, locked and saved, sums with their names, facts,
    inbox, offsets, COMMIT. Before them the test asks where its records begin.
    """
    alone = await accepted(world, 1)
    begins = next(at for at, statement in enumerate(alone.statements) if "DEALLOCATE" in statement) + 1
    assert len(alone.statements[begins:]) == 13
