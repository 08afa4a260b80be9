"""From inbound events to their data: what a table wants, decoded once, each event failing for itself.

An event of a type that the table has no use for advances its aggregate without effect. One of a type that is not known here waits
for the release that knows it, unless the table says that it does without (docs/decisions/0025).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import structlog

from contracts.envelope import Envelope, Unreadable
from contracts.registry import EVENTS, Event
from messaging.faults import name_of
from messaging.folding import StateKey
from messaging.handler_table import Effect, Table
from messaging.records import InboundEvent, Newer
from messaging.turns import in_turns

log = structlog.get_logger(__name__)


@dataclass
class Decoded:
    """`data` is keyed by the inbound event's `id()`; `wanted` names the aggregates that the events concern."""

    data: dict[int, Event | Unreadable | Newer | None] = field(default_factory=dict)
    envelopes: list[Envelope] = field(default_factory=list)
    wanted: set[StateKey] = field(default_factory=set)


async def decode(table: Table, effects: frozenset[Effect], events: Iterable[InboundEvent]) -> Decoded:
    decoded = Decoded()
    async for inbound in in_turns(events):
        try:
            _decode_one(table, effects, inbound, decoded)
        except Unreadable as unreadable:
            decoded.data[id(inbound)] = unreadable
        except Exception as error:
            log.exception("no aggregate for an event", type=inbound.attributes and inbound.attributes.type)
            decoded.data[id(inbound)] = Unreadable(f"whom it concerns cannot be told: {name_of(error)}")
    return decoded


def _decode_one(table: Table, effects: frozenset[Effect], inbound: InboundEvent, decoded: Decoded) -> None:
    if inbound.fault is not None or inbound.attributes is None:
        raise Unreadable(inbound.fault or "no envelope")
    kind = inbound.attributes.type
    if kind not in table.by_type:
        newer = inbound.newer()
        if newer is None and kind not in EVENTS:
            raise Unreadable(f"unknown type {kind}")
        decoded.data[id(inbound)] = None if newer is None or table.does_without(newer.topic, kind) else newer
        return
    event = inbound.data()
    if event is None:
        raise Unreadable("a fact without data")
    entries = table.entries_of(kind, effects)
    wanted = [(table.index_of(entry.store), entry.key(inbound.attributes, event)) for entry in entries]
    decoded.wanted.update(wanted)
    decoded.envelopes.append(Envelope(inbound.attributes, event))
    decoded.data[id(inbound)] = event
