"""State is read apart from facts: however many of these wait, who is signed out or disabled is so at once."""

import asyncio

from tests.support.eventually import eventually
from tests.support.tally_service import Gate
from tests.support.tally_world import names, tally_world


class FactsHeld(Gate):
    """A batch of facts is under way for as long as it is shut."""

    async def pass_through(self, events: int) -> None:
        if events:
            await super().pass_through(events)


async def test_a_flood_of_facts_keeps_no_state_waiting(kafka_bootstrap, postgres) -> None:
    async with tally_world(kafka_bootstrap, postgres) as world:
        accounts = names("flood", 50)
        await world.good(accounts, 100)
        gate = FactsHeld(asyncio.Event(), asyncio.Event())
        async with world.running(gate=gate):
            await asyncio.wait_for(gate.reached.wait(), 60)
            await world.name(accounts[0], 1)

            async def known() -> bool:
                return bool(await world.rows("SELECT 1 FROM state_copy WHERE id = :id AND version = 1", id=accounts[0]))

            await eventually(known, describe="the new state, while all 5,000 facts wait")
            assert await world.rows("SELECT 1 FROM account") == []
            gate.opened.set()
            await world.has(dict.fromkeys(accounts, (100, 100)))
