"""No outage is too long, what is final ends it, and so does a stop."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import TimeoutError as PoolTimeout

from messaging import backoff
from messaging.backoff import Stopped, retry_forever
from messaging.dead_letter_limit import DeadLetterLimitExceeded


@given(st.integers(1, 100_000))
def test_no_outage_is_too_long_for_the_back_off(attempt: int) -> None:
    """2 ** 1024 is no float any more: an hour and a half of an outage at five seconds each."""
    stopping = asyncio.Event()
    stopping.set()
    with pytest.raises(Stopped):
        asyncio.run(backoff.pause(stopping, attempt))


async def test_it_is_tried_until_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "LONGEST_SECONDS", 0)
    failures = iter([OSError("one"), ValueError("two"), PoolTimeout()])
    errors: list[BaseException] = []

    async def work() -> str:
        if failure := next(failures, None):
            raise failure
        return "done"

    assert await retry_forever(work, asyncio.Event(), "work", errors.append) == "done"
    assert len(errors) == 3


async def test_what_is_final_and_a_stop_end_it() -> None:
    stopping = asyncio.Event()

    async def dying() -> None:
        raise DeadLetterLimitExceeded("too many")

    with pytest.raises(DeadLetterLimitExceeded):
        await retry_forever(dying, stopping, "work", final=DeadLetterLimitExceeded)

    async def stopped_meanwhile() -> None:
        stopping.set()
        raise OSError

    with pytest.raises(Stopped):
        await retry_forever(stopped_meanwhile, stopping, "work")
