"""What waits is kept beside the daily sums: whatever comes in whatever order, and again, it is what the dossiers come to."""

import random
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

import pytest
from sqlalchemy import text

from contracts.civil import civil_day
from contracts.values import CIVIL_TIME, PortalStatus
from services.reporting.domain.board import Waiting, soon_through
from services.reporting.domain.definition import V1
from services.reporting.domain.dossier import Dossier
from services.reporting.domain.period import Period
from services.reporting.domain.question import Question
from services.reporting.repository import board, kept_waiting
from tests.support.reference_data import COMMUNE
from tests.support.reporting_events import PublishedEvent, lives, moved
from tests.support.reporting_world import World
from tests.support.servers import PostgresServer

NOW = datetime(2026, 2, 4, 17, tzinfo=CIVIL_TIME)
TODAY = civil_day(NOW)
PERIOD = Period(TODAY, TODAY + timedelta(days=1))


@pytest.fixture
async def world(postgres: PostgresServer) -> AsyncIterator[World]:
    async with World.empty(postgres) as world:
        yield world


def until_now(count: int, seed: int = 7) -> list[PublishedEvent]:
    """The first half of the winter: some of what was taken in has nobody, some is decided, some fetched; promises have moved."""
    events = []
    for life in lives(count, seed):
        ended = life.decided or life.withdrawn
        events += life.events() if ended else moved(life, life.promised + timedelta(days=life.number % 9 - 4))
    return [event for event in events if event.recorded <= NOW]


def shuffled(events: Sequence[PublishedEvent], chance: random.Random) -> list[PublishedEvent]:
    """In any order, but each publisher's facts about a dossier one after the other."""
    in_threads = sorted(events, key=lambda event: (event.source, event.subject, event.sequence))
    threads = [list(thread) for _, thread in groupby(in_threads, key=lambda event: (event.source, event.subject))]
    order = []
    while threads:
        thread = chance.choice(threads)
        order.append(thread.pop(0))
        threads = [left for left in threads if left]
    return order


def counted(dossiers: Sequence[Dossier]) -> dict[Waiting, int]:
    """In memory, dossier by dossier."""
    accepted = [dossier for dossier in dossiers if dossier.accepted_on and dossier.status in V1.counted]
    undecided = [dossier for dossier in accepted if dossier.decided_on is None]
    ready = [d.decided_on for d in accepted if d.decided_on and d.status is PortalStatus.DECIDED and d.handed_over_at is None]
    return {
        Waiting.DUE_SOON: sum(TODAY <= d.promised_on <= soon_through(TODAY) for d in undecided if d.promised_on),
        Waiting.UNASSIGNED: sum(d.competent_unit is not None and d.officer is None for d in undecided),
        Waiting.TO_FETCH: len(ready),
        Waiting.UNFETCHED: sum(day < TODAY - timedelta(days=10) for day in ready),
    }


async def kept(world: World, **limits: str) -> dict[Waiting, int]:
    async with world.database.connect() as connection:
        return await board.counts(connection, Question(period=PERIOD, **limits), None, V1, NOW)


async def views(world: World) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    async with world.database.connect() as connection:
        of = [await connection.execute(text(view)) for view in (kept_waiting.KEPT_VIEW, kept_waiting.COUNTED_VIEW)]
        kept_rows, counted_rows = ({(row.key, row.value) for row in rows} for rows in of)
        return kept_rows, counted_rows


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_in_any_order_and_again_it_is_what_the_dossiers_come_to(world: World, seed: int) -> None:
    chance = random.Random(seed)
    events = shuffled(until_now(300, seed), chance)
    at, seen = 0, set[Waiting]()
    while at < len(events):
        size = chance.randrange(20, 120)
        await world.read(events[max(0, at - chance.randrange(10)) : at + size])  # some come again
        at += size
        numbers = await kept(world)
        assert numbers == counted(list(world.folded().values()))
        seen |= {name for name, number in numbers.items() if number}
    assert seen == set(Waiting)
    of_commune = [dossier for dossier in world.folded().values() if dossier.unit == COMMUNE]
    assert await kept(world, unit=COMMUNE) == counted(of_commune)
    kept_rows, counted_rows = await views(world)
    assert kept_rows == counted_rows != set()


async def test_counting_anew_mends_what_a_process_of_the_release_before_left_out(world: World) -> None:
    await world.read(until_now(200))
    right = await kept(world)
    assert right[Waiting.DUE_SOON]
    async with world.database.begin() as connection:
        await connection.execute(
            text("UPDATE tally SET undecided = 0, to_fetch = to_fetch + 1 WHERE unit = :unit"), {"unit": COMMUNE}
        )
        await connection.execute(text("UPDATE tally SET unassigned = unassigned + 2"))
    kept_rows, counted_rows = await views(world)
    assert kept_rows != counted_rows
    async with world.database.begin() as connection:
        await kept_waiting.count_anew(connection)
    assert await kept(world) == right == counted(list(world.folded().values()))
    kept_rows, counted_rows = await views(world)
    assert kept_rows == counted_rows
    sums = "SELECT sum(accepted + early + on_time + late + due + past_due) FROM tally"
    before = await world.scalar(sums)
    async with world.database.begin() as connection:
        await kept_waiting.count_anew(connection)
    assert await world.scalar(sums) == before
