"""A long computation lets others run, a short one does not wait, and nothing is lost between two turns."""

import asyncio

import pytest

from messaging import turns
from messaging.turns import in_turns


async def others(count: list[int]) -> None:
    while True:
        count[0] += 1
        await asyncio.sleep(0)


async def turns_of_others(monkeypatch: pytest.MonkeyPatch, seconds: float) -> int:
    """How often others ran while a hundred items took so long each."""
    now = [0.0]
    monkeypatch.setattr(turns, "perf_counter", lambda: now[0])
    count = [0]
    other = asyncio.create_task(others(count))
    items = []
    async for item in in_turns(range(100)):
        items.append(item)
        now[0] += seconds
    other.cancel()
    assert items == list(range(100))
    return count[0]


async def test_others_run_after_each_ten_milliseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await turns_of_others(monkeypatch, 0.004) == 100 // 3


async def test_what_is_short_is_not_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await turns_of_others(monkeypatch, 0.0001) == 0
