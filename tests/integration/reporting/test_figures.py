"""Figures from the database are those counted by hand; every number is as long as its list; the past stays as it was."""

import re
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from html import unescape

import httpx
import pytest

from contracts.civil import civil_day
from contracts.values import CIVIL_TIME, Channel, GuidanceKind
from services.reporting.domain.definition import V1
from services.reporting.domain.figures import Figures, Measure, count, judged_before
from services.reporting.domain.period import Period
from services.reporting.domain.question import GroupBy
from services.reporting.repository.dossiers import day_column
from tests.support.reference_data import CENTRE, COMMUNE, DEPARTMENT, DISTRICT, INSURANCE, POST_OFFICE, headers_for
from tests.support.reporting_events import NOW, countable, guided, lives, refused
from tests.support.reporting_world import World, get, get_page
from tests.support.servers import PostgresServer

JANUARY = Period(date(2026, 1, 15), date(2026, 2, 15))
PERIODS = [JANUARY, Period(date(2025, 12, 15), date(2026, 12, 15)), Period(date(2026, 3, 20), date(2026, 3, 21))]
FILTERS = [{}, {"unit": COMMUNE}, {"competent": "none"}, {"channel": "online", "field": "dat-dai"}]
DAYS = [date(2025, 12, 20), date(2026, 1, 15), date(2026, 1, 31), date(2026, 2, 14), date(2026, 3, 19)]
TURNS = {GuidanceKind.IN_PERSON: 40, GuidanceKind.CALL_OUT: 8, GuidanceKind.CALL_IN: 11}


def counted(world: World, period: Period, *, as_of: datetime | None = None, **limits: str | None) -> Figures:
    """The same events, folded and counted in memory."""
    dossiers = [d for d in world.folded(as_of).values() if d.status and d.channel]
    within = [d for d in dossiers if all(getattr(d, name) == value for name, value in limits.items())]
    judged = judged_before(period, civil_day(as_of or NOW))
    return count(map(countable, within), period, judged, V1)


def figures_in(answer: dict[str, int]) -> Figures:
    return Figures(**{measure: answer[measure] for measure in Measure})


@pytest.fixture(scope="module")
async def world(postgres: PostgresServer) -> AsyncIterator[World]:
    async with World.empty(postgres) as world:
        await world.read([event for life in lives(250) for event in life.events()])
        await world.read([event for number in range(1001, 1006) for event in refused(number)])
        turns = [(kind, n) for kind, number in TURNS.items() for n in range(number)]
        morning = datetime(2026, 2, 14, 8, tzinfo=CIVIL_TIME)
        await world.read([guided(2000 + n, kind, morning, (DISTRICT, COMMUNE)[n % 2]) for n, (kind, _) in enumerate(turns)])
        yield world


