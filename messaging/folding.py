"""Folding a batch in memory: which events apply now, what they change, what has to wait. No I/O.

Per aggregate and publisher: a number already applied is dropped, the next one is applied, a later one waits for its
predecessor. An event that cannot be applied holds its aggregate, so what follows it waits behind it, in order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from contracts.envelope import Unreadable
from contracts.refusal import Refusal
from contracts.registry import Event
from messaging.handling import Context, Effect, Entry, Table, Waiting, numbered
from messaging.outbox import Draft
from messaging.positions import AggregateKey
from messaging.records import Candidate, lane_of
from messaging.waiting_room import Parked

log = structlog.get_logger(__name__)
ALL_EFFECTS = frozenset(Effect)
StateKey = tuple[int, str]
"""(place of the store in the table, aggregate id)"""
EventKey = tuple[str, str, int]
"""(publisher, aggregate id, sequence)"""


def line_up(last: int, parked: Sequence[Candidate], fresh: Sequence[Candidate]) -> list[Candidate]:
    """One aggregate's events in sequence, each record once. One that could not tell its number is presumed the next."""
    here = {(c.record.topic, c.record.partition, c.record.offset) for c in parked}
    highest = max([last, *(c.sequence for c in parked)])
    queue = list(parked)
    for found in fresh:
        place = (found.record.topic, found.record.partition, found.record.offset)
        if place in here:
            continue
        here.add(place)
        if found.presumed:
            found.sequence = highest + 1
        highest = max(highest, found.sequence)
        queue.append(found)
    return sorted(queue, key=lambda c: (c.sequence, c.parked is None))


@dataclass
class Fold:
    """What a batch comes to. `states` holds what was loaded and is replaced by what was decided."""

    table: Table
    context: Context
    states: dict[StateKey, Any]
    effects: frozenset[Effect] = ALL_EFFECTS
    condemned: Mapping[EventKey, str] = field(default_factory=dict)
    changed: set[StateKey] = field(default_factory=set)
    outbox: list[Draft] = field(default_factory=list)
    lasts: dict[AggregateKey, int] = field(default_factory=dict)
    parked: list[Parked] = field(default_factory=list)
    released: list[int] = field(default_factory=list)
    applied: list[Candidate] = field(default_factory=list)
    dropped: int = 0

    def advance(
        self, last: int, queue: Sequence[Candidate], data: Mapping[int, Event | Unreadable], limit: int | None = None
    ) -> None:
        """Apply one aggregate's queue from `last` on, at most `limit` events."""
        applied = 0
        for place, found in enumerate(queue):
            if found.sequence <= last:
                self._drop(found)
            elif found.sequence > last + 1:
                self._hold(queue[place:], "early", f"{last + 1} has not come")
                return
            elif limit is not None and applied >= limit:
                self._hold(queue[place:], "ready", "its turn is next")
                return
            elif found.state == "dead" or not self._apply(found, data):
                self._hold(queue[place + 1 :], "behind", f"held by {found.sequence}")
                return
            else:
                last = self.lasts[found.aggregate] = found.sequence
                applied += 1

    def _drop(self, found: Candidate) -> None:
        self.dropped += 1
        if found.parked is not None:
            self.released.append(found.parked)

    def _hold(self, rest: Sequence[Candidate], state: str, reason: str) -> None:
        """What follows keeps its place. A dead one among them stays dead."""
        self.parked += [Parked(found, state, reason) for found in rest if found.state not in ("dead", state)]

    def _apply(self, found: Candidate, data: Mapping[int, Event | Unreadable]) -> bool:
        """Whether the event took effect; if not, it is parked with its reason."""
        try:
            self._decide(found, data)
        except Waiting as waiting:
            self.parked.append(Parked(found, "waiting", str(waiting), (waiting.topic, waiting.entity, waiting.version)))
            return False
        except (Unreadable, Refusal) as refusal:
            self.parked.append(Parked(found, "dead", str(refusal)))
            return False
        except Exception as error:
            log.exception("handler failed", type=found.attributes.type if found.attributes else None, subject=found.subject)
            self.parked.append(Parked(found, "dead", f"{type(error).__name__}: {error}"))
            return False
        self.applied.append(found)
        if found.parked is not None:
            self.released.append(found.parked)
        return True

    def _decide(self, found: Candidate, data: Mapping[int, Event | Unreadable]) -> None:
        """Run all entries of the event; their effects are kept together or, on an exception, not at all."""
        if found.fault is not None:
            raise Unreadable(found.fault)
        if (found.source, found.subject, found.sequence) in self.condemned:
            raise Unreadable(self.condemned[found.source, found.subject, found.sequence])
        assert found.attributes is not None  # noqa: S101 -- without a fault there is an envelope
        event = data.get(id(found))
        if isinstance(event, Unreadable):
            raise event
        if event is None:
            return
        context = replace(self.context, attributes=found.attributes, lane=lane_of(found.record.topic))
        states: dict[StateKey, Any] = {}
        outbox: list[Draft] = []
        for entry in self.table.by_type[found.attributes.type]:
            if entry.effect in self.effects:
                self._run(entry, event, context, states, outbox)
        self.states |= states
        self.changed |= states.keys()
        self.outbox += outbox

    def _run(self, entry: Entry, event: Event, context: Context, states: dict[StateKey, Any], outbox: list[Draft]) -> None:
        key = state_key(self.table, entry, context, event)
        decision = entry.handler(states.get(key, self.states.get(key)), event, context)
        if decision is None:
            return
        cause = context.attributes
        states[key], rows = numbered(decision, context.now, correlation=cause.correlation or cause.id, causation=cause.id)
        outbox += rows


def state_key(table: Table, entry: Entry, context: Context, event: Event) -> StateKey:
    return table.stores().index(entry.store), entry.key(context.attributes, event)
