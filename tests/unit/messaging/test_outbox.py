"""What Kafka would not take is refused where it is decided."""

from datetime import UTC, datetime

import pytest

from contracts import topics
from messaging.outbox import LARGEST_PAYLOAD, Draft, EventTooLarge

NOW = datetime(2026, 2, 22, 8, tzinfo=UTC)


def test_an_event_too_large_for_kafka_is_refused_where_it_is_decided() -> None:
    Draft(topic=topics.MESSAGES, type="t", subject="m-1", sequence=1, lane=None, payload=b"x" * LARGEST_PAYLOAD, time=NOW)
    with pytest.raises(EventTooLarge):
        Draft(
            topic=topics.MESSAGES, type="t", subject="m-1", sequence=1, lane=None, payload=b"x" * (LARGEST_PAYLOAD + 1), time=NOW
        )
