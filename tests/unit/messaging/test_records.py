"""Any record can be kept, indexed and sorted to its aggregate."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import topics
from contracts.envelope import Attributes
from messaging.records import LONGEST_SUBJECT, Newer, Record, headers_from, inbound_event, readable_key
from services.intake.consumers import TABLE

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


@pytest.mark.parametrize("key", [None, b""])
def test_what_nobody_can_have_sent_stands_for_itself(key: bytes | None) -> None:
    garbage = inbound_event(Record(topic="intake.dossiers.post", partition=2, offset=7, key=key, value=b"?", headers=[]))
    assert (garbage.aggregate, garbage.sequence) == (("intake", "intake.dossiers.post/2/7"), 1)
    assert garbage.holds_nothing
    assert not garbage.presumed


def test_with_a_key_it_may_be_one_of_the_keys_events() -> None:
    unreadable = inbound_event(Record(topic="intake.dossiers.post", partition=2, offset=7, key=b"d-1", value=b"?", headers=[]))
    assert unreadable.aggregate == ("intake", "d-1")
    assert unreadable.presumed
    assert not unreadable.holds_nothing


@pytest.mark.parametrize(
    ("kind", "newer"),
    [
        ("vn.motcua.intake.dossier.archived.v1", Newer("intake.dossiers", "vn.motcua.intake.dossier.archived.v1", 1)),
        ("vn.motcua.intake.dossier.accepted.v12", Newer("intake.dossiers", "vn.motcua.intake.dossier.accepted.v12", 12)),
        ("vn.motcua.intake.dossier.accepted.v1", None),
        ("vn.motcua.routing.case.archived.v1", None),
        ("org.example.dossier.archived", None),
    ],
)
def test_a_type_of_its_publisher_that_is_not_known_here_is_newer(kind: str, newer: Newer | None) -> None:
    headers = Attributes(id="e", source="intake", type=kind, subject="d-1", time=NOW, sequence=1).headers()
    record = Record(topic="intake.dossiers.post", partition=0, offset=0, key=b"d-1", value=b"{}", headers=headers)
    assert inbound_event(record).newer() == newer


@pytest.mark.parametrize(
    ("unknown", "does_without"),
    [
        ("vn.motcua.post.shipment.delayed.v1", True),
        ("vn.motcua.post.shipment.delivered.v2", False),
        ("vn.motcua.routing.case.withdrawn.v1", False),
        ("vn.motcua.routing.case.decided.v2", False),
        ("vn.motcua.routing.case.assigned.v2", True),
    ],
)
def test_intake_does_without_what_the_post_adds_and_without_versions_of_what_it_does_not_use(
    unknown: str, does_without: bool
) -> None:
    topic = "post.shipments" if ".post." in unknown else "routing.cases"
    assert TABLE.does_without(topic, unknown) is does_without
