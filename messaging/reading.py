"""From candidates to events: the data of what a table wants, read once, each event failing for itself.

Of a type that the table has no entry for, only that it is known matters: it advances its aggregate without effect.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import structlog

from contracts.envelope import Envelope, Unreadable
from contracts.registry import EVENTS, Event
from messaging.faults import name_of
from messaging.folding import StateKey
from messaging.handling import Effect, Table
from messaging.records import Candidate

log = structlog.get_logger(__name__)


@dataclass
class Reading:
    """`data` is keyed by the candidate's `id()`; `wanted` names the aggregates that the events concern."""

    data: dict[int, Event | Unreadable] = field(default_factory=dict)
    envelopes: list[Envelope] = field(default_factory=list)
    wanted: set[StateKey] = field(default_factory=set)


def read(table: Table, effects: frozenset[Effect], candidates: Iterable[Candidate]) -> Reading:
    reading = Reading()
    for found in candidates:
        try:
            _read_one(table, effects, found, reading)
        except Unreadable as unreadable:
            reading.data[id(found)] = unreadable
        except Exception as error:
            log.exception("no aggregate for an event", type=found.attributes and found.attributes.type)
            reading.data[id(found)] = Unreadable(f"whom it concerns cannot be told: {name_of(error)}")
    return reading


def _read_one(table: Table, effects: frozenset[Effect], found: Candidate, reading: Reading) -> None:
    if found.fault is not None or found.attributes is None:
        raise Unreadable(found.fault or "no envelope")
    kind = found.attributes.type
    if kind not in table.by_type:
        if kind not in EVENTS:
            raise Unreadable(f"unknown type {kind}")
        return
    event = found.data()
    if event is None:
        raise Unreadable("a fact without data")
    entries = table.entries_of(kind, effects)
    wanted = [(table.place(entry.store), entry.key(found.attributes, event)) for entry in entries]
    reading.wanted.update(wanted)
    reading.envelopes.append(Envelope(found.attributes, event))
    reading.data[id(found)] = event
