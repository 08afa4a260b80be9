"""Looks at the outbox read what is there, however much was there before and whoever still looks at the past."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from messaging import bell, relay
from messaging.bell import Bell, listen
from messaging.outbox import COMMON
from messaging.outbox_floor import OutboxFloor
from messaging.relay import OLDEST_SQL, Relay
from tests.support.eventually import eventually
from tests.support.tally_world import TallyWorld, names, publish, tally_world

DEAD_ROWS = 30_000
PAGES = 200
"""What a look from the floor may read, those pages included that a few thousand rows were deleted from meanwhile."""


@pytest.fixture(scope="module")
async def world(kafka_bootstrap, postgres) -> AsyncIterator[TallyWorld]:
    async with tally_world(kafka_bootstrap, postgres) as made:
        yield made


@pytest.fixture
async def ours(world: TallyWorld, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Relay]:
    """It asks for the horizon in every round."""
    monkeypatch.setattr(relay, "HORIZON_SECONDS", -1.0)
    made = Relay(database=world.database, kafka=world.kafka, service="tally", lane=COMMON, bell=Bell(), stopping=asyncio.Event())
    yield made
    await made.end()


async def pages_read(world: TallyWorld, floor: int) -> int:
    """By the relay's look, from that floor on."""
    values = {"lane": COMMON, "floor": floor, "topics": [], "keys": [], "most": 1000, "bytes": relay.BYTES_A_ROUND}
    plan = [row[0] for row in await world.rows(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) {OLDEST_SQL}", **values)]
    assert any("outbox_lane_position" in line for line in plan), plan
    buffers = next(line for line in plan if "Buffers" in line)
    return sum(int(pages) for pages in re.findall(r"(?:hit|read)=(\d+)", buffers))


async def test_under_an_old_snapshot_a_look_does_not_walk_over_what_is_gone(world: TallyWorld, ours: Relay) -> None:
    """As while a backup is taken: what was deleted meanwhile stays in the index."""
    async with world.database.connect() as old:
        await old.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        await old.execute(text("SELECT 1 FROM outbox"))
        await world.execute(
            "INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, lane, sequence, time)"
            " SELECT i::text, 'gone', i::text, 't', '', 'common', 1, now() FROM generate_series(1, :rows) AS i",
            rows=DEAD_ROWS,
        )
        await world.execute("DELETE FROM outbox")
        for _ in range(3):
            assert await ours.round() == 0
        await publish(world, names("old", 5), 1)
        floor = ours._floor.below(relay.NOTHING_ASIDE)
        assert await pages_read(world, floor) < PAGES < await pages_read(world, 0)
        assert await ours.round() == 5


async def test_a_row_that_is_committed_late_is_moved_all_the_same(world: TallyWorld, ours: Relay) -> None:
    """Its position was drawn before those of rows that have long been sent."""
    early, late = names("drawn", 2)
    insert = (
        "INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, lane, sequence, time)"
        " VALUES (:subject, :topic, :subject, 't', '{}', 'common', 1, now())"
    )
    topic = world.amounts.totals.base
    async with world.database.connect() as writer:
        await writer.execute(text(insert), {"subject": early, "topic": topic})
        await world.execute(insert, subject=late, topic=topic)
        assert await ours.round() == 1
        for _ in range(5):
            assert await ours.round() == 0
        await writer.commit()
    assert await ours.round() == 1
    assert not await world.rows("SELECT 1 FROM outbox")


async def test_a_row_that_is_committed_late_is_seen_by_the_look_as_well(
    world: TallyWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int | None] = []
    rise = OutboxFloor.rise
    monkeypatch.setattr(OutboxFloor, "rise", lambda floor, lane, first: (looks.append(first), rise(floor, lane, first)))
    for name in ("IDLE_LOOK_SECONDS", "POLL_SECONDS"):
        monkeypatch.setattr(bell, name, 0.01)
    insert = (
        "INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, lane, sequence, time)"
        " VALUES ('late', 'none', 'late', 't', '', 'unserved', 1, now())"
    )
    rung, stopping = Bell(), asyncio.Event()
    listening = asyncio.create_task(listen(world.url, rung, stopping, ["unserved"]))
    async with world.database.connect() as writer:
        await writer.execute(text(insert))
        await world.execute(insert)
        await eventually(lambda: looks and looks[-1], describe="the row that was committed first")
        await world.execute("DELETE FROM outbox")
        await eventually(lambda: looks[-5:] == [None] * 5, describe="an empty outbox, for a while")
        await writer.commit()
    await eventually(lambda: looks[-1], describe="the row that was committed late")
    stopping.set()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await world.execute("DELETE FROM outbox")


async def test_the_age_of_the_oldest_row_is_asked_from_the_floor_on(world: TallyWorld) -> None:
    async def said() -> bool:
        return any("oldest outbox row" in problem for problem in (await messaging.consuming()).problems)

    async with world.ready() as messaging:
        floor = messaging.bell.floor
        floor.safe = 10**15
        floor.rise(COMMON, None)
        await world.execute(
            "INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, lane, sequence, time, written_at)"
            " VALUES ('a', 'none', 'a', 't', '', 'common', 1, now(), now() - interval '1 hour')"
        )
        assert not await said()
        floor.at_server("another")
        assert await said()
    await world.execute("DELETE FROM outbox")


async def test_the_first_row_of_an_installation_is_moved_however_long_nothing_was_written(
    kafka_bootstrap, postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sequence that was never drawn from says 1, as one does from which 1 was drawn."""
    monkeypatch.setattr(relay, "HORIZON_SECONDS", -1.0)
    async with tally_world(kafka_bootstrap, postgres) as fresh:
        ours = Relay(
            database=fresh.database, kafka=fresh.kafka, service="tally", lane=COMMON, bell=Bell(), stopping=asyncio.Event()
        )
        try:
            for _ in range(3):
                assert await ours.round() == 0
            await publish(fresh, names("first", 1), 1)
            assert await ours.round() == 1
        finally:
            await ours.end()
