"""Lateness goes by civil date, also when UTC is still on the day before."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.values import CIVIL_TIME
from services.routing.domain.due import Due, Left, Measure, Today, days_left, left
from worktime import Calendar

moments = st.datetimes(datetime(2017, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def civil(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 2, day, hour, minute, tzinfo=CIVIL_TIME)


@pytest.mark.parametrize(
    ("promised", "now", "left"),
    [
        (civil(16, 11, 30), civil(16, 17), 0),  # the hour has passed, the day has not
        (civil(16, 17), civil(17, 0, 1), -1),
        (civil(16, 17), civil(15, 23, 59), 1),
        (civil(16, 17), civil(16, 0, 0).astimezone(UTC), 0),  # 17:00 of the day before in UTC
        (civil(13, 17), civil(16, 8), -3),
        (civil(26, 17), civil(16, 8), 10),
    ],
)
def test_days_left(promised: datetime, now: datetime, left: int) -> None:
    assert days_left(promised, now) == left


@given(moments, moments)
def test_the_lists_and_the_tags_agree_on_what_is_late_and_what_is_due_today(promised: datetime, now: datetime) -> None:
    today = Today.of(now)
    left = days_left(promised, now)
    assert (promised < today.start) == (left < 0)
    assert (today.start <= promised < today.end) == (left == 0)
    assert today.end - today.start == timedelta(days=1)


WEEK = Calendar.from_data(
    {
        "id": "w",
        "version": 1,
        "weekly": {day: [["07:30", "11:30"], ["13:30", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat")},
        "exceptions": [{"date": "2026-02-18", "kind": "holiday", "vi": "Tết", "en": "Tet", "shifts": []}],
    }
)
DAYS, HOURS = "working_days", "working_hours"


@pytest.mark.parametrize(
    ("promised", "now", "kind", "expected"),
    [
        pytest.param(civil(23, 17), civil(16, 8), DAYS, Left(4, Measure.WORKING_DAYS), id="no weekend, no holiday, no desk"),
        pytest.param(civil(16, 17), civil(14, 8), DAYS, Left(1, Measure.WORKING_DAYS), id="Monday from Saturday is one"),
        pytest.param(
            civil(17, 10), civil(16, 16), HOURS, Left(3, Measure.WORKING_HOURS), id="hours inside shifts, begun ones off"
        ),
        pytest.param(
            civil(16, 17), civil(16, 16, 30), HOURS, Left(0, Measure.WORKING_HOURS, today=True), id="the last half hour"
        ),
        pytest.param(civil(23, 17), civil(16, 8), "calendar_days", Left(7, Measure.DAYS), id="calendar days"),
        pytest.param(civil(16, 17), civil(16, 8), "same_day", Left(0, Measure.WORKING_DAYS, today=True), id="same day"),
        pytest.param(
            civil(16, 17), civil(18, 8), DAYS, Left(0, Measure.DAYS, late=2), id="late by calendar days, as reports count"
        ),
        pytest.param(
            civil(23, 17), civil(16, 8), None, Left(7, Measure.DAYS), id="a case that does not say what its limit counts"
        ),
        pytest.param(civil(16, 17), civil(16, 8), None, Left(0, Measure.DAYS, today=True), id="such a case, today"),
    ],
)
def test_what_is_left_is_counted_as_the_limit_counts(promised: datetime, now: datetime, kind: str | None, expected: Left) -> None:
    assert left(promised, now, kind, WEEK) == expected
    assert left(promised.astimezone(UTC), now.astimezone(UTC), kind, WEEK) == expected


def test_without_the_calendar_days_are_days() -> None:
    assert left(civil(23, 17), civil(16, 8), DAYS, None) == Left(7, Measure.DAYS)


@given(moments, moments, st.sampled_from([DAYS, HOURS, "calendar_days", "same_day", None]))
def test_more_working_days_are_never_left_than_days(promised: datetime, now: datetime, kind: str | None) -> None:
    now = min(max(now, promised - timedelta(days=400)), promised + timedelta(days=400))
    counted = left(promised, now, kind, WEEK)
    days = days_left(promised, now)
    assert (counted.late, counted.today) == (max(0, -days), days == 0)
    assert counted.count <= (24 if counted.measure is Measure.WORKING_HOURS else 1) * max(0, days) + 24 * (days == 0)


def test_bounds() -> None:
    today = Today.of(civil(16, 8))
    assert today.bounds(None) == (None, None)
    assert today.bounds(Due.LATE) == (None, civil(16, 0))
    assert today.bounds(Due.TODAY) == (civil(16, 0), civil(17, 0))
