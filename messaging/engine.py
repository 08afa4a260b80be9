"""The batch is the transaction: load all aggregates of the batch, fold in memory, save rows, outbox and offsets, commit.

A value that the database refuses sinks the transaction: then the batch is halved until the one is found, and that one is
parked as dead. Faults of the infrastructure rise to the caller, who backs off and tries the same batch again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from messaging import inbox, parking_lot
from messaging.batch import Batch, ready_states
from messaging.clock import Clock
from messaging.dead_letter_limit import DeadLetterLimit
from messaging.faults import is_bad_value, is_too_long
from messaging.folding import ALL_EFFECTS
from messaging.handler_table import Effect, Table
from messaging.inbox import AggregateKey
from messaging.parking_lot import ParkedQueue
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

    def limited(self, limit: DeadLetterLimit) -> "Engine":
        """The same, for a consumer group that must not bury a topic."""
        return replace(self, before_commit=limit.check, after_commit=limit.remember)

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
            fresh = inbound_event(work.records[0])
            result.add(await self._transaction(work, refused=refused))
            result.add(await self._one_by_one(fresh.aggregate, fresh.record.coordinates))
        else:
            result.add(await self._one_by_one(work.aggregates[0]))
        return result

    async def _one_by_one(self, aggregate: AggregateKey, fresh: tuple[str, int, int] | None = None) -> BatchResult:
        """One event a transaction; the one that the database refuses dies. What is left only gets its states: nothing of it is
        prepared or loaded, so nothing of it can fail outside of the guard.
        """
        result = BatchResult()
        while (head := await self._head(aggregate)) is not None:
            work = Work((), (aggregate,), only=head.parked)
            try:
                step = await self._transaction(work, fresh=fresh)
            except Exception as error:
                if not is_bad_value(error):
                    raise
                step = await self._transaction(work, refused=error, fresh=fresh)
            result.add(step)
            if not (step.applied or step.states or step.parked.get("dead")):
                break
        result.add(await self._transaction(Work((), (aggregate,)), settling=True))
        return result

    async def _head(self, aggregate: AggregateKey) -> InboundEvent | None:
        """The parked event whose turn it is, unless it is dead."""
        async with self.database.begin() as connection:
            if is_state_source(aggregate[0]):
                return next(iter(await ready_states(connection, Work((), (aggregate,)))), None)
            last = (await inbox.lock(connection, [aggregate]))[aggregate]
            parked = (await parking_lot.load(connection, [aggregate])).get(aggregate, ParkedQueue())
        due = next((inbound for inbound in parked.events if inbound.sequence == last + 1 and inbound.state != "skipped"), None)
        return None if due is None or due.state == "dead" else due

    async def _transaction(self, work: Work, **how: Any) -> BatchResult:
        """`how` is what `Batch` knows besides: refused, settling, fresh."""
        async with self.database.begin() as connection:
            if self.on_begin is not None:
                await self.on_begin(connection)
            batch = Batch(connection=connection, table=self.table, effects=self.effects, now=self.clock(), work=work, **how)
            result = await batch.run()
            self.before_commit(result)
        batch.report()
        self.after_commit(result)
        return result
