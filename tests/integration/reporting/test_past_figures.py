"""Figures as of any past instant: the sums less what came since are what counting dossier by dossier gives."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.civil import civil_day
from contracts.values import CIVIL_TIME
from services.reporting.domain.definition import V1
from services.reporting.domain.figures import Figures, count, judged_before
from services.reporting.domain.period import Period
from services.reporting.domain.question import GroupBy, Question
from services.reporting.repository import figures
from tests.support.reference_data import COMMUNE
from tests.support.reporting_events import NOW, countable, lives, moved
from tests.support.reporting_world import World
from tests.support.servers import PostgresServer

FIRST = datetime(2025, 11, 28, tzinfo=CIVIL_TIME)
INSTANTS = st.integers(0, (NOW - FIRST) // timedelta(minutes=1)).map(lambda minutes: FIRST + timedelta(minutes=minutes))
STARTS = st.dates(date(2025, 11, 20), date(2026, 4, 1))


@pytest.fixture(scope="module")
async def world(postgres: PostgresServer) -> AsyncIterator[World]:
    async with World.empty(postgres) as world:
        ended, going_on = [], []
        for life in lives(300):
            (ended if life.decided or life.withdrawn else going_on).append(life)
        await world.read([event for life in ended for event in life.events()])
        # Their promises move by up to two weeks, either way.
        for at, life in enumerate(going_on):
            await world.read(moved(life, life.promised + timedelta(days=at % 29 - 14)))
        yield world


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(INSTANTS, STARTS, st.integers(1, 150), st.sampled_from(GroupBy), st.sampled_from([None, COMMUNE]))
async def test_any_instant_and_period_is_as_counted(
    world: World, as_of: datetime, start: date, days: int, by: GroupBy, unit: str | None
) -> None:
    period = Period(start, start + timedelta(days=days))
    known = [dossier for dossier in world.folded(as_of).values() if dossier.status and dossier.channel]
    within = [dossier for dossier in known if unit is None or dossier.unit == unit]
    judged = judged_before(period, civil_day(as_of))
    async with world.database.connect() as connection:
        question = Question(period=period, as_of=as_of, unit=unit)
        groups = await figures.by_group(connection, question, None, V1, NOW, by)
    assert sum((group.figures for group in groups), Figures()) == count(map(countable, within), period, judged, V1)
    column = {GroupBy.COMPETENT: "competent_unit"}.get(by, by.value)
    for group in groups:
        key = None if group.key == "none" else group.key
        mine = [dossier for dossier in within if getattr(dossier, column) == key]
        assert group.figures == count(map(countable, mine), period, judged, V1)
