"""Any record can be kept, indexed and sorted to its aggregate."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from contracts import topics
from contracts.envelope import Attributes
from messaging.records import LONGEST_SUBJECT, Record, headers_from, inbound_event, readable_key

NOW = datetime(2026, 2, 22, 8, tzinfo=UTC)


@given(st.lists(st.tuples(st.text(), st.binary())))
def test_headers_survive_the_parking_lot(headers: list[tuple[str, bytes]]) -> None:
    import json

    stored = Record(topic="t", partition=0, offset=0, key=None, value=None, headers=headers).headers_json()
    assert "\\u0000" not in stored
    assert headers_from(json.loads(stored)) == headers


@given(st.binary(max_size=2000) | st.none())
def test_any_key_becomes_text_that_can_be_kept_and_indexed(key: bytes | None) -> None:
    text = readable_key(Record(topic="t", partition=0, offset=0, key=key, value=None, headers=[]))
    assert len(text) <= LONGEST_SUBJECT
    assert "\x00" not in text
    text.encode()


def test_long_keys_stay_different() -> None:
    keys = [
        readable_key(Record(topic="t", partition=0, offset=0, key=b"x" * 1000 + end, value=None, headers=[]))
        for end in (b"a", b"b")
    ]
    assert keys[0] != keys[1]


def test_a_record_of_a_state_topic_is_no_namesake_of_a_fact() -> None:
    headers = Attributes(
        id="e", source="intake", type="vn.motcua.intake.contact.changed.v1", subject="d-1", time=NOW, sequence=7
    ).headers()
    contact = inbound_event(
        Record(topic=topics.CONTACTS.name(topics.Lane.POST), partition=0, offset=0, key=b"d-1", value=None, headers=headers)
    )
    assert contact.aggregate == ("intake.contacts", "d-1")
    assert contact.is_state
