"""A Kafka record as the engine sees it: read one by one, so that one unreadable record fails alone."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contracts.envelope import Attributes, Headers, Unreadable, read_attributes, read_data
from contracts.registry import Event
from contracts.topics import TOPICS, Kind, Topic
from contracts.values import Lane

TOPIC_BY_NAME: dict[str, Topic] = {name: topic for topic in TOPICS for name in topic.names()}


@dataclass(frozen=True, slots=True)
class Record:
    """The raw record: enough to read it again later, from the waiting room too."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers

    @classmethod
    def of(cls, raw: Any) -> "Record":
        return cls(
            raw.topic, raw.partition, raw.offset, raw.key, raw.value, [(name, value or b"") for name, value in raw.headers]
        )

    def headers_json(self) -> str:
        return json.dumps([[name, base64.b64encode(value).decode()] for name, value in self.headers])


def headers_from(stored: Sequence[Sequence[str]]) -> Headers:
    return [(name, base64.b64decode(value)) for name, value in stored]


@dataclass(slots=True)
class Candidate:
    """A record as far as it could be read. `parked` is its id in the waiting room, if it comes from there."""

    record: Record
    source: str
    subject: str
    sequence: int
    attributes: Attributes | None
    fault: str | None = None
    presumed: bool = False
    parked: int | None = None
    state: str = "new"
    dropped: bool = False

    @property
    def aggregate(self) -> tuple[str, str]:
        return self.source, self.subject

    def data(self) -> Event | None:
        """The event itself, read only when a handler wants it; raises Unreadable."""
        assert self.attributes is not None  # noqa: S101 -- a candidate without envelope has a fault and is never asked
        return read_data(self.attributes, self.record.value)


def candidate(record: Record) -> Candidate:
    """Sort a record to its aggregate. One whose headers cannot be read belongs to its Kafka key, with a number yet to presume."""
    topic = TOPIC_BY_NAME.get(record.topic)
    owner = topic.owner if topic else record.topic
    try:
        attributes = read_attributes(record.headers)
    except Unreadable as error:
        return Candidate(record, owner, readable_key(record), 0, None, fault=error.reason, presumed=True)
    found = Candidate(record, attributes.source, attributes.subject, attributes.sequence, attributes)
    if attributes.source != owner:
        found.source, found.subject, found.presumed = owner, readable_key(record), True
        found.fault = f"{attributes.source} may not publish on {record.topic}, which is {owner}'s"
    elif topic is not None and topic.kind is Kind.FACTS and readable_key(record) != attributes.subject:
        found.subject, found.presumed = readable_key(record), True
        found.fault = f"the Kafka key is not the event's subject {attributes.subject}"
    return found


def lane_of(topic_name: str) -> Lane | None:
    topic = TOPIC_BY_NAME.get(topic_name)
    return None if topic is None else topic.lane_of(topic_name)


def readable_key(record: Record) -> str:
    return (record.key or b"").decode("utf-8", "backslashreplace").replace("\x00", "\\x00")
