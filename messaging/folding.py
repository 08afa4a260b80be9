"""Folding a batch in memory: which events apply now, what they change, what has to wait. No I/O.

Per aggregate and publisher: a number already applied is dropped, the next one is applied, a later one waits for its
predecessor. An event that cannot be applied holds its aggregate, so what follows it waits behind it, in order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contracts.envelope import MAX_SEQUENCE, Unreadable
from contracts.refusal import Refusal
from contracts.registry import Event
from messaging.faults import name_of
from messaging.handling import Context, Effect, Entry, Table, Waiting, numbered
from messaging.outbox import Draft
from messaging.positions import AggregateKey
from messaging.records import Candidate, lane_of
from messaging.waiting_room import Parked

ALL_EFFECTS = frozenset(Effect)
StateKey = tuple[int, str]
"""(place of the store in the table, aggregate id)"""
HELD_BY_ITSELF = ("dead", "skipped")
"""States that only a person's decision or the event's own turn ends."""


def line_up(last: int, parked: Sequence[Candidate], fresh: Sequence[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """One aggregate's events in sequence, each record once, and the fresh ones that are here already.

    One that could not tell its number is presumed the next of those before it.
    """
    here = {found.record.place for found in parked}
    highest = max([last, *(found.sequence for found in parked)])
    queue, again = list(parked), []
    for found in fresh:
        if found.record.place in here:
            again.append(found)
            continue
        here.add(found.record.place)
        if found.presumed:
            found.sequence = min(highest + 1, MAX_SEQUENCE)
        highest = max(highest, found.sequence)
        queue.append(found)
    return sorted(queue, key=lambda found: (found.sequence, found.parked is None)), again


@dataclass
class Fold:
    """What a batch comes to. `states` holds what was loaded and is replaced by what was decided."""

    table: Table
    context: Context
    states: dict[StateKey, Any]
    effects: frozenset[Effect] = ALL_EFFECTS
    changed: set[StateKey] = field(default_factory=set)
    outbox: list[Draft] = field(default_factory=list)
    lasts: dict[AggregateKey, int] = field(default_factory=dict)
    parked: list[Parked] = field(default_factory=list)
    released: list[int] = field(default_factory=list)
    applied: list[Candidate] = field(default_factory=list)
    dropped: int = 0

    def advance(self, last: int, queue: Sequence[Candidate], data: Mapping[int, Event | Unreadable]) -> None:
        """Apply one aggregate's queue from `last` on."""
        for place, found in enumerate(queue):
            if found.sequence <= last:
                self.drop(found)
            elif found.sequence > last + 1:
                self._hold(queue[place:], "early", f"{last + 1} has not come")
                return
            elif found.state == "skipped":
                if (shown := _next_number(queue[place + 1 :])) is None:
                    self._hold(queue[place + 1 :], "behind", f"{found.sequence} was skipped without having told its number")
                    return
                self._release(found)
                if shown > found.sequence:
                    last = self.lasts[found.aggregate] = found.sequence
            elif found.state == "dead" or not self._apply(found, data):
                self._hold(queue[place + 1 :], "behind", f"held by {found.sequence}")
                return
            else:
                last = self.lasts[found.aggregate] = found.sequence

    def drop(self, found: Candidate) -> None:
        """Seen before."""
        self.dropped += 1
        self._release(found)

    def _release(self, found: Candidate) -> None:
        if found.parked is not None:
            self.released.append(found.parked)

    def _hold(self, rest: Sequence[Candidate], state: str, reason: str) -> None:
        """What follows keeps its place. A dead one among them stays dead."""
        self.parked += [Parked(found, state, reason) for found in rest if found.state not in (*HELD_BY_ITSELF, state)]

    def _apply(self, found: Candidate, data: Mapping[int, Event | Unreadable]) -> bool:
        """Whether the event took effect; if not, it is parked with its reason."""
        try:
            self._decide(found, data)
        except Waiting as waiting:
            self.parked.append(Parked(found, "waiting", str(waiting), waits=(waiting.topic, waiting.entity, waiting.version)))
            return False
        except Unreadable as unreadable:
            self.parked.append(Parked(found, "dead", unreadable.reason))
            return False
        except Refusal as refusal:
            self.parked.append(Parked(found, "dead", str(refusal), kind=f"refused: {refusal.code}"))
            return False
        except Exception as error:  # noqa: BLE001 -- a bug of the handler is a property of its event, and logged when it is dead
            kind = f"handler failed: {name_of(error)}"
            self.parked.append(Parked(found, "dead", f"{type(error).__name__}: {error}", kind, error=error))
            return False
        self.applied.append(found)
        self._release(found)
        return True

    def _decide(self, found: Candidate, data: Mapping[int, Event | Unreadable]) -> None:
        """Run all entries of the event; their effects are kept together or, on an exception, not at all."""
        event = data.get(id(found))
        if isinstance(event, Unreadable):
            raise event
        if event is None or found.attributes is None:
            return
        context = Context(found.attributes, self.context.now, self.context.known, lane_of(found.record.topic))
        states: dict[StateKey, Any] = {}
        outbox: list[Draft] = []
        for entry in self.table.entries_of(found.attributes.type, self.effects):
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


def _next_number(rest: Sequence[Candidate]) -> int | None:
    """The next number that an event itself told. Kafka keeps the order of a key, so it shows what a skipped record before it
    was: one of the numbered events if its number is missing, a stray record if not.
    """
    return next((found.sequence for found in rest if not found.presumed), None)


def state_key(table: Table, entry: Entry, context: Context, event: Event) -> StateKey:
    return table.place(entry.store), entry.key(context.attributes, event)
