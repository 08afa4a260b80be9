"""What crosses a boundary: who may declare on a topic, the topics' settings, the envelope, and values no database could hold."""

from datetime import datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from contracts.envelope import Attributes, Unreadable, read_attributes, read_data
from contracts.messaging import EventDiedV1
from contracts.registry import Event, event
from contracts.topics import DEAD_LETTERS, DOSSIERS, TOPICS, Kind
from contracts.values import CIVIL_TIME, Count, Lane, Text

AT = datetime(2026, 2, 22, 8, tzinfo=CIVIL_TIME)


def test_another_s_topic_cannot_be_declared_on() -> None:
    class Foreign(Event):
        pass

    Foreign.__module__ = "contracts.routing"
    with pytest.raises(ValueError, match="owned by intake"):
        event("dossier.stolen.v1", DOSSIERS)(Foreign)


def test_topics_are_declared_once_and_facts_are_never_compacted() -> None:
    names = [name for topic in (*TOPICS, *DEAD_LETTERS) for name in topic.names()]
    assert len(names) == len(set(names))
    assert all("compact" in topic.config()["cleanup.policy"] for topic in TOPICS if topic.kind is Kind.STATE)
    assert all(topic.config()["cleanup.policy"] == "delete" for topic in TOPICS if topic.kind is Kind.FACTS)
    assert all(len(topic.names()) == len(Lane) for topic in TOPICS if topic.laned)


@pytest.mark.parametrize(("kind", "value"), [(Text, "a\x00b"), (Text, ""), (Count, 2**63), (Count, -1), (Text, "x" * 501)])
def test_values_that_would_sink_a_batch_are_refused_here(kind: object, value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(value)


def test_an_envelope_survives_its_headers() -> None:
    given = Attributes(
        id="1", source="intake", type="vn.motcua.x.y.z.v1", subject="d-1", time=AT, sequence=7, correlation="c", causation="e"
    )
    assert read_attributes(given.headers()) == given
    assert dict(given.headers())["ce_sequence"] == b"00000000000000000007"


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("ce_sequence", b"0"),
        ("ce_sequence", b"x"),
        ("ce_sequence", b"9223372036854775808"),
        ("ce_time", b"2026-01-01T00:00:00"),
        ("ce_id", b"\xff"),
        ("ce_subject", b"a\x00"),
    ],
)
def test_a_header_out_of_bounds_makes_the_record_unreadable_and_says_why(header: str, value: bytes) -> None:
    good = Attributes(id="1", source="intake", type="t", subject="d-1", time=AT, sequence=7).headers()
    with pytest.raises(Unreadable) as refused:
        read_attributes([(name, value if name == header else sound) for name, sound in good])
    assert refused.value.reason


def test_data_that_cannot_be_read_keeps_its_number() -> None:
    attributes = Attributes(id="1", source="intake", type=DOSSIERS.base, subject="d-1", time=AT, sequence=7)
    with pytest.raises(Unreadable) as refused:
        read_data(attributes, b"{}")
    assert refused.value.sequence == 7


# --- dead letters -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "read"),
    [("d-1", "d-1"), ("", ""), ("a\x00b", "a\x00b"), ("a\udc80b", "a\\udc80b"), ("ỷ" * 100_000, "ỷ" * 100_000)],
    ids=["plain", "empty", "NUL", "half a pair", "long"],
)
def test_whatever_a_dead_record_claims_can_be_published_and_read(subject: str, read: str) -> None:
    letter = EventDiedV1(source=subject, subject=subject, sequence=0, record=subject, reason=subject)
    again = EventDiedV1.model_validate_json(letter.model_dump_json().encode())
    assert (again.source, again.subject, again.record, again.reason) == (read,) * 4
    assert list(letter.model_dump()) == ["source", "subject", "sequence", "record", "reason"]


def test_a_dead_letter_of_another_shape_is_unreadable_and_no_fault_of_ours() -> None:
    attributes = Attributes(id="1", source="intake", type=EventDiedV1.TYPE, subject="d-1", time=AT, sequence=7)
    with pytest.raises(Unreadable, match="source"):
        read_data(attributes, b'{"source": 1, "subject": "d-1", "sequence": 1, "record": "t/0/0", "reason": "unreadable"}')
