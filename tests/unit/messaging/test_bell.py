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


async def test_who_first_waits_when_the_process_stops_does_not_wait() -> None:
    """A relay that had rows all the time has never waited for its lane."""
    bell = Bell()
    bell.ring_all()
    never_waited = asyncio.create_task(bell.wait("a", 60))
    await asyncio.wait([never_waited], timeout=1)
    assert never_waited.done()
