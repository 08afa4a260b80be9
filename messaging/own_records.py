"""Records of a service's own topics that it can have written itself. What a stranger put there says nothing about it."""

from collections.abc import Sequence
from typing import NamedTuple

from contracts.envelope import Attributes
from messaging.records import Record, inbound_event


class OwnRecord(NamedTuple):
    record: Record
    attributes: Attributes


def own_records(records: Sequence[Record]) -> list[OwnRecord]:
    """Those whose envelope is to be believed."""
    inbound_events = (inbound_event(record) for record in records)
    return [
        OwnRecord(inbound.record, inbound.attributes)
        for inbound in inbound_events
        if inbound.fault is None and inbound.attributes is not None
    ]
