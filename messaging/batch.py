"""What one transaction does: take up records and parked events, fold them, save what they came to. Nothing is committed here.

State first (a fact of the same batch may wait for it), then facts under the locks of their positions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.envelope import Unreadable
from messaging import copies, outbox, positions, waiting_room
from messaging.dead_letters import announce
from messaging.faults import first_line, name_of
from messaging.folding import Fold, StateKey, line_up
from messaging.handling import Context, Effect, Table
from messaging.positions import AggregateKey
from messaging.reading import read
from messaging.records import Candidate, candidate, is_state_source
from messaging.waiting_room import Parked
from messaging.work import Tally, Work

NO_ATTRIBUTES: Any = None

log = structlog.get_logger(__name__)


class DatabaseForgot(Exception):  # noqa: N818 -- a finding: the caller reads again from where the database says
    """The database has not read as far as it had told us."""


@dataclass
class Batch:
    """With `refused`, the error that this work ended in, nothing is applied: its events are only put where they belong."""

    connection: AsyncConnection
    table: Table
    effects: frozenset[Effect]
    now: datetime
    work: Work
    refused: Exception | None = None
    deaths: list[Parked] = field(default_factory=list)

    async def run(self) -> Tally:
        await self._remembers()
        fold = Fold(self.table, Context(NO_ATTRIBUTES, self.now), {}, self.effects)
        fresh = [candidate(record) for record in self.work.records]
        states = await self._keep_states(fold, [found for found in fresh if found.is_state])
        await self._fold_facts(fold, [found for found in fresh if not found.is_state])
        await self._save(fold)
        self.deaths = [entry for entry in fold.parked if entry.state == "dead"]
        return _tally(fold, states)

    async def _remembers(self) -> None:
        """A database that was restored or failed over while we ran may have lost what we had committed."""
        if self.work.behind:
            topics = list({topic for topic, _ in self.work.behind})
            stored = await positions.next_offsets(self.connection, topics)
            if any(stored.get(place, 0) < offset for place, offset in self.work.behind.items()):
                raise DatabaseForgot

    def report(self) -> None:
        """Once they are committed: a batch that is halved meets its dead many times."""
        for entry in self.deaths:
            found = entry.candidate
            log.error("event died", event_source=found.source, subject=found.subject, kind=entry.kind, exc_info=entry.error)

    async def _keep_states(self, fold: Fold, fresh: Sequence[Candidate]) -> int:
        """The sound ones are kept; the others are parked, and hold nothing: a later version makes up for them."""
        parked = await ready_states(self.connection, self.work)
        faults = {id(found): self._fault_of_state(found) for found in (*fresh, *parked)}
        reread = await self._reread([found for found in fresh if faults[id(found)]])
        sound = [found for found in (*fresh, *parked) if faults[id(found)] is None]
        await copies.apply(self.connection, sound)
        fold.released += [found.parked for found in sound if found.parked is not None]
        for found in (*fresh, *parked):
            if found.record.place in reread:
                fold.drop(found)
            elif (fault := faults[id(found)]) is not None:
                fold.parked.append(Parked(found, "dead", *fault))
        return len(sound)

    def _fault_of_state(self, found: Candidate) -> tuple[str, str] | None:
        if self.refused is not None:
            return _refusal(self.refused)
        try:
            found.data()
        except Unreadable as unreadable:
            return unreadable.reason, "unreadable"
        return None

    async def _fold_facts(self, fold: Fold, facts: Sequence[Candidate]) -> None:
        fresh: dict[AggregateKey, list[Candidate]] = {
            aggregate: [] for aggregate in self.work.aggregates if not is_state_source(aggregate[0])
        }
        for found in facts:
            fresh.setdefault(found.aggregate, []).append(found)
        lasts = await positions.lock(self.connection, list(fresh))
        parked = await waiting_room.load(self.connection, list(fresh))
        reread = await self._reread([found for found in facts if found.presumed])
        queues: dict[AggregateKey, list[Candidate]] = {}
        for aggregate, news in fresh.items():
            unseen = [found for found in news if found.record.place not in reread]
            queues[aggregate], again = line_up(lasts[aggregate], parked.get(aggregate, []), unseen)
            fold.dropped += len(again) + len(news) - len(unseen)
        if self.refused is not None:
            self._shelve(fold, lasts, queues, _refusal(self.refused))
        else:
            await self._apply(fold, lasts, queues)

    async def _reread(self, candidates: Sequence[Candidate]) -> set[tuple[str, int, int]]:
        """A record that does not tell its number is known by its place: behind the stored offset it was dealt with before."""
        if not candidates:
            return set()
        nexts = await positions.next_offsets(self.connection, list({found.record.topic for found in candidates}))
        records = (found.record for found in candidates)
        return {record.place for record in records if record.offset < nexts.get((record.topic, record.partition), 0)}

    def _shelve(
        self,
        fold: Fold,
        lasts: dict[AggregateKey, int],
        queues: dict[AggregateKey, list[Candidate]],
        refusal: tuple[str, str],
    ) -> None:
        """A record is parked to be tried from the room; one of the room, tried alone, is dead."""
        for aggregate, queue in queues.items():
            for found in queue:
                if found.parked != self.work.only:
                    continue
                if found.sequence <= lasts[aggregate]:
                    fold.drop(found)
                elif found.parked is None:
                    fold.parked.append(Parked(found, "ready", "its turn is next"))
                else:
                    fold.parked.append(Parked(found, "dead", *refusal))

    async def _apply(self, fold: Fold, lasts: dict[AggregateKey, int], queues: dict[AggregateKey, list[Candidate]]) -> None:
        only = self.work.only
        if only is not None:
            queues = {key: [found for found in queue if found.parked == only] for key, queue in queues.items()}
        unseen = (found for key, queue in queues.items() for found in queue if found.sequence > lasts[key])
        reading = read(self.table, self.effects, unseen)
        known = await self.table.prepare(self.connection, reading.envelopes)
        fold.context = Context(NO_ATTRIBUTES, self.now, known)
        fold.states = await self._load(reading.wanted)
        for aggregate, queue in queues.items():
            fold.advance(lasts[aggregate], queue, reading.data)

    async def _load(self, wanted: Iterable[StateKey]) -> dict[StateKey, Any]:
        states: dict[StateKey, Any] = {}
        for place, store in enumerate(self.table.stores()):
            keys = sorted(key for at, key in wanted if at == place)
            if keys:
                loaded = await store.load(self.connection, keys)
                states |= {(place, key): state for key, state in loaded.items()}
        return states

    async def _save(self, fold: Fold) -> None:
        for place, store in enumerate(self.table.stores()):
            changed = [fold.states[key] for key in sorted(fold.changed) if key[0] == place]
            if changed:
                await store.save(self.connection, changed)
        await positions.save(self.connection, fold.lasts)
        await waiting_room.remove(self.connection, fold.released)
        await waiting_room.park(self.connection, fold.parked, self.now)
        await outbox.write(self.connection, [*fold.outbox, *announce(self.table.service, fold.parked, self.now)])
        await positions.save_offsets(self.connection, self.work.records)


async def ready_states(connection: AsyncConnection, work: Work) -> list[Candidate]:
    """Records of state topics that a person wants tried again."""
    room = await waiting_room.load(connection, [aggregate for aggregate in work.aggregates if is_state_source(aggregate[0])])
    parked = (found for queue in room.values() for found in queue)
    return [found for found in parked if found.state == "ready" and work.only in (None, found.parked)]


def _refusal(error: Exception) -> tuple[str, str]:
    """Why, for the operator, and what of it may be told to everybody."""
    return f"refused: {first_line(error)}", f"refused: {name_of(error)}"


def _tally(fold: Fold, states: int) -> Tally:
    parked: dict[str, int] = {}
    for entry in fold.parked:
        parked[entry.state] = parked.get(entry.state, 0) + 1
    times = [found.attributes.time for found in fold.applied if found.attributes is not None]
    return Tally(len(fold.applied), fold.dropped, parked, states, min(times, default=None))
