"""Starting a Kafka client that may be told to stop meanwhile.

Cut off while it asks for the brokers, aiokafka leaves that first connection open, and nobody closes it.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

GRACE_SECONDS: Final = 1.0
"""So long a start under way is waited for; a Kafka that does not answer at all must not hold up the end of a process."""


async def uncut(start: Coroutine[Any, Any, Any]) -> None:
    """To its end, also when cut off."""
    starting = asyncio.create_task(start)
    try:
        await asyncio.shield(starting)
    finally:
        if not starting.done():
            await asyncio.wait({starting}, timeout=GRACE_SECONDS)
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
