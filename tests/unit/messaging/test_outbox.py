"""What Kafka would not take is refused where it is decided."""

from datetime import UTC, datetime

import pytest

from contracts import topics
from messaging.outbox import LARGEST_PAYLOAD, Draft, EventTooLarge

NOW = datetime(2026, 2, 22, 8, tzinfo=UTC)


def test_an_event_too_large_for_kafka_is_refused_where_it_is_decided() -> None:
    Draft(topics.MESSAGES, "t", "m-1", 1, None, b"x" * LARGEST_PAYLOAD, NOW)
    with pytest.raises(EventTooLarge):
        Draft(topics.MESSAGES, "t", "m-1", 1, None, b"x" * (LARGEST_PAYLOAD + 1), NOW)
