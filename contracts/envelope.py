"""CloudEvents 1.0 in Kafka's binary mode: attributes are headers `ce_*`, the value is the event's JSON.

`sequence` is zero-padded as its extension asks. On a topic of facts it numbers the publisher's events of one
aggregate 1, 2, 3 ...; on a topic of state it is the entity's version. A state topic's tombstone has no value.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import ValidationError

from contracts.registry import EVENTS, Event
from contracts.values import check_moment

Headers = list[tuple[str, bytes]]
SEQUENCE_WIDTH: Final = 20
MAX_SEQUENCE: Final = 2**63 - 1
_FIXED: Final = (("ce_specversion", b"1.0"), ("content-type", b"application/json"))


class Unreadable(Exception):  # noqa: N818 -- a finding about a record, kept with it
    """The record cannot be read as one of our events; `sequence` is known where its headers were sound."""

    def __init__(self, reason: str, *, sequence: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.sequence = reason, sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """An event's envelope without its data."""

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    sequence: int
    correlation: str | None = None
    causation: str | None = None

    def headers(self) -> Headers:
        return headers_of(
            self.id, self.source, self.type, self.subject, self.time, self.sequence, self.correlation, self.causation
        )


def headers_of(
    event: str,
    source: str,
    kind: str,
    subject: str,
    time: datetime,
    sequence: int,
    correlation: str | None,
    causation: str | None,
) -> Headers:
    """An envelope on the wire, for whoever has its attributes apart."""
    headers = [
        *_FIXED,
        ("ce_id", event.encode()),
        ("ce_source", source.encode()),
        ("ce_type", kind.encode()),
        ("ce_subject", subject.encode()),
        ("ce_time", time.isoformat().encode()),
        ("ce_sequence", b"%0*d" % (SEQUENCE_WIDTH, sequence)),
    ]
    if correlation is not None:
        headers.append(("ce_correlationid", correlation.encode()))
    if causation is not None:
        headers.append(("ce_causationid", causation.encode()))
    return headers


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event as read: who said it, of what, its number, and its data (None: a tombstone)."""

    attributes: Attributes
    data: Event | None


def read_attributes(headers: Headers) -> Attributes:
    """The envelope of a record, or Unreadable with the reason."""
    values = dict(headers)
    try:
        text = {name: values[f"ce_{name}"].decode() for name in ("id", "source", "type", "subject", "time", "sequence")}
        sequence = int(text["sequence"])
        optional = {name: values[f"ce_{name}id"].decode() for name in ("correlation", "causation") if f"ce_{name}id" in values}
        time = _moment(text["time"])
    except KeyError as missing:
        raise Unreadable(f"header {missing} is missing") from missing
    except ValueError as error:
        raise Unreadable(f"a header cannot be read: {error}") from error
    if not 1 <= sequence <= MAX_SEQUENCE or "\x00" in "".join((*text.values(), *optional.values())):
        raise Unreadable("a header is out of range: ce_sequence below 1 or beyond 64 bits, or a NUL")
    return Attributes(
        id=text["id"],
        source=text["source"],
        type=text["type"],
        subject=text["subject"],
        time=time,
        sequence=sequence,
        correlation=optional.get("correlation"),
        causation=optional.get("causation"),
    )


def _moment(text: str) -> datetime:
    """Raises ValueError for one without a zone, or of a year that no event of ours is of."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("ce_time has no zone")
    return check_moment(moment)


def read_data(attributes: Attributes, value: bytes | None) -> Event | None:
    """The data by its registered class, or Unreadable: an unknown type (or version), broken JSON, a value out of bounds."""
    if value is None:
        return None
    known = EVENTS.get(attributes.type)
    if known is None:
        raise Unreadable(f"unknown type {attributes.type}", sequence=attributes.sequence)
    try:
        return known.model_validate_json(value)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
            for fault in error.errors(include_input=False, include_url=False)
        )
        raise Unreadable(f"{attributes.type}: {faults}"[:2000], sequence=attributes.sequence) from error
