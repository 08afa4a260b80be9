"""A consumer group that would bury a whole topic stops; nothing else counts towards it."""

import pytest

from messaging.dead_letter_limit import DeadLetterLimit, DeadLetterLimitExceeded
from messaging.work import BatchResult


def test_too_many_dead_stop_a_consumer_and_few_do_not() -> None:
    limit = DeadLetterLimit(share=0.5, least=10)
    limit.check(BatchResult(applied=0, died=9))
    limit.remember(BatchResult(applied=4, died=5))
    limit.check(BatchResult(applied=1, died=0))
    with pytest.raises(DeadLetterLimitExceeded, match="6 of 10 events died"):
        limit.check(BatchResult(applied=0, died=1))
    limit.check(BatchResult(applied=10, died=1, parked={"behind": 100}))


def test_a_batch_in_which_nothing_dies_is_never_refused() -> None:
    limit = DeadLetterLimit(share=0.5, least=10)
    limit.remember(BatchResult(died=100))
    limit.check(BatchResult(applied=1))


def test_records_of_state_topics_that_were_kept_are_sound() -> None:
    limit = DeadLetterLimit(share=0.5, least=10)
    limit.remember(BatchResult(states=50))
    limit.check(BatchResult(died=20))


def test_what_died_over_a_minute_ago_is_forgotten_and_a_minute_is_sixty_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("messaging.dead_letter_limit.time.monotonic", lambda: now)
    limit = DeadLetterLimit(share=0.5, least=10)
    for _ in range(5000):
        now += 0.05
        limit.remember(BatchResult(applied=1, died=1))
    assert len(limit._seconds) <= 62
    with pytest.raises(DeadLetterLimitExceeded):
        limit.check(BatchResult(died=1))
    now += 61
    limit.check(BatchResult(died=9))
