"""The guard of a publisher ends when it is told to, whatever becomes of a cancellation on its way."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from messaging.publisher_guard import PublisherGuard


@pytest.mark.filterwarnings("error")
async def test_it_ends_though_a_client_takes_the_cancellation_for_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    looking: Any = asyncio.Event()

    async def look(guard: PublisherGuard) -> None:
        looking.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            guard._compared = "this database"

    async def go_on(_: PublisherGuard) -> None:
        """The database was compared before."""

    monkeypatch.setattr(PublisherGuard, "look", look)
    monkeypatch.setattr(PublisherGuard, "_go_on", go_on)
    stopping: Any = asyncio.Event()
    numbered: Any = SimpleNamespace(numbered=True)
    guard = PublisherGuard(database=None, kafka="", publication=numbered, stopping=stopping)  # type: ignore[arg-type]
    running = asyncio.create_task(guard.run())
    await looking.wait()
    stopping.set()
    running.cancel()
    await asyncio.wait_for(running, 10)
