"""A dead letter is published by reference."""

from datetime import UTC, datetime

from contracts import topics
from messaging.dead_letters import dead_letter_drafts
from messaging.parking_lot import Parked
from messaging.records import Record, inbound_event

NOW = datetime(2026, 2, 22, 8, tzinfo=UTC)


def test_a_dead_letter_is_published_without_content() -> None:
    record = Record(
        topic=topics.DOSSIERS.name(topics.Lane.POST),
        partition=3,
        offset=7,
        key=b"d-1",
        value=b"secret value",
        headers=[("secret", b"secret header")],
    )
    parked = [
        Parked(event=inbound_event(record), state=state, reason="a secret reason", kind="handler failed: KeyError")
        for state in ("dead", "behind")
    ]
    (draft,) = dead_letter_drafts("notify", parked, NOW)
    assert draft.topic == topics.dead_letter_topic("notify")
    assert draft.subject == "intake.dossiers.post/3/7"
    assert draft.lane is topics.Lane.POST
    assert draft.payload is not None
    assert b"secret" not in draft.payload
