"""Waiting for what must become true, with a deadline and no sleeps in the tests themselves."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import TypeVar

T = TypeVar("T")
INTERVAL = 0.05
PATIENCE = 120.0
"""Seconds, far beyond what any machine should need: a test that has to wait that long has failed."""


async def eventually(
    predicate: Callable[[], T | Awaitable[T]], within: float = PATIENCE, describe: str | Callable[[], object] = "the condition"
) -> T:
    """Ask until the answer is true, and return it.

    `within` is in seconds. An AssertionError or LookupError of the predicate counts as "not yet"; any other exception is
    the test's. `describe` names what was waited for, or is called for what there was instead.

    Raises:
        AssertionError: the deadline passed; the last exception of the predicate is its cause.
    """
    deadline = time.monotonic() + within
    while True:
        answer, missed = await _ask(predicate)
        if answer:
            return answer
        if time.monotonic() > deadline:
            what = describe() if callable(describe) else describe
            message = f"not within {within:g} s: {what}; last answer: {answer!r}"
            raise AssertionError(message) from missed
        await asyncio.sleep(INTERVAL)


async def _ask(predicate: Callable[[], T | Awaitable[T]]) -> tuple[T | None, Exception | None]:
    try:
        answer = predicate()
        return (await answer if isawaitable(answer) else answer), None
    except (AssertionError, LookupError) as missed:
        return None, missed
