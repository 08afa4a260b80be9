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
from messaging.handler_table import Context, Effect, Entry, Table, Waiting, numbered
from messaging.inbox import AggregateKey
from messaging.outbox import Draft
from messaging.parking_lot import Parked, ParkedQueue
from messaging.records import InboundEvent, Newer, lane_of

ALL_EFFECTS = frozenset(Effect)
StateKey = tuple[int, str]
"""(index of the store in the table, aggregate id)"""
Data = Mapping[int, Event | Unreadable | Newer | None]
"""By the inbound event's `id()`, all that are `runnable`; None is one of which the table has no use."""
HELD_BY_ITSELF = ("dead", "skipped")
"""States that only a person's decision or the event's own turn ends."""
STANDING = ("ready", "waiting", "newer", "dead")
"""States of an event whose turn it is and that does not take effect."""


def line_up(last: int, parked: ParkedQueue, fresh: Sequence[InboundEvent]) -> tuple[list[InboundEvent], list[InboundEvent]]:
    """One aggregate's events in sequence, each record once, and the fresh ones that are here already.

    One that could not tell its number is presumed the next of those before it.
    """
    here = {inbound.record.coordinates for inbound in parked.events}
    highest = max(last, parked.highest)
    queue, repeated = list(parked.events), []
    for inbound in fresh:
        if inbound.record.coordinates in here:
            repeated.append(inbound)
            continue
        here.add(inbound.record.coordinates)
        if inbound.presumed:
            inbound.sequence = min(highest + 1, MAX_SEQUENCE)
        highest = max(highest, inbound.sequence)
        queue.append(inbound)
    return sorted(queue, key=lambda inbound: (inbound.sequence, inbound.parked is None)), repeated


def runnable(last: int, queue: Sequence[InboundEvent]) -> list[InboundEvent]:
    """What `Fold.advance` can come to, should all before it take effect. Nothing else is prepared or loaded: an event behind a
    gap or a dead one could fail there, and with it what it has nothing to do with.
    """
    prefix: list[InboundEvent] = []
    for index, inbound in enumerate(queue):
        if inbound.sequence <= last:
            continue
        if inbound.sequence > last + 1 or inbound.state == "dead":
            break
        if inbound.state == "skipped":
            next_number = _next_number(queue[index + 1 :])
            if next_number is None:
                break
            if next_number == inbound.sequence:
                continue
        else:
            prefix.append(inbound)
        last = inbound.sequence
    return prefix


@dataclass(kw_only=True)
class Fold:
    """What a batch comes to. `states` holds what was loaded and is replaced by what was decided. With `settling` nothing takes
    effect: what stands in the parking lot only gets the state that it is in.
    """

    table: Table
    context: Context
    states: dict[StateKey, Any]
    effects: frozenset[Effect] = ALL_EFFECTS
    settling: bool = False
    changed: set[StateKey] = field(default_factory=set)
    outbox: list[Draft] = field(default_factory=list)
    lasts: dict[AggregateKey, int] = field(default_factory=dict)
    parked: list[Parked] = field(default_factory=list)
    released: list[int] = field(default_factory=list)
    applied: list[InboundEvent] = field(default_factory=list)
    dropped: int = 0

    def advance(self, last: int, queue: Sequence[InboundEvent], data: Data) -> None:
        """Apply one aggregate's queue from `last` on."""
        for index, inbound in enumerate(queue):
            if inbound.sequence <= last:
                self.drop(inbound)
            elif inbound.sequence > last + 1:
                self._hold(queue[index:], "early", f"{last + 1} has not come")
                return
            elif inbound.state == "skipped":
                if (next_number := _next_number(queue[index + 1 :])) is None:
                    self._hold(queue[index + 1 :], "behind", f"{inbound.sequence} was skipped without having told its number")
                    return
                self._release(inbound)
                if next_number > inbound.sequence:
                    last = self.lasts[inbound.aggregate] = inbound.sequence
            elif inbound.state == "dead" or self.settling or not self._apply(inbound, data):
                if self.settling and inbound.state not in STANDING:
                    self._stand_by(inbound)
                self._hold(queue[index + 1 :], "behind", f"held by {inbound.sequence}")
                return
            else:
                last = self.lasts[inbound.aggregate] = inbound.sequence

    def drop(self, inbound: InboundEvent) -> None:
        """Seen before."""
        self.dropped += 1
        self._release(inbound)

    def _release(self, inbound: InboundEvent) -> None:
        if inbound.parked is not None:
            self.released.append(inbound.parked)

    def _hold(self, rest: Sequence[InboundEvent], state: str, reason: str) -> None:
        """What follows keeps its place. A dead one among them stays dead."""
        self.parked += [
            Parked(event=inbound, state=state, reason=reason) for inbound in rest if inbound.state not in (*HELD_BY_ITSELF, state)
        ]

    def _stand_by(self, inbound: InboundEvent) -> None:
        self.parked.append(Parked(event=inbound, state="ready", reason="its turn is next"))

    def _apply(self, inbound: InboundEvent, data: Data) -> bool:
        """Whether the event took effect; if not, it is parked with its reason."""
        if isinstance(newer := data[id(inbound)], Newer):
            self.parked.append(Parked(event=inbound, state="newer", reason=str(newer), waits=newer.waits))
            return False
        try:
            self._decide(inbound, data)
        except Waiting as waiting:
            self.parked.append(
                Parked(
                    event=inbound, state="waiting", reason=str(waiting), waits=(waiting.topic, waiting.entity, waiting.version)
                )
            )
            return False
        except Unreadable as unreadable:
            self.parked.append(Parked(event=inbound, state="dead", reason=unreadable.reason))
            return False
        except Refusal as refusal:
            self.parked.append(Parked(event=inbound, state="dead", reason=str(refusal), kind=f"refused: {refusal.code}"))
            return False
        except Exception as error:  # noqa: BLE001 -- a bug of the handler is a property of its event, and logged when it is dead
            kind = f"handler failed: {name_of(error)}"
            self.parked.append(
                Parked(event=inbound, state="dead", reason=f"{type(error).__name__}: {error}", kind=kind, error=error)
            )
            return False
        self.applied.append(inbound)
        self._release(inbound)
        return True

    def _decide(self, inbound: InboundEvent, data: Data) -> None:
        """Run all entries of the event; their effects are kept together or, on an exception, not at all."""
        event = data[id(inbound)]
        if isinstance(event, Unreadable):
            raise event
        if event is None or isinstance(event, Newer) or inbound.attributes is None:
            return
        context = Context(inbound.attributes, self.context.now, self.context.known, lane_of(inbound.record.topic))
        states: dict[StateKey, Any] = {}
        outbox: list[Draft] = []
        for entry in self.table.entries_of(inbound.attributes.type, self.effects):
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


def _next_number(rest: Sequence[InboundEvent]) -> int | None:
    """The next number that an event itself told. Kafka keeps the order of a key, so it shows what a skipped record before it
    was: one of the numbered events if its number is missing, a stray record if not.
    """
    return next((inbound.sequence for inbound in rest if not inbound.presumed), None)


def state_key(table: Table, entry: Entry, context: Context, event: Event) -> StateKey:
    return table.index_of(entry.store), entry.key(context.attributes, event)
