"""The batch is the transaction: load all aggregates of the batch, fold in memory, save rows, outbox and offsets, commit.

A value that the database refuses sinks the transaction: then the batch is halved until the one is found, and that one is
parked as dead. Faults of the infrastructure rise to the caller, who backs off and tries the same batch again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from messaging import positions, waiting_room
from messaging.batch import Batch, ready_states
from messaging.clock import Clock
from messaging.faults import is_bad_value
from messaging.folding import ALL_EFFECTS
from messaging.handling import Effect, Table
from messaging.positions import AggregateKey
from messaging.records import Candidate, candidate, is_state_source
from messaging.work import Tally, Work

__all__ = ["Engine", "Prelude", "Tally", "Work"]

Prelude = Callable[[AsyncConnection], Awaitable[None]]


@dataclass
class Engine:
    """One consumer's table at work on one database. `before_commit` lets the caller refuse what a transaction came to, and
    `after_commit` hears of it; `prelude` opens each of them.
    """

    database: AsyncEngine
    table: Table
    clock: Clock
    effects: frozenset[Effect] = ALL_EFFECTS
    before_commit: Callable[[Tally], None] = lambda _: None
    prelude: Prelude | None = None
    after_commit: Callable[[Tally], None] = lambda _: None

    async def process(self, work: Work) -> Tally:
        """Work done once in effect, in one transaction if no value is refused."""
        try:
            return await self._transaction(work)
        except Exception as error:
            if not is_bad_value(error):
                raise
            refused = error
        tally = Tally()
        if len(work) > 1:
            for half in work.halves():
                tally.add(await self.process(half))
            return tally
        # One is left. A record is parked first: its aggregate's events, parked ones among them, are then tried one by one.
        if work.records:
            tally.add(await self._transaction(work, refused))
        for aggregate in work.aggregates or [candidate(work.records[0]).aggregate]:
            tally.add(await self._one_by_one(aggregate))
        return tally

    async def _one_by_one(self, aggregate: AggregateKey) -> Tally:
        """One event a transaction; the one that the database refuses dies. What is left is sorted by an ordinary transaction."""
        tally = Tally()
        while (head := await self._head(aggregate)) is not None:
            work = Work((), (aggregate,), only=head.parked)
            try:
                step = await self._transaction(work)
            except Exception as error:
                if not is_bad_value(error):
                    raise
                step = await self._transaction(work, error)
            tally.add(step)
            if not (step.applied or step.states or step.parked.get("dead")):
                break
        tally.add(await self._transaction(Work((), (aggregate,))))
        return tally

    async def _head(self, aggregate: AggregateKey) -> Candidate | None:
        """The parked event whose turn it is, unless it is dead."""
        async with self.database.begin() as connection:
            if is_state_source(aggregate[0]):
                return next(iter(await ready_states(connection, Work((), (aggregate,)))), None)
            last = (await positions.lock(connection, [aggregate]))[aggregate]
            parked = (await waiting_room.load(connection, [aggregate])).get(aggregate, [])
        due = next((found for found in parked if found.sequence == last + 1 and found.state != "skipped"), None)
        return None if due is None or due.state == "dead" else due

    async def _transaction(self, work: Work, refused: Exception | None = None) -> Tally:
        async with self.database.begin() as connection:
            if self.prelude is not None:
                await self.prelude(connection)
            batch = Batch(connection, self.table, self.effects, self.clock(), work, refused)
            tally = await batch.run()
            self.before_commit(tally)
        batch.report()
        self.after_commit(tally)
        return tally
