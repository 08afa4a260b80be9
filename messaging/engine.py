"""The batch is the transaction: load all aggregates of the batch, fold in memory, save rows, outbox and offsets, commit.

A value that the database refuses sinks the transaction: then the batch is halved until the one is found, and that one is
parked as dead. Faults of the infrastructure rise to the caller, who backs off and tries the same batch again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from messaging import inbox, parking_lot
from messaging.batch import Batch, ready_states
from messaging.clock import Clock
from messaging.faults import is_bad_value, is_too_long
from messaging.folding import ALL_EFFECTS
from messaging.handler_table import Effect, Table
from messaging.inbox import AggregateKey
from messaging.records import InboundEvent, inbound_event, is_state_source
from messaging.work import BatchResult, Work

__all__ = ["BatchResult", "Engine", "OnBegin", "Work"]

OnBegin = Callable[[AsyncConnection], Awaitable[None]]


@dataclass(kw_only=True)
class Engine:
    """One consumer's table at work on one database. `on_begin` runs first in every transaction; `before_commit` may raise to roll
    it back; `after_commit` runs once it is committed.
    """

    database: AsyncEngine
    table: Table
    clock: Clock
    effects: frozenset[Effect] = ALL_EFFECTS
    before_commit: Callable[[BatchResult], None] = lambda _: None
    on_begin: OnBegin | None = None
    after_commit: Callable[[BatchResult], None] = lambda _: None

    async def process(self, work: Work) -> BatchResult:
        """Work done effectively once, in one transaction if no value is refused."""
        try:
            return await self._transaction(work)
        except Exception as error:
            if not (is_bad_value(error) or (is_too_long(error) and len(work) > 1)):
                raise
            refused = error
        result = BatchResult()
        if len(work) > 1:
            for half in work.halves():
                result.add(await self.process(half))
            return result
        # One is left. A record is parked first: its aggregate's events, parked ones among them, are then tried one by one.
        if work.records:
            result.add(await self._transaction(work, refused))
        for aggregate in work.aggregates or [inbound_event(work.records[0]).aggregate]:
            result.add(await self._one_by_one(aggregate))
        return result

    async def _one_by_one(self, aggregate: AggregateKey) -> BatchResult:
        """One event a transaction; the one that the database refuses dies. What is left is sorted by an ordinary transaction."""
        result = BatchResult()
        while (head := await self._head(aggregate)) is not None:
            work = Work((), (aggregate,), only=head.parked)
            try:
                step = await self._transaction(work)
            except Exception as error:
                if not is_bad_value(error):
                    raise
                step = await self._transaction(work, error)
            result.add(step)
            if not (step.applied or step.states or step.parked.get("dead")):
                break
        result.add(await self._transaction(Work((), (aggregate,))))
        return result

    async def _head(self, aggregate: AggregateKey) -> InboundEvent | None:
        """The parked event whose turn it is, unless it is dead."""
        async with self.database.begin() as connection:
            if is_state_source(aggregate[0]):
                return next(iter(await ready_states(connection, Work((), (aggregate,)))), None)
            last = (await inbox.lock(connection, [aggregate]))[aggregate]
            parked = (await parking_lot.load(connection, [aggregate])).get(aggregate, [])
        due = next((inbound for inbound in parked if inbound.sequence == last + 1 and inbound.state != "skipped"), None)
        return None if due is None or due.state == "dead" else due

    async def _transaction(self, work: Work, refused: Exception | None = None) -> BatchResult:
        async with self.database.begin() as connection:
            if self.on_begin is not None:
                await self.on_begin(connection)
            batch = Batch(
                connection=connection, table=self.table, effects=self.effects, now=self.clock(), work=work, refused=refused
            )
            result = await batch.run()
            self.before_commit(result)
        batch.report()
        self.after_commit(result)
        return result
