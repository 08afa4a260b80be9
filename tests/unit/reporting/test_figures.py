"""The form's identities hold for any dossiers and any period; the real units' figures come out as they were reported."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.values import Channel, PortalStatus
from services.reporting.domain.definition import V1
from services.reporting.domain.figures import CountedDossier, Figures, Measure, classify, count, days_late, judged_before
from services.reporting.domain.period import Period

FIRST = date(2026, 1, 1)
DAYS = st.integers(0, 60).map(lambda days: FIRST + timedelta(days=days))
DOSSIERS = st.builds(
    CountedDossier,
    status=st.sampled_from(PortalStatus),
    channel=st.sampled_from(Channel),
    accepted_on=st.none() | DAYS,
    promised_on=st.none() | DAYS,
    decided_on=st.none() | DAYS,
)
PERIODS = st.tuples(DAYS, st.integers(1, 40)).map(lambda given: Period(given[0], given[0] + timedelta(days=given[1])))
JANUARY = Period(date(2026, 1, 1), date(2026, 2, 1))


def counted(accepted: date | None, promised: date | None, decided: date | None = None, **more: object) -> CountedDossier:
    given: dict[str, object] = {"status": PortalStatus.IN_PROCESS, "channel": Channel.COUNTER} | more
    return CountedDossier(**given, accepted_on=accepted, promised_on=promised, decided_on=decided)


@given(st.lists(DOSSIERS), PERIODS, DAYS)
def test_what_came_is_what_went_or_stays(dossiers, period, today):
    f = count(dossiers, period, judged_before(period, today), V1)
    assert f.total == f.received + f.carried_over == f.resolved + f.in_progress
    assert f.received == f.received_online + f.received_direct
    assert f.resolved == f.early + f.on_time + f.late
    assert f.in_progress == f.within_time + f.overdue


@given(st.lists(DOSSIERS), PERIODS, DAYS)
def test_rows_of_any_table_sum_up_to_the_total(dossiers, period, today):
    judged = judged_before(period, today)
    rows = [count([d for d in dossiers if d.channel is channel], period, judged, V1) for channel in Channel]
    assert sum(rows, Figures()) == count(dossiers, period, judged, V1)


@given(DOSSIERS, PERIODS, DAYS, st.integers(1, 39))
def test_what_one_period_leaves_the_next_carries_over(dossier, period, today, days):
    following = Period(period.end, period.end + timedelta(days=days))
    left = Measure.IN_PROGRESS in classify(dossier, period, judged_before(period, today), V1)
    carried = Measure.CARRIED_OVER in classify(dossier, following, judged_before(following, today), V1)
    assert left == carried


@given(DOSSIERS, PERIODS, DAYS)
def test_a_dossier_is_late_by_at_least_a_day_or_not_at_all(dossier, period, today):
    judged = judged_before(period, today)
    measures = classify(dossier, period, judged, V1)
    if measures:
        late = days_late(dossier.promised_on, dossier.decided_on, period, judged)
        assert (late >= 1) == bool(measures & {Measure.LATE, Measure.OVERDUE})


@pytest.mark.parametrize("status", [PortalStatus.SUBMITTED, PortalStatus.REFUSED])
def test_what_was_never_accepted_is_not_counted(status):
    assert classify(counted(FIRST, FIRST, status=status), JANUARY, JANUARY.end, V1) == frozenset()
    assert classify(counted(None, FIRST), JANUARY, JANUARY.end, V1) == frozenset()


@pytest.mark.parametrize(
    ("promised", "decided", "measure"),
    [
        (10, 9, Measure.EARLY),
        (10, 10, Measure.ON_TIME),
        (10, 11, Measure.LATE),
        (31, None, Measure.OVERDUE),  # the promised day is over, like the period
        (10, 33, Measure.OVERDUE),  # decided after the period: at its end it was not
        (33, None, Measure.WITHIN_TIME),
    ],
)
def test_the_calendar_date_decides(promised, decided, measure):
    days = [None if day is None else FIRST + timedelta(days=day - 1) for day in (promised, decided)]
    assert measure in classify(counted(FIRST, *days), JANUARY, judged_before(JANUARY, date(2026, 6, 1)), V1)


def test_in_a_period_that_runs_the_promised_day_itself_is_still_within_time():
    today = date(2026, 1, 15)
    judged = judged_before(JANUARY, today)
    assert Measure.WITHIN_TIME in classify(counted(FIRST, today), JANUARY, judged, V1)
    assert Measure.OVERDUE in classify(counted(FIRST, today - timedelta(days=1)), JANUARY, judged, V1)


def test_first_quarter_of_2018_in_dong_hung():
    """17,650 received, 16,930 resolved, the other 720 within time (domain.md)."""
    quarter = Period(date(2018, 1, 1), date(2018, 4, 1))
    came = date(2018, 2, 1)
    done = [counted(came, came, came, status=PortalStatus.HANDED_OVER)] * 16_930
    f = count(done + [counted(date(2018, 3, 30), date(2018, 4, 5))] * 720, quarter, quarter.end, V1)
    assert (f.total, f.received, f.resolved, f.in_progress, f.within_time, f.overdue) == (17_650, 17_650, 16_930, 720, 720, 0)
    assert f.on_time_rate == Decimal("100.00")


@pytest.mark.parametrize(
    ("figures", "rate"),
    [
        (Figures(resolved=0), None),
        (Figures(resolved=3, early=1, on_time=1, late=1), "66.67"),
        (Figures(resolved=800, early=1, late=799), "0.13"),  # 0.125, half up
    ],
)
def test_the_on_time_rate_has_two_places_or_is_not_there(figures, rate):
    assert figures.on_time_rate == (None if rate is None else Decimal(rate))
