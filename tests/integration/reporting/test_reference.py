"""Reporting's units and names come from memory, and after a replay's swap from the tables that then serve."""

from collections.abc import AsyncIterator, Sequence

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.directory import UnitV1
from messaging.connections import make_engine
from services.reporting.repository import reference, shadow
from services.reporting.tables import METADATA, PROJECTIONS
from tests.support.copies_world import publish, statements
from tests.support.reference_data import DISTRICT, entities, people, seed_copies, staff_id
from tests.support.servers import PostgresServer

HUYEN = next(entity for entity in entities() if isinstance(entity, UnitV1) and entity.id == DISTRICT)
HOA = people()["hoa"]


@pytest.fixture
async def engines(postgres: PostgresServer) -> AsyncIterator[Sequence[AsyncEngine]]:
    """A process that serves, and one that rebuilds, each with what it remembers."""
    live = make_engine(await postgres.create_database("reporting"))
    rebuilding = shadow.make_shadow_engine(live)
    async with live.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    await seed_copies(live)
    yield live, rebuilding
    await live.dispose()
    await rebuilding.dispose()


async def said(database: AsyncEngine) -> tuple[str | None, str | None]:
    """What it calls the district and the clerk."""
    async with database.connect() as connection:
        units = {unit.id: unit.name for unit in await reference.units(connection)}
        return units.get(DISTRICT), (await reference.staff_names(connection, [HOA.id, "nobody"])).get(HOA.id)


async def test_units_and_names_cost_one_small_statement(engines: Sequence[AsyncEngine]) -> None:
    live, _ = engines
    assert staff_id("hoa") == HOA.id
    assert await said(live) == (HUYEN.name, HOA.name)
    with statements(live) as sent:
        assert await said(live) == (HUYEN.name, HOA.name)
    assert sent == ["SELECT topic, revision FROM state_revision"]


async def test_a_swap_changes_what_is_remembered_with_the_tables(engines: Sequence[AsyncEngine]) -> None:
    """The same versions on both sides, with names by which one can tell them apart."""
    live, rebuilding = engines
    assert await said(live) == (HUYEN.name, HOA.name)
    async with live.connect() as connection:
        await shadow.create_tables(connection, rebuilding, METADATA)
    assert await said(rebuilding) == (None, None)
    rebuilt = HUYEN.model_copy(update={"name": "rebuilt"}), HOA.model_copy(update={"name": "rebuilt too"})
    await publish(rebuilding, 1, *rebuilt)
    assert await said(rebuilding) == ("rebuilt", "rebuilt too")
    assert await said(live) == (HUYEN.name, HOA.name)
    async with live.begin() as connection:
        await shadow.swap(connection, PROJECTIONS)
    assert await said(live) == ("rebuilt", "rebuilt too")
    await publish(live, 2, HUYEN)
    assert await said(live) == (HUYEN.name, "rebuilt too")
