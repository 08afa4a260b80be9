"""Figures from the database are those counted by hand; every number is as long as its list; the past stays as it was."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.values import CIVIL_TIME, Channel, GuidanceKind
from services.reporting.domain.definition import V1
from services.reporting.domain.dossier import Dossier, civil_date
from services.reporting.domain.figures import Counted, Figures, Measure, count, judged_before
from services.reporting.domain.period import Period
from services.reporting.domain.question import By
from tests.support.reference_data import CENTRE, COMMUNE, DEPARTMENT, DISTRICT, INSURANCE, POST_OFFICE, headers_for
from tests.support.reporting_world import (
    NOW,
    Told,
    ask,
    client,
    guided,
    in_memory,
    lives,
    read,
    refused,
    reporting_database,
    running,
)
from tests.support.servers import PostgresServer

JANUARY = Period(date(2026, 1, 15), date(2026, 2, 15))
PERIODS = [JANUARY, Period(date(2025, 12, 15), date(2026, 12, 15)), Period(date(2026, 3, 20), date(2026, 3, 21))]
FILTERS = [{}, {"unit": COMMUNE}, {"competent": "none"}, {"channel": "online", "field": "dat-dai"}]
DAYS = [date(2025, 12, 20), date(2026, 1, 15), date(2026, 1, 31), date(2026, 2, 14), date(2026, 3, 19)]
TURNS = {GuidanceKind.IN_PERSON: 40, GuidanceKind.CALL_OUT: 8, GuidanceKind.CALL_IN: 11}


@dataclass(frozen=True)
class World:
    database: AsyncEngine
    http: httpx.AsyncClient
    told: list[Told]

    def counted(self, period: Period, *, as_of: datetime | None = None, **wanted: str) -> Figures:
        """The same events, folded and counted in memory."""
        dossiers = in_memory(one for one in self.told if as_of is None or one.recorded <= as_of)
        chosen = [d for d in dossiers.values() if all(getattr(d, name) == value for name, value in wanted.items())]
        judged = judged_before(period, civil_date(as_of or NOW))
        return count((_counted(d) for d in chosen if d.status and d.channel), period, judged, V1)


def _counted(dossier: Dossier) -> Counted:
    assert dossier.status
    assert dossier.channel
    return Counted(dossier.status, dossier.channel, dossier.accepted_on, dossier.promised_on, dossier.decided_on)


def figures_in(answer: dict[str, int]) -> Figures:
    return Figures(**{measure: answer[measure] for measure in Measure})


@pytest.fixture(scope="module")
async def world(postgres: PostgresServer) -> AsyncIterator[World]:
    url = await postgres.create_database("reporting")
    database = await reporting_database(url)
    told = [one for life in lives(250) for one in life.told()]
    told += [one for number in range(1001, 1006) for one in refused(number)]
    await read(database, told)
    turns = [(kind, n) for kind, number in TURNS.items() for n in range(number)]
    morning = datetime(2026, 2, 14, 8, tzinfo=CIVIL_TIME)
    await read(database, [guided(2000 + n, kind, morning, (DISTRICT, COMMUNE)[n % 2]) for n, (kind, _) in enumerate(turns)])
    async with running(url) as app, client(app) as http:
        yield World(database, http, told)
    await database.dispose()


@pytest.mark.parametrize("period", PERIODS, ids=str)
@pytest.mark.parametrize("by", By)
async def test_the_database_counts_as_the_definition_says(world, period, by):
    found = await ask(world.http, "figures", start=period.start, end=period.end, by=by)
    expected = world.counted(period)
    assert figures_in(found["total"]) == expected
    assert sum((figures_in(row) for row in found["rows"]), Figures()) == expected
    column = {By.COMPETENT: "competent_unit"}.get(by, by.value)
    for row in found["rows"]:
        key = None if row["key"] == "none" else row["key"]
        assert figures_in(row) == world.counted(period, **{column: key}), row["key"]
    assert (
        found["total"]["received"] + found["total"]["carried_over"] == found["total"]["resolved"] + found["total"]["in_progress"]
    )


async def listed(world, measure, username="operator", **query):
    """All pages of a list."""
    found, after = [], None
    while True:
        page = await ask(world.http, "dossiers", username, measure=measure, limit=7, after=after, **query)
        found += page["dossiers"]
        after = page["next"]
        if after is None:
            return found


@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize(
    "filters", [{}, {"unit": COMMUNE}, {"competent": "none"}, {"channel": "online", "field": "dat-dai"}], ids=str
)
async def test_a_list_is_exactly_as_long_as_its_number(world, measure, filters):
    about = {"start": JANUARY.start, "end": JANUARY.end, **filters}
    found = await listed(world, measure, **about)
    number = (await ask(world.http, "figures", **about))["total"][measure]
    assert len(found) == len({one["id"] for one in found}) == number
    assert [one["promised_on"] for one in found] == sorted(one["promised_on"] for one in found)
    if measure in {Measure.LATE, Measure.OVERDUE}:
        assert all(one["days_late"] >= 1 for one in found)


async def test_the_lists_of_a_past_instant_are_as_long_as_its_numbers(world):
    about = {"start": JANUARY.start, "end": JANUARY.end, "as_of": datetime(2026, 1, 30, 12, tzinfo=CIVIL_TIME).isoformat()}
    total = (await ask(world.http, "figures", **about))["total"]
    for measure in Measure:
        assert len(await listed(world, measure, **about)) == total[measure], measure


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("by", [By.UNIT, By.COMPETENT])
async def test_as_of_a_past_instant_only_what_was_recorded_by_then_counts(world, day, by):
    instant = datetime.combine(day, time(17), CIVIL_TIME)
    found = await ask(world.http, "figures", start=JANUARY.start, end=JANUARY.end, by=by, as_of=instant.isoformat())
    assert figures_in(found["total"]) == world.counted(JANUARY, as_of=instant)
    column = {By.COMPETENT: "competent_unit"}.get(by, by.value)
    for row in found["rows"]:
        key = None if row["key"] == "none" else row["key"]
        assert figures_in(row) == world.counted(JANUARY, as_of=instant, **{column: key})


async def test_what_comes_later_changes_no_past_report(postgres):
    url = await postgres.create_database("reporting")
    database = await reporting_database(url)
    told = [one for life in lives(60) for one in life.told()]
    instant = datetime(2026, 2, 1, 9, tzinfo=CIVIL_TIME)
    await read(database, [one for one in told if one.recorded <= instant])
    about = {"start": date(2025, 12, 15), "end": date(2026, 3, 15), "as_of": instant.isoformat()}
    async with running(url) as app, client(app) as http:
        before = await ask(http, "figures", **about)
        await read(database, [one for one in told if one.recorded > instant])
        after = await ask(http, "figures", **about)
        now = await ask(http, "figures", **about | {"as_of": None})
    await database.dispose()
    assert before["total"] == after["total"] != now["total"]
    assert {row["key"]: row for row in before["rows"]} == {row["key"]: row for row in after["rows"]}


async def test_who_held_a_late_dossier(world):
    late = await listed(world, Measure.LATE, start=JANUARY.start, end=JANUARY.end)
    for one in late:
        days = date.fromisoformat(one["decided_on"]) - date.fromisoformat(one["promised_on"])
        assert one["days_late"] == days.days
        hands = [(held["unit"], held["officer"]) for held in one["held"]]
        decider = one["competent_unit"]
        receiver = [] if one["unit"] == decider else [(one["unit"], None)]
        assert hands == [*receiver, (decider, None), (decider, one["officer"])]
        ended = datetime.fromisoformat(one["held"][-1]["until"])
        assert civil_date(ended) == date.fromisoformat(one["decided_on"])


async def test_units_without_a_dossier_have_their_row(world):
    found = await ask(world.http, "figures", start=date(2018, 1, 1), end=date(2018, 4, 1))
    assert {row["key"] for row in found["rows"]} == {CENTRE, DEPARTMENT, DISTRICT, COMMUNE, INSURANCE, POST_OFFICE}
    assert {row["total"] for row in found["rows"]} == {0}
    assert found["total"]["on_time_rate"] is None
    before_any_unit = await ask(world.http, "figures", start=date(2016, 1, 1), end=date(2016, 4, 1))
    assert before_any_unit["rows"] == []


async def test_all_channels_have_their_row(world):
    found = await ask(world.http, "figures", start=date(2018, 1, 1), end=date(2018, 4, 1), by="channel")
    assert {row["key"] for row in found["rows"]} == set(Channel)


async def test_guidance_turns_by_kind_and_unit(world):
    found = await ask(world.http, "guidance", start=JANUARY.start, end=JANUARY.end)
    assert (found["total"], found["turns"]) == (59, {"in_person": 40, "call_in": 11, "call_out": 8})
    assert {of_unit["key"]: sum(of_unit["turns"].values()) for of_unit in found["units"]} == {DISTRICT: 30, COMMUNE: 29}
    commune = await ask(world.http, "guidance", "nga", start=JANUARY.start, end=JANUARY.end)
    assert commune["total"] == 29
    day_after = await ask(world.http, "guidance", start=JANUARY.end, end=JANUARY.end + timedelta(days=1))
    assert day_after["total"] == 0


async def test_redelivery_changes_nothing(world):
    before = await ask(world.http, "figures", start=JANUARY.start, end=JANUARY.end)
    await read(world.database, world.told[:200])
    assert await ask(world.http, "figures", start=JANUARY.start, end=JANUARY.end) == before
    async with world.database.connect() as connection:
        twice = await connection.scalar(text("SELECT count(*) - count(DISTINCT (source, subject, sequence)) FROM fact"))
        facts = await connection.scalar(text("SELECT count(*) FROM fact WHERE subject LIKE 'd-%'"))
    assert (twice, facts) == (0, len(world.told))


async def test_reconcile_sees_what_each_publisher_told_last(world):
    headers = headers_for("operator", NOW)
    answer = await world.http.get("/api/reporting/reconcile", headers=headers)
    assert answer.json() == {"views": ["dossiers", "intake-positions", "routing-positions"]}
    expected = {d.id: f"{d.intake_sequence}:{d.status}" for d in in_memory(world.told).values()}
    buckets = (await world.http.get("/api/reporting/reconcile/dossiers", headers=headers)).json()["buckets"]
    assert sum(bucket["rows"] for bucket in buckets.values()) == len(expected)
    bucket = next(iter(buckets))
    rows = (await world.http.get(f"/api/reporting/reconcile/dossiers/{bucket}", headers=headers)).json()["rows"]
    assert rows == {key: expected[key] for key in rows}