@pytest.fixture(scope="module")
async def http(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with world.serving() as http:
        yield http


@pytest.mark.parametrize("period", PERIODS, ids=str)
@pytest.mark.parametrize("by", GroupBy)
async def test_the_database_counts_as_the_definition_says(world, http, period, by):
    report = await get(http, "figures", start=period.start, end=period.end, by=by)
    expected, total = counted(world, period), report["total"]
    assert figures_in(total) == expected
    assert sum((figures_in(row) for row in report["rows"]), Figures()) == expected
    column = {GroupBy.COMPETENT: "competent_unit"}.get(by, by.value)
    for row in report["rows"]:
        key = None if row["key"] == "none" else row["key"]
        assert figures_in(row) == counted(world, period, **{column: key}), row["key"]
    assert total["received"] + total["carried_over"] == total["resolved"] + total["in_progress"]


async def listed(http, measure, username="operator", **query):
    """All pages of a list."""
    dossiers, after = [], None
    while True:
        page = await get(http, "dossiers", username, measure=measure, limit=7, after=after, **query)
        dossiers += page["dossiers"]
        after = page["next"]
        if after is None:
            return dossiers


@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("filters", FILTERS, ids=str)
async def test_a_list_is_exactly_as_long_as_its_number(http, measure, filters):
    about = {"start": JANUARY.start, "end": JANUARY.end, **filters}
    dossiers = await listed(http, measure, **about)
    number = (await get(http, "figures", **about))["total"][measure]
    assert len(dossiers) == len({dossier["id"] for dossier in dossiers}) == number
    keys = [(dossier[day_column(measure)], dossier["id"]) for dossier in dossiers]
    assert keys == sorted(keys)
    if measure in {Measure.LATE, Measure.OVERDUE}:
        assert all(dossier["days_late"] >= 1 for dossier in dossiers)


async def test_the_lists_of_a_past_instant_are_as_long_as_its_numbers(http):
    about = {"start": JANUARY.start, "end": JANUARY.end, "as_of": datetime(2026, 1, 30, 12, tzinfo=CIVIL_TIME).isoformat()}
    total = (await get(http, "figures", **about))["total"]
    for measure in Measure:
        assert len(await listed(http, measure, **about)) == total[measure], measure


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("by", [GroupBy.UNIT, GroupBy.COMPETENT])
async def test_as_of_a_past_instant_only_what_was_recorded_by_then_counts(world, http, day, by):
    instant = datetime.combine(day, time(17), CIVIL_TIME)
    report = await get(http, "figures", start=JANUARY.start, end=JANUARY.end, by=by, as_of=instant.isoformat())
    assert figures_in(report["total"]) == counted(world, JANUARY, as_of=instant)
    column = {GroupBy.COMPETENT: "competent_unit"}.get(by, by.value)
    for row in report["rows"]:
        key = None if row["key"] == "none" else row["key"]
        assert figures_in(row) == counted(world, JANUARY, as_of=instant, **{column: key})


async def test_what_comes_later_changes_no_past_report(postgres):
    events = [event for life in lives(60) for event in life.events()]
    instant = datetime(2026, 2, 1, 9, tzinfo=CIVIL_TIME)
    about = {"start": date(2025, 12, 15), "end": date(2026, 3, 15), "as_of": instant.isoformat()}
    async with World.empty(postgres) as world, world.serving() as http:
        await world.read([event for event in events if event.recorded <= instant])
        before = await get(http, "figures", **about)
        await world.read([event for event in events if event.recorded > instant])
        after = await get(http, "figures", **about)
        now = await get(http, "figures", **about | {"as_of": None})
    assert before["total"] == after["total"] != now["total"]
    assert {row["key"]: row for row in before["rows"]} == {row["key"]: row for row in after["rows"]}


async def test_who_held_a_late_dossier(http):
    late = await listed(http, Measure.LATE, start=JANUARY.start, end=JANUARY.end)
    assert late
    for dossier in late:
        days = date.fromisoformat(dossier["decided_on"]) - date.fromisoformat(dossier["promised_on"])
        assert dossier["days_late"] == days.days
        hands = [(holding["unit"], holding["officer"]) for holding in dossier["held"]]
        decider = dossier["competent_unit"]
        receiver = [] if dossier["unit"] == decider else [(dossier["unit"], None)]
        assert hands == [*receiver, (decider, None), (decider, dossier["officer"])]
        ended = datetime.fromisoformat(dossier["held"][-1]["until"])
        assert civil_day(ended) == date.fromisoformat(dossier["decided_on"])


async def test_units_without_a_dossier_have_their_row(http):
    report = await get(http, "figures", start=date(2018, 1, 1), end=date(2018, 4, 1))
    assert {row["key"] for row in report["rows"]} == {CENTRE, DEPARTMENT, DISTRICT, COMMUNE, INSURANCE, POST_OFFICE}
    assert {row["total"] for row in report["rows"]} == {0}
    assert report["total"]["on_time_rate"] is None
    before_any_unit = await get(http, "figures", start=date(2016, 1, 1), end=date(2016, 4, 1))
    assert before_any_unit["rows"] == []


async def test_all_channels_have_their_row(http):
    report = await get(http, "figures", start=date(2018, 1, 1), end=date(2018, 4, 1), by="channel")
    assert {row["key"] for row in report["rows"]} == set(Channel)


async def test_guidance_turns_by_kind_and_unit(http):
    report = await get(http, "guidance", start=JANUARY.start, end=JANUARY.end)
    assert (report["total"], report["turns"]) == (59, {"in_person": 40, "call_in": 11, "call_out": 8})
    assert {unit["key"]: sum(unit["turns"].values()) for unit in report["units"]} == {DISTRICT: 30, COMMUNE: 29}
    commune = await get(http, "guidance", "nga", start=JANUARY.start, end=JANUARY.end)
    assert commune["total"] == 29
    day_after = await get(http, "guidance", start=JANUARY.end, end=JANUARY.end + timedelta(days=1))
    assert day_after["total"] == 0


async def test_the_list_of_guidance_turns_goes_on_until_its_number_is_reached(http):
    """All turns were given at the same moment: the id alone orders them."""
    address = f"/reporting/guidance?from={JANUARY.start}&through={JANUARY.last}"
    numbers = []
    while address:
        html = (await get_page(http, address, "operator")).text
        numbers.append(len(re.findall(r"<tr>\s*<td", html)))
        address = next((unescape(href) for href in re.findall(r'<a rel="next" href="([^"]*)"', html)), None)
    assert numbers == [50, 9]


async def test_redelivery_changes_nothing(world, http):
    before = await get(http, "figures", start=JANUARY.start, end=JANUARY.end)
    await world.read(list(world.events.values())[:200])
    assert await get(http, "figures", start=JANUARY.start, end=JANUARY.end) == before
    assert await world.scalar("SELECT count(*) - count(DISTINCT (source, subject, sequence)) FROM fact") == 0
    assert await world.scalar("SELECT count(*) FROM fact") == len(world.events)


async def test_reconcile_sees_what_each_publisher_published_last(world, http):
    headers = headers_for("operator", NOW)
    answer = await http.get("/api/reporting/reconcile", headers=headers)
    assert answer.json() == {"views": ["dossiers", "intake-positions", "routing-positions", "waiting", "waiting-kept"]}
    expected = {d.id: f"{d.intake_sequence}:{d.status}" for d in world.folded().values()}
    buckets = (await http.get("/api/reporting/reconcile/dossiers", headers=headers)).json()["buckets"]
    assert sum(bucket["rows"] for bucket in buckets.values()) == len(expected)
    bucket = next(iter(buckets))
    rows = (await http.get(f"/api/reporting/reconcile/dossiers/{bucket}", headers=headers)).json()["rows"]
    assert rows == {key: expected[key] for key in rows}
