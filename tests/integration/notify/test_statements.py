"""What facts that owe a message cost the database: the same statements for many as for one."""

from collections.abc import AsyncIterator

import pytest

from messaging.connections import make_engine
from tests.support.notify_world import (
    Notify,
    accepted,
    contact,
    contact_record,
    fact_record,
    notify_database,
    somebody,
)
from tests.support.servers import PostgresServer
from tests.support.wire_trace import Wire, traced


@pytest.fixture
async def notify(postgres: PostgresServer) -> AsyncIterator[Notify]:
    """On one connection, and warm: what is run is prepared."""
    async with notify_database(await postgres.create_database("notify")) as made:
        own = make_engine(made.url, pool_size=1)
        warm = Notify(made.url, own)
        for _ in range(6):
            await queued(warm, 1)
        yield warm
        await own.dispose()


async def queued(notify: Notify, together: int) -> Wire:
    people = [somebody() for _ in range(together)]
    await notify.read(*(contact_record(person, contact(person)) for person in people))
    with traced(notify.database) as wire:
        await notify.read(*(fact_record(person, accepted(person)) for person in people))
    return wire


async def test_fifty_together_cost_the_statements_of_one(notify: Notify) -> None:
    alone, together = await queued(notify, 1), await queued(notify, 50)
    assert len(together.statements) == len(alone.statements)


async def test_a_batch_costs_no_more_than_counted_here(notify: Notify) -> None:
    """BEGIN, offsets, inbox rows made and locked, parking lot, versions and values of the contacts, the units' revision, messages
    locked, saved with their counts, senders woken, inbox, offsets, COMMIT.
    """
    assert len((await queued(notify, 1)).statements) == 14
