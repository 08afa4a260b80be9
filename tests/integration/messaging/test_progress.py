"""Live, ready and consuming are three answers, and the metrics move whoever asks for what."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from prometheus_client import REGISTRY

from messaging import consumer_health, progress
from tests.support.embedded import EmbeddedServers, start_servers
from tests.support.eventually import eventually
from tests.support.servers import as_postgres_server
from tests.support.tally_world import TallyWorld, facts_of, is_ready, names, tally_world

GROUP = {"group": "tally.facts"}


@pytest.fixture(scope="module")
def apart() -> AsyncIterator[EmbeddedServers]:
    """Servers of this module alone, to be stopped."""
    own = start_servers()
    yield own
    own.close()


@pytest.fixture(scope="module")
async def world(apart: EmbeddedServers) -> AsyncIterator[TallyWorld]:
    async with tally_world(apart.bootstrap, as_postgres_server(apart)) as made:
        yield made


def metric(name: str, labels: dict[str, str] | None = None) -> float:
    value = REGISTRY.get_sample_value(name, labels or {})
    return -1 if value is None else value


async def test_metrics_move_by_themselves(world: TallyWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "MEASURE_SECONDS", 0.05)
    accounts = names("measured", 4)
    async with world.running() as messaging:
        await eventually(lambda: metric("motcua_group_member", GROUP) == 1)
        world.gate.shut()
        await world.good(accounts, 2)
        await world.gate.reached.wait()
        await world.good(accounts, 40, start=3)
        await eventually(lambda: metric("motcua_batch_under_way_seconds", GROUP) > 0)
        await eventually(lambda: metric("motcua_lag", GROUP) > 0)
        world.gate.opened.set()
        await world.has(dict.fromkeys(accounts, (40, 40)))
        await eventually(lambda: metric("motcua_lag", GROUP) == 0)
        await eventually(lambda: metric("motcua_batch_under_way_seconds", GROUP) == 0)
        facts_of(messaging).halted = "told to"
        await eventually(lambda: metric("motcua_halted", GROUP) == 1)


async def test_each_outage_makes_its_own_answer_no(apart: EmbeddedServers, world: TallyWorld) -> None:
    async with world.ready() as messaging:
        apart.kafka.kill()
        assert (await messaging.readiness()).good
        assert messaging.alive().good
        await asyncio.to_thread(apart.kafka.start)
        await is_ready(messaging)
        apart.postgres.kill()
        assert [problem.split(":")[0] for problem in (await messaging.readiness()).problems] == ["database"]
        assert messaging.alive().good
        await asyncio.to_thread(apart.postgres.start)
        await is_ready(messaging)


async def test_a_process_whose_batch_hangs_ends_itself_to_be_started_anew(
    world: TallyWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[int] = []
    monkeypatch.setattr("signal.raise_signal", ended.append)
    monkeypatch.setattr(progress, "MEASURE_SECONDS", 0.05)
    monkeypatch.setattr(progress, "YOUTH_SECONDS", 0.0)
    monkeypatch.setattr(consumer_health, "LIFELESS_SECONDS", 5.0)
    async with world.ready() as messaging:
        world.gate.shut()
        await world.good(names("hanging", 1), 1)
        await world.gate.reached.wait()
        await eventually(lambda: ended, describe="the process ending itself")
        assert "no sign of life" in messaging.alive().problems[0]
        world.gate.opened.set()
        await eventually(lambda: messaging.alive().good)
