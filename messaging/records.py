"""A Kafka record as the engine sees it: read one by one, so that one unreadable record fails alone."""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from contracts.envelope import Attributes, Headers, Unreadable, read_attributes, read_data
from contracts.registry import EVENTS, Event, owner_and_version
from contracts.topics import TOPICS, Kind, Topic
from contracts.values import Lane

TOPIC_BY_NAME: dict[str, Topic] = {name: topic for topic in TOPICS for name in topic.names()}
LONGEST_SUBJECT: Final = 200
"""A longer one is no id of ours, and from some length on PostgreSQL can index it no more."""
DIGEST_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The raw record: enough to read it again later, from the parking lot too. `time_ms` is Kafka's, in milliseconds since 1970;
    -1 where it is not known.
    """

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    time_ms: int = -1

    @classmethod
    def of(cls, raw: Any) -> "Record":
        return cls(
            topic=raw.topic,
            partition=raw.partition,
            offset=raw.offset,
            key=raw.key,
            value=raw.value,
            headers=[(name, value or b"") for name, value in raw.headers],
            time_ms=raw.timestamp,
        )

    @property
    def coordinates(self) -> tuple[str, int, int]:
        """(topic, partition, offset): what a record is known by."""
        return self.topic, self.partition, self.offset

    @property
    def digest(self) -> bytes:
        """Of all that its publisher wrote: another record at the same coordinates has another."""
        parts = (
            self.key,
            self.value,
            *(part for name, value in self.headers for part in (name.encode("utf-8", "replace"), value)),
        )
        sized = b"".join(b"-" if part is None else b"%d:%s" % (len(part), part) for part in parts)
        return hashlib.sha256(sized).digest()[:DIGEST_BYTES]

    def headers_json(self) -> str:
        """Names are escaped: PostgreSQL refuses a NUL in JSON too."""
        return json.dumps(
            [[name.encode("unicode_escape").decode("ascii"), base64.b64encode(value).decode()] for name, value in self.headers]
        )


def headers_from(stored: Sequence[Sequence[str]]) -> Headers:
    return [(name.encode("ascii").decode("unicode_escape"), base64.b64decode(value)) for name, value in stored]


@dataclass(frozen=True, slots=True)
class Newer:
    """A type, or a version of one, that its publisher knows and this release does not: a later one will read the event."""

    topic: str
    type: str
    version: int

    def __str__(self) -> str:
        return f"{self.type} is newer than this release"

    @property
    def waits(self) -> tuple[str, str, int]:
        """In the columns that name what an event waits for."""
        return self.topic, self.type, self.version


@dataclass(slots=True, kw_only=True)
class InboundEvent:
    """A record as far as it could be read. `parked` is its id in the parking lot, if it comes from there; `presumed` says that
    it did not tell its number. One of a state topic has the topic as its source: what holds or numbers facts is not its concern.
    A `stray` has neither a believable envelope nor a key: it can be no aggregate's event, and stands for itself.
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
    stray: bool = False

    @property
    def holds_nothing(self) -> bool:
        return self.is_state or self.stray

    @property
    def aggregate(self) -> tuple[str, str]:
        return self.source, self.subject

    def newer(self) -> Newer | None:
        """Whether it is for a later release to read. What does not look like a type of this publisher is for none."""
        if self.fault is not None or self.attributes is None or self.attributes.type in EVENTS:
            return None
        owner, version = owner_and_version(self.attributes.type) or ("", 0)
        topic = TOPIC_BY_NAME.get(self.record.topic)
        if topic is None or owner != topic.owner:
            return None
        return Newer(topic.base, self.attributes.type, version)

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
        fault = _misplaced(attributes, owner, record, is_state=is_state)
    except Unreadable as error:
        attributes, fault = None, error.reason
    if attributes is None or fault is not None:
        return _not_believed(record, source, attributes, fault, is_state=is_state)
    known = EVENTS.get(attributes.type)
    if topic is not None and known is not None and topic != known.TOPIC:
        fault = f"{attributes.type} does not belong on {record.topic}"
    return InboundEvent(
        record=record,
        source=source,
        subject=attributes.subject,
        sequence=attributes.sequence,
        attributes=attributes,
        fault=fault,
        is_state=is_state,
    )


def _not_believed(
    record: Record, source: str, attributes: Attributes | None, fault: str | None, *, is_state: bool
) -> InboundEvent:
    """Kafka keeps the order of a key, so it may be one of the key's events. Without a key it can be nobody's."""
    stray = not record.key and not is_state
    return InboundEvent(
        record=record,
        source=source,
        subject="/".join(map(str, record.coordinates)) if stray else readable_key(record),
        sequence=1 if stray else 0,
        attributes=attributes,
        fault=fault,
        presumed=not stray,
        is_state=is_state,
        stray=stray,
    )


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
