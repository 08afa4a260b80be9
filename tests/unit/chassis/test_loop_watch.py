"""What holds the loop is seen while a request is under way, and nothing is looked at while none is."""

import asyncio
from typing import Any

import pytest
from prometheus_client import REGISTRY

from chassis.loop_watch import TICK_SECONDS, LoopWatch
from tests.support.eventually import eventually

HELD = "motcua_loop_block_seconds"


class Machine:
    """A clock that goes on only when a request holds the loop, or waits for the watch's own timer."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def looks() -> float:
    return REGISTRY.get_sample_value(f"{HELD}_count") or 0.0


def over(bound: str) -> float:
    return looks() - (REGISTRY.get_sample_value(f"{HELD}_bucket", {"le": bound}) or 0.0)


def longest(by: str) -> float | None:
    return REGISTRY.get_sample_value("motcua_loop_longest_block_seconds", {"by": by})


async def ask(watch: LoopWatch, kind: str = "http") -> None:
    async def nothing(*_: Any) -> Any:
        return {}

    await watch({"type": kind}, nothing, nothing)


@pytest.mark.parametrize(("seconds", "seen"), [(3.0, 1), (TICK_SECONDS, 0)])
async def test_a_request_that_holds_the_loop_is_seen(seconds: float, seen: int) -> None:
    machine = Machine()

    async def app(*_: Any) -> None:
        machine.seconds += seconds
        processor.seconds += seconds / 4

    processor = Machine()
    watch, before, held_before = LoopWatch(app, machine, processor), looks(), over("1.0")
    await ask(watch)

    async def looked() -> bool:
        return looks() == before + 1

    await eventually(looked, describe="the watch's look")
    assert over("1.0") == held_before + seen
    if seen:
        assert longest("clock") == pytest.approx(seconds - TICK_SECONDS)
        assert longest("processor") == pytest.approx(seconds / 4), "the rest of the time another process had the machine"


async def test_it_goes_on_looking_while_a_request_is_under_way_and_stops_after() -> None:
    go_on = asyncio.Event()

    async def app(*_: Any) -> None:
        await go_on.wait()

    watch, before = LoopWatch(app), looks()
    request = asyncio.create_task(ask(watch))

    async def looked_thrice() -> bool:
        return looks() >= before + 3

    await eventually(looked_thrice, describe="looks at the loop")
    go_on.set()
    await request

    async def asleep() -> bool:
        return not watch._set

    await eventually(asleep, describe="the watch asleep")
    await ask(watch, "lifespan")
    assert not watch._set, "only requests are watched"
