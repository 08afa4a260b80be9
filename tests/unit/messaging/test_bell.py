"""A ring is never lost."""

import asyncio

from messaging.bell import Bell


async def test_a_ring_is_never_lost() -> None:
    bell = Bell()
    bell.ring("a")
    await bell.wait("a", 60)
    waiting = asyncio.create_task(bell.wait("a", 60))
    bell.ring("b")
    await asyncio.wait([waiting], timeout=0.01)
    assert not waiting.done()
    bell.ring("a")
    await waiting
    everybody = [asyncio.create_task(bell.wait(name, 60)) for name in "ab"]
    await bell.wait("c", 0)
    bell.ring_all()
    await asyncio.gather(*everybody)
