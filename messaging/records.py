"""A Kafka record as the engine sees it: read one by one, so that one unreadable record fails alone."""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from contracts.envelope import Attributes, Headers, Unreadable, read_attributes, read_data
from contracts.registry import EVENTS, Event
from contracts.topics import TOPICS, Kind, Topic
from contracts.values import Lane

TOPIC_BY_NAME: dict[str, Topic] = {name: topic for topic in TOPICS for name in topic.names()}
LONGEST_SUBJECT: Final = 200
"""A longer one is no id of ours, and from some length on PostgreSQL can index it no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The raw record: enough to read it again later, from the parking lot too."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers

    @classmethod
    def of(cls, raw: Any) -> "Record":
        return cls(
            topic=raw.topic,
            partition=raw.partition,
            offset=raw.offset,
            key=raw.key,
            value=raw.value,
            headers=[(name, value or b"") for name, value in raw.headers],
        )

    @property
    def coordinates(self) -> tuple[str, int, int]:
        """(topic, partition, offset): what a record is known by."""
        return self.topic, self.partition, self.offset

    def headers_json(self) -> str:
        """Names are escaped: PostgreSQL refuses a NUL in JSON too."""
        return json.dumps(
            [[name.encode("unicode_escape").decode("ascii"), base64.b64encode(value).decode()] for name, value in self.headers]
        )


def headers_from(stored: Sequence[Sequence[str]]) -> Headers:
    return [(name.encode("ascii").decode("unicode_escape"), base64.b64decode(value)) for name, value in stored]


@dataclass(slots=True, kw_only=True)
class InboundEvent:
    """A record as far as it could be read. `parked` is its id in the parking lot, if it comes from there; `presumed` says that
    it did not tell its number. One of a state topic has the topic as its source: what holds or numbers facts is not its concern.
    """

    record: Record
    source: str
    subject: str
    sequence: int
    attributes: Attributes | None
    fault: str | None = None
    presumed: bool = False
    parked: int | None = None
    state: str = "new"
    is_state: bool = False

    @property
    def aggregate(self) -> tuple[str, str]:
        return self.source, self.subject

    def data(self) -> Event | None:
        """The event itself, read only when a handler wants it; raises Unreadable."""
        if self.fault is not None or self.attributes is None:
            raise Unreadable(self.fault or "no envelope")
        return read_data(self.attributes, self.record.value)


def inbound_event(record: Record) -> InboundEvent:
    """Sort a record to its aggregate. One not to be believed belongs to its Kafka key, its number to be presumed."""
    topic = TOPIC_BY_NAME.get(record.topic)
    is_state = topic is not None and topic.kind is Kind.STATE
    owner = topic.owner if topic else record.topic
    source = topic.base if topic is not None and is_state else owner
    try:
        attributes = read_attributes(record.headers)
    except Unreadable as error:
        return InboundEvent(
            record=record,
            source=source,
            subject=readable_key(record),
            sequence=0,
            attributes=None,
            fault=error.reason,
            presumed=True,
            is_state=is_state,
        )
    inbound = InboundEvent(
        record=record,
        source=source,
        subject=attributes.subject,
        sequence=attributes.sequence,
        attributes=attributes,
        is_state=is_state,
    )
    if fault := _misplaced(attributes, owner, record, is_state=is_state):
        inbound.subject, inbound.sequence, inbound.presumed, inbound.fault = readable_key(record), 0, True, fault
    elif topic is not None and (known := EVENTS.get(attributes.type)) is not None and topic != known.TOPIC:
        inbound.fault = f"{attributes.type} does not belong on {record.topic}"
    return inbound


def _misplaced(attributes: Attributes, owner: str, record: Record, *, is_state: bool) -> str | None:
    """Why the envelope cannot be what it says."""
    if attributes.source != owner:
        return f"{attributes.source} may not publish on {record.topic}, which is {owner}'s"
    if len(attributes.subject) > LONGEST_SUBJECT:
        return f"the subject is longer than {LONGEST_SUBJECT}"
    if not is_state and readable_key(record) != attributes.subject:
        return f"the Kafka key is not the event's subject {attributes.subject}"
    return None


def lane_of(topic_name: str) -> Lane | None:
    topic = TOPIC_BY_NAME.get(topic_name)
    return None if topic is None else topic.lane_of(topic_name)


def is_state_source(source: str) -> bool:
    """Whether an aggregate key's first part names a state topic."""
    return any(topic.base == source and topic.kind is Kind.STATE for topic in TOPIC_BY_NAME.values())


def readable_key(record: Record) -> str:
    """The Kafka key as text that PostgreSQL can keep and index; different keys stay different."""
    text = (record.key or b"").decode("utf-8", "backslashreplace").replace("\x00", "\\x00")
    if len(text) <= LONGEST_SUBJECT:
        return text
    return f"{text[:100]}...{hashlib.sha256(record.key or b'').hexdigest()}"
