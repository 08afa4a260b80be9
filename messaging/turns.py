"""A long computation takes turns with the other tasks of its process: a batch of a thousand events keeps no clerk waiting."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from time import perf_counter
from typing import Final, TypeVar

T = TypeVar("T")
TURN_SECONDS: Final = 0.01


async def in_turns(items: Iterable[T]) -> AsyncIterator[T]:
    """The items as they are. Whenever the loop was held for TURN_SECONDS since, whoever waits for it runs first."""
    since = perf_counter()
    for item in items:
        yield item
        if perf_counter() - since > TURN_SECONDS:
            await asyncio.sleep(0)
            since = perf_counter()
