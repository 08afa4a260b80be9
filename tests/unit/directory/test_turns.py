"""Turns are shared out by address, and room to wait too; nobody is lost when somebody goes away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from services.directory.adapters.turns import Turns
from web.problems import Unavailable


class Desk:
    """One turn at a time, taken; who comes has to wait until `serve` lets the next one in."""

    def __init__(self, room: int) -> None:
        self.turns, self.served = Turns(1, room), list[str]()
        self.leave = asyncio.Event()
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def come(self, name: str) -> "asyncio.Task[None]":
        """`name` begins with the address."""
        self.tasks[name] = asyncio.create_task(self._ask(name))
        await asyncio.sleep(0)
        return self.tasks[name]

    async def _ask(self, name: str) -> None:
        async with self.turns.turn(name[0]):
            self.served.append(name)

    async def refused(self) -> set[str]:
        await asyncio.sleep(0)
        return {
            name
            for name, task in self.tasks.items()
            if task.done() and not task.cancelled() and isinstance(task.exception(), Unavailable)
        }


@asynccontextmanager
async def busy(room: int) -> AsyncIterator[Desk]:
    desk = Desk(room)
    async with desk.turns.turn("x"):
        yield desk
    await asyncio.gather(*desk.tasks.values(), return_exceptions=True)


async def test_turns_go_round_the_addresses() -> None:
    async with busy(room=9) as desk:
        for name in ("a1", "a2", "a3", "b1", "c1", "b2"):
            await desk.come(name)
    assert desk.served == ["a1", "b1", "c1", "a2", "b2", "a3"]


async def test_one_address_may_have_all_the_room_while_nobody_else_comes() -> None:
    async with busy(room=3) as desk:
        for name in ("a1", "a2", "a3", "a4"):
            await desk.come(name)
        assert await desk.refused() == {"a4"}
    assert desk.served == ["a1", "a2", "a3"]


async def test_a_newcomer_takes_the_place_of_the_last_of_the_greediest() -> None:
    async with busy(room=4) as desk:
        for name in ("b1", "a1", "a2", "a3", "c1"):
            await desk.come(name)
        assert await desk.refused() == {"a3"}
        await desk.come("c2")
        assert await desk.refused() == {"a3", "c2"}, "all have about as many: who comes last waits outside"
    assert desk.served == ["b1", "a1", "c1", "a2"]


async def test_without_room_the_refusal_says_when_to_come_back() -> None:
    with pytest.raises(Unavailable) as refused:
        async with Turns(0, 0).turn("a"):
            pass
    assert refused.value.retry_after == 1


async def test_who_goes_away_while_waiting_leaves_the_place_to_others() -> None:
    async with busy(room=1) as desk:
        (await desk.come("a1")).cancel()
        await asyncio.sleep(0)
        await desk.come("b1")
        assert await desk.refused() == set()
    assert desk.served == ["b1"]


async def test_a_turn_that_comes_as_its_owner_goes_is_passed_on() -> None:
    desk = Desk(room=2)
    async with desk.turns.turn("x"):
        first = await desk.come("a1")
        await desk.come("b1")
    first.cancel()
    await asyncio.gather(*desk.tasks.values(), return_exceptions=True)
    assert desk.served == ["b1"]
    async with asyncio.timeout(60), desk.turns.turn("c"):
        desk.served.append("c1")
    assert desk.served == ["b1", "c1"]


async def test_a_place_that_was_taken_away_is_no_turn_to_pass_on() -> None:
    async with busy(room=2) as desk:
        for name in ("a1", "a2"):
            await desk.come(name)
        newcomer = asyncio.create_task(desk._ask("b1"))
        desk.tasks["b1"] = newcomer
        await asyncio.sleep(0)
        desk.tasks["a2"].cancel()
        await asyncio.gather(desk.tasks["a2"], return_exceptions=True)
        assert desk.served == [], "the turn is still taken"
    assert desk.served == ["a1", "b1"]
