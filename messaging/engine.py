"""The batch is the transaction: load all aggregates of the batch, fold in memory, save rows, outbox and offsets, commit.

A value that the database refuses sinks the transaction: then the batch is halved until the one is found, and that one is
parked as dead. Faults of the infrastructure rise to the caller, who backs off and tries the same batch again.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contracts.envelope import Envelope, Unreadable
from contracts.registry import EVENTS, Event
from contracts.topics import Kind
from messaging import copies, outbox, positions, waiting_room
from messaging.clock import Clock
from messaging.dead_letters import announce
from messaging.faults import is_bad_value
from messaging.folding import ALL_EFFECTS, EventKey, Fold, StateKey, line_up
from messaging.handling import Context, Effect, Table
from messaging.positions import AggregateKey
from messaging.records import TOPIC_BY_NAME, Candidate, Record, candidate
from messaging.waiting_room import Parked

NO_ATTRIBUTES: Any = None
Prelude = Callable[[AsyncConnection], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Work:
    """What one transaction takes up: records from Kafka, and aggregates of the waiting room that are ready."""

    records: Sequence[Record] = ()
    aggregates: Sequence[AggregateKey] = ()

    def __len__(self) -> int:
        return len(self.records) + len(self.aggregates)

    def halves(self) -> tuple["Work", "Work"]:
        """In order: an aggregate's records keep their order across the two."""
        if len(self.records) > 1:
            middle = len(self.records) // 2
            return Work(self.records[:middle], self.aggregates), Work(self.records[middle:])
        if self.records:
            return Work(self.records), Work((), self.aggregates)
        middle = len(self.aggregates) // 2
        return Work((), self.aggregates[:middle]), Work((), self.aggregates[middle:])


@dataclass
class Tally:
    """What became of some work; `lag` is the age in seconds of the oldest event that was applied."""

    applied: int = 0
    dropped: int = 0
    parked: dict[str, int] = field(default_factory=dict)
    states: int = 0
    oldest: datetime | None = None

    def add(self, other: "Tally") -> None:
        self.applied += other.applied
        self.dropped += other.dropped
        self.states += other.states
        for state, count in other.parked.items():
            self.parked[state] = self.parked.get(state, 0) + count
        self.oldest = min((t for t in (self.oldest, other.oldest) if t is not None), default=None)


