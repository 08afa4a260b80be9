"""Back-off for faults of the infrastructure: doubling from 50 ms to 5 s, with jitter,
for ever, until it works or the process stops.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from messaging.faults import loggable

T = TypeVar("T")
FIRST_SECONDS = 0.05
LONGEST_SECONDS = 5.0
DOUBLINGS = 7
"""Enough to come to the longest. Without a bound, 2 ** attempt outgrows a float after an outage of an hour and a half."""

log = structlog.get_logger(__name__)


class Stopped(Exception):  # noqa: N818 -- not an error: the process was asked to stop
    """Stopping was asked for while waiting for the infrastructure."""


async def pause(stopping: asyncio.Event, attempt: int) -> None:
    """Wait before attempt number `attempt` (from 1); raises Stopped at once when the process stops."""
    longest = min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** min(attempt, DOUBLINGS))
    try:
        await asyncio.wait_for(stopping.wait(), longest * random.uniform(0.5, 1))  # noqa: S311 -- jitter, not a secret
    except TimeoutError:
        return
    raise Stopped


async def retry_forever(
    work: Callable[[], Awaitable[T]],
    stopping: asyncio.Event,
    what: str,
    on_retry: Callable[[BaseException], None] = lambda _: None,
    final: type[Exception] | tuple[type[Exception], ...] = Stopped,
) -> T:
    """Run `work` until it does not raise, or raises what is `final`. Raises Stopped when the process stops first."""
    attempt = 0
    while not stopping.is_set():
        try:
            return await work()
        except (asyncio.CancelledError, Stopped):
            raise
        except Exception as error:
            if isinstance(error, final):
                raise
            attempt += 1
            on_retry(error)
            log.warning("again", what=what, attempt=attempt, error=loggable(error)[:500])
            await pause(stopping, attempt)
    raise Stopped
