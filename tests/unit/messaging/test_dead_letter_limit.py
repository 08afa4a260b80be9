"""A consumer that would bury a whole topic stops."""

import pytest

from messaging.dead_letter_limit import DeadLetterLimit, DeadLetterLimitExceeded
from messaging.work import BatchResult


def test_too_many_dead_stop_a_consumer_and_few_do_not() -> None:
    limit = DeadLetterLimit(share=0.5, least=10)
    limit.check(BatchResult(applied=0, parked={"dead": 9}))
    limit.remember(BatchResult(applied=4, parked={"dead": 5}))
    limit.check(BatchResult(applied=1, parked={"dead": 0}))
    with pytest.raises(DeadLetterLimitExceeded):
        limit.check(BatchResult(applied=0, parked={"dead": 1}))
    limit.check(BatchResult(applied=10, parked={"behind": 100}))