@dataclass
class Engine:
    """One consumer's table at work on one database. `before_commit` lets the caller refuse what the batch came to; `prelude`
    opens each of its transactions.
    """

    database: AsyncEngine
    table: Table
    clock: Clock
    effects: frozenset[Effect] = ALL_EFFECTS
    before_commit: Callable[[Tally], None] = lambda _: None
    prelude: Prelude | None = None

    async def process(self, work: Work) -> Tally:
        """Work done once in effect, in one transaction if no value is refused."""
        try:
            return await self._transaction(work)
        except Exception as error:
            if not is_bad_value(error):
                raise
        if len(work) > 1:
            tally = Tally()
            for half in work.halves():
                tally.add(await self.process(half))
            return tally
        return await self._one_by_one(work)

    async def _one_by_one(self, work: Work) -> Tally:
        """One record or aggregate is left: apply its events one a transaction, and park each that the database refuses."""
        condemned: dict[EventKey, str] = {}
        while True:
            attempted: list[Candidate] = []
            try:
                return await self._transaction(work, limit=1, condemned=condemned, attempted=attempted)
            except Exception as error:
                culprit = (attempted[0].source, attempted[0].subject, attempted[0].sequence) if attempted else None
                if not is_bad_value(error) or culprit is None or culprit in condemned:
                    raise
                condemned[culprit] = f"refused by the database: {_first_line(error)}"

    async def _transaction(
        self,
        work: Work,
        *,
        limit: int | None = None,
        condemned: Mapping[EventKey, str] | None = None,
        attempted: list[Candidate] | None = None,
    ) -> Tally:
        async with self.database.begin() as connection:
            if self.prelude is not None:
                await self.prelude(connection)
            candidates = [candidate(record) for record in work.records]
            states, bad_states = self._sound_states(candidates, condemned or {})
            if attempted is not None and states:
                attempted += states
            await copies.apply(connection, states)
            fold = await self._fold(connection, [c for c in candidates if not is_state(c)], work, limit, condemned or {})
            if attempted is not None:
                attempted += fold.applied
            fold.parked += bad_states
            await self._save(connection, fold, work)
            tally = _tally(fold, len(states))
            self.before_commit(tally)
        return tally

    def _sound_states(
        self, candidates: Sequence[Candidate], condemned: Mapping[EventKey, str]
    ) -> tuple[list[Candidate], list[Parked]]:
        """State records that can be read, and the others, parked: they hold nothing, a later version makes up for them."""
        sound: list[Candidate] = []
        bad: list[Parked] = []
        for found in filter(is_state, candidates):
            fault = found.fault or condemned.get((found.source, found.subject, found.sequence)) or _unreadable(found)
            if fault is None:
                sound.append(found)
            else:
                bad.append(Parked(found, "dead", fault))
        return sound, bad

    async def _fold(
        self,
        connection: AsyncConnection,
        facts: Sequence[Candidate],
        work: Work,
        limit: int | None,
        condemned: Mapping[EventKey, str],
    ) -> Fold:
        fresh: dict[AggregateKey, list[Candidate]] = {aggregate: [] for aggregate in work.aggregates}
        for found in facts:
            fresh.setdefault(found.aggregate, []).append(found)
        lasts = await positions.lock(connection, list(fresh))
        parked = await waiting_room.load(connection, list(fresh))
        await self._forget_reread(connection, facts)
        queues = {
            key: line_up(lasts[key], parked.get(key, []), [c for c in news if not c.dropped]) for key, news in fresh.items()
        }
        data = self._read(queues)
        known = await self.table.prepare(connection, _envelopes(queues, data))
        context = Context(NO_ATTRIBUTES, self.clock(), known)
        fold = Fold(self.table, context, await self._load(connection, queues, data), self.effects, condemned)
        for key, queue in queues.items():
            fold.advance(lasts[key], queue, data, limit)
        return fold

    async def _forget_reread(self, connection: AsyncConnection, facts: Sequence[Candidate]) -> None:
        """An unreadable record has no number to be known by: one behind the stored offset was parked or skipped before."""
        unnumbered = [found for found in facts if found.presumed]
        if unnumbered:
            nexts = await positions.next_offsets(connection, list({found.record.topic for found in unnumbered}))
            for found in unnumbered:
                found.dropped = found.record.offset < nexts.get((found.record.topic, found.record.partition), 0)

    def _read(self, queues: Mapping[AggregateKey, Sequence[Candidate]]) -> dict[int, Event | Unreadable]:
        """The data of the events that the table wants; of the others only that their type is known."""
        read: dict[int, Event | Unreadable] = {}
        for found in (c for queue in queues.values() for c in queue if c.fault is None and c.attributes is not None):
            assert found.attributes is not None  # noqa: S101 -- filtered above
            try:
                if found.attributes.type in self.table.by_type:
                    event = found.data()
                    read[id(found)] = event if event is not None else Unreadable("a fact without data")
                elif found.attributes.type not in EVENTS:
                    read[id(found)] = Unreadable(f"unknown type {found.attributes.type}")
            except Unreadable as error:
                read[id(found)] = error
        return read

    async def _load(
        self,
        connection: AsyncConnection,
        queues: Mapping[AggregateKey, Sequence[Candidate]],
        data: Mapping[int, Event | Unreadable],
    ) -> dict[StateKey, Any]:
        stores = self.table.stores()
        wanted: list[set[str]] = [set() for _ in stores]
        for envelope in _envelopes(queues, data):
            for entry in self.table.by_type[envelope.attributes.type]:
                if entry.effect in self.effects:
                    wanted[stores.index(entry.store)].add(entry.key(envelope.attributes, envelope.data))
        states: dict[StateKey, Any] = {}
        for place, store in enumerate(stores):
            if wanted[place]:
                states |= {(place, key): state for key, state in (await store.load(connection, sorted(wanted[place]))).items()}
        return states

    async def _save(self, connection: AsyncConnection, fold: Fold, work: Work) -> None:
        for place, store in enumerate(self.table.stores()):
            changed = [fold.states[key] for key in sorted(fold.changed) if key[0] == place]
            if changed:
                await store.save(connection, changed)
        await positions.save(connection, fold.lasts)
        await waiting_room.remove(connection, fold.released)
        await waiting_room.park(connection, fold.parked, fold.context.now)
        deaths = announce(self.table.service, fold.parked, fold.context.now)
        await outbox.write(connection, [*fold.outbox, *deaths])
        await positions.save_offsets(connection, work.records)


def is_state(found: Candidate) -> bool:
    topic = TOPIC_BY_NAME.get(found.record.topic)
    return topic is not None and topic.kind is Kind.STATE


def _unreadable(found: Candidate) -> str | None:
    try:
        found.data()
    except Unreadable as error:
        return error.reason
    return None


def _envelopes(queues: Mapping[AggregateKey, Sequence[Candidate]], data: Mapping[int, Event | Unreadable]) -> list[Envelope]:
    return [
        Envelope(found.attributes, event)
        for queue in queues.values()
        for found in queue
        if found.attributes is not None and isinstance(event := data.get(id(found)), Event)
    ]


def _tally(fold: Fold, states: int) -> Tally:
    parked: dict[str, int] = {}
    for entry in fold.parked:
        parked[entry.state] = parked.get(entry.state, 0) + 1
    times = [found.attributes.time for found in fold.applied if found.attributes is not None]
    return Tally(len(fold.applied), fold.dropped, parked, states, min(times, default=None))


def _first_line(error: BaseException) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0][:500]
