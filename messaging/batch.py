"""What one transaction does: take up records and parked events, fold them, save what they came to. Nothing is committed here.

State first (a fact of the same batch may wait for it), then facts under the locks of their inbox rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.envelope import Unreadable
from messaging import copies, inbox, outbox, parking_lot
from messaging.dead_letters import dead_letter_drafts
from messaging.decoding import decode
from messaging.faults import first_line, name_of
from messaging.folding import Fold, StateKey, line_up, runnable
from messaging.handler_table import Context, Effect, Table
from messaging.inbox import AggregateKey
from messaging.parking_lot import Parked, ParkedQueue
from messaging.records import InboundEvent, inbound_event, is_state_source
from messaging.statements import pipeline
from messaging.turns import in_turns
from messaging.work import BatchResult, Work

NO_ATTRIBUTES: Any = None

log = structlog.get_logger(__name__)


class DatabaseRewound(Exception):  # noqa: N818 -- a finding: the caller reads again from where the database says
    """The database has not read as far as it had told us."""


@dataclass(kw_only=True)
class Batch:
    """With `refused`, the error that this work ended in, nothing is applied: its events are only put where they belong. With
    `settling` neither: what is parked only gets the state that it is in. `fresh`: the coordinates of the one among the parked
    that has just been read.
    """

    connection: AsyncConnection
    table: Table
    effects: frozenset[Effect]
    now: datetime
    work: Work
    refused: Exception | None = None
    settling: bool = False
    fresh: tuple[str, int, int] | None = None
    died: list[Parked] = field(default_factory=list)

    async def run(self) -> BatchResult:
        context = Context(NO_ATTRIBUTES, self.now)
        fold = Fold(table=self.table, context=context, states={}, effects=self.effects, settling=self.settling)
        fresh = [inbound_event(record) async for record in in_turns(self.work.records)]
        states = await self._keep_states(fold, [inbound for inbound in fresh if inbound.holds_nothing])
        await self._fold_facts(fold, [inbound for inbound in fresh if not inbound.holds_nothing])
        await self._save(fold)
        self.died = [entry for entry in fold.parked if entry.state == "dead"]
        return _result(fold, states, died=sum(map(self._counts_as_died, self.died)))

    async def _take_up(
        self, aggregates: Sequence[AggregateKey]
    ) -> tuple[dict[AggregateKey, int], dict[AggregateKey, ParkedQueue]]:
        """The last numbers of these aggregates, locked, and what is parked of them; all asked for at once."""
        committed = self.work.committed
        if not aggregates:
            self._check_not_rewound(await inbox.next_offsets(self.connection, committed))
            return {}, {}
        async with pipeline(self.connection):
            stored = await inbox.send_next_offsets(self.connection, committed)
            lasts = await inbox.send_lock(self.connection, aggregates)
            parked = await parking_lot.send_load(self.connection, aggregates)
        self._check_not_rewound(await inbox.offsets(stored))
        return await inbox.locked(lasts), await parking_lot.loaded(parked)

    def _check_not_rewound(self, stored: dict[tuple[str, int], int]) -> None:
        """A database that was restored or failed over while we ran may have lost what we had committed, the last of it first."""
        if any(stored.get(partition, 0) < offset for partition, offset in self.work.committed.items()):
            raise DatabaseRewound

    def _counts_as_died(self, entry: Parked) -> bool:
        """What a person has tried again, or what nobody we know can have published, says nothing about how we fare."""
        just_read = entry.event.parked is None or entry.event.record.coordinates == self.fresh
        return just_read and not entry.event.stray

    def report(self) -> None:
        """Once they are committed: a batch that is halved meets its dead many times."""
        if strays := [entry.event.record for entry in self.died if entry.event.stray]:
            log.error("records without a key died", records=len(strays), topics=sorted({record.topic for record in strays}))
        for entry in self.died:
            inbound = entry.event
            if inbound.stray:
                continue
            log.error("event died", event_source=inbound.source, subject=inbound.subject, kind=entry.kind, exc_info=entry.error)

    async def _keep_states(self, fold: Fold, fresh: Sequence[InboundEvent]) -> int:
        """The sound ones are kept; the others are parked, and hold nothing: a later version makes up for them."""
        parked = [] if self.settling else await ready_states(self.connection, self.work)
        verdicts = {id(inbound): self._verdict_of_state(inbound) for inbound in (*fresh, *parked)}
        known = await self._dealt_with([inbound for inbound in fresh if verdicts[id(inbound)]])
        sound = [inbound for inbound in (*fresh, *parked) if verdicts[id(inbound)] is None]
        await copies.apply(self.connection, sound)
        fold.released += [inbound.parked for inbound in sound if inbound.parked is not None]
        for inbound in (*fresh, *parked):
            if inbound.record.coordinates in known:
                fold.drop(inbound)
            elif (verdict := verdicts[id(inbound)]) is not None:
                fold.parked.append(verdict)
        return len(sound)

    def _verdict_of_state(self, inbound: InboundEvent) -> Parked | None:
        if self.refused is not None:
            return _dead(inbound, _refusal(self.refused))
        if (newer := inbound.newer()) is not None:
            return Parked(event=inbound, state="newer", reason=str(newer), waits=newer.waits)
        try:
            inbound.data()
        except Unreadable as unreadable:
            return _dead(inbound, (unreadable.reason, "unreadable"))
        return None

    async def _fold_facts(self, fold: Fold, facts: Sequence[InboundEvent]) -> None:
        fresh: dict[AggregateKey, list[InboundEvent]] = {
            aggregate: [] for aggregate in self.work.aggregates if not is_state_source(aggregate[0])
        }
        for inbound in facts:
            fresh.setdefault(inbound.aggregate, []).append(inbound)
        lasts, parked = await self._take_up(list(fresh))
        known = await self._dealt_with([inbound for inbound in facts if inbound.presumed])
        queues: dict[AggregateKey, list[InboundEvent]] = {}
        for aggregate, arrived in fresh.items():
            unseen = [inbound for inbound in arrived if inbound.record.coordinates not in known]
            queues[aggregate], repeated = line_up(lasts[aggregate], parked.get(aggregate, ParkedQueue()), unseen)
            fold.dropped += len(repeated) + len(arrived) - len(unseen)
        if self.refused is not None:
            self._shelve(fold, lasts, queues, _refusal(self.refused))
        else:
            await self._apply(fold, lasts, queues)

    async def _dealt_with(self, events: Sequence[InboundEvent]) -> set[tuple[str, int, int]]:
        """A record that does not tell its number is known by its coordinates; behind the stored offset it is dealt with."""
        if not events:
            return set()
        partitions = {inbound.record.coordinates[:2] for inbound in events}
        nexts = await inbox.next_offsets(self.connection, partitions)
        records = (inbound.record for inbound in events)
        return {record.coordinates for record in records if record.offset < nexts.get((record.topic, record.partition), 0)}

    def _shelve(
        self,
        fold: Fold,
        lasts: dict[AggregateKey, int],
        queues: dict[AggregateKey, list[InboundEvent]],
        refusal: tuple[str, str],
    ) -> None:
        """A record is parked to be tried from the parking lot; one from there, tried alone, is dead."""
        for aggregate, queue in queues.items():
            for inbound in queue:
                if inbound.parked != self.work.only:
                    continue
                if inbound.sequence <= lasts[aggregate]:
                    fold.drop(inbound)
                elif inbound.parked is None:
                    fold.parked.append(Parked(event=inbound, state="ready", reason="its turn is next"))
                else:
                    fold.parked.append(_dead(inbound, refusal))

    async def _apply(self, fold: Fold, lasts: dict[AggregateKey, int], queues: dict[AggregateKey, list[InboundEvent]]) -> None:
        only = self.work.only
        if only is not None:
            queues = {key: [inbound for inbound in queue if inbound.parked == only] for key, queue in queues.items()}
        due = () if self.settling else (inbound for key, queue in queues.items() for inbound in runnable(lasts[key], queue))
        decoded = await decode(self.table, self.effects, due)
        if decoded.envelopes:
            fold.context = Context(NO_ATTRIBUTES, self.now, await self.table.prepare(self.connection, decoded.envelopes))
            fold.states = await self._load(decoded.wanted)
        async for aggregate, queue in in_turns(queues.items()):
            fold.advance(lasts[aggregate], queue, decoded.data)

    async def _load(self, wanted: Iterable[StateKey]) -> dict[StateKey, Any]:
        states: dict[StateKey, Any] = {}
        for index, store in enumerate(self.table.stores()):
            keys = sorted(key for at, key in wanted if at == index)
            if keys:
                loaded = await store.load(self.connection, keys)
                states |= {(index, key): state for key, state in loaded.items()}
        return states

    async def _save(self, fold: Fold) -> None:
        async with pipeline(self.connection):
            for index, store in enumerate(self.table.stores()):
                changed = [fold.states[key] for key in sorted(fold.changed) if key[0] == index]
                if changed:
                    await store.save(self.connection, changed)
            await inbox.save(self.connection, fold.lasts)
            await parking_lot.remove(self.connection, fold.released)
            await parking_lot.park(self.connection, fold.parked, self.now)
            await outbox.write(self.connection, [*fold.outbox, *dead_letter_drafts(self.table.service, fold.parked, self.now)])
            await inbox.save_offsets(self.connection, self.work.records)


async def ready_states(connection: AsyncConnection, work: Work) -> list[InboundEvent]:
    """Records of state topics that a person wants tried again, or that this release can read."""
    aggregates = [aggregate for aggregate in work.aggregates if is_state_source(aggregate[0])]
    return [inbound for inbound in await parking_lot.load_ready(connection, aggregates) if work.only in (None, inbound.parked)]


def _dead(inbound: InboundEvent, fault: tuple[str, str]) -> Parked:
    reason, kind = fault
    return Parked(event=inbound, state="dead", reason=reason, kind=kind)


def _refusal(error: Exception) -> tuple[str, str]:
    """Why, for the operator, and what of it may be told to everybody."""
    return f"refused: {first_line(error)}", f"refused: {name_of(error)}"


def _result(fold: Fold, states: int, *, died: int) -> BatchResult:
    parked: dict[str, int] = {}
    for entry in fold.parked:
        parked[entry.state] = parked.get(entry.state, 0) + 1
    times = [inbound.attributes.time for inbound in fold.applied if inbound.attributes is not None]
    oldest = min(times, default=None)
    return BatchResult(applied=len(fold.applied), dropped=fold.dropped, parked=parked, states=states, died=died, oldest=oldest)
