"""Lateness goes by civil date, also when UTC is still on the day before."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.values import CIVIL_TIME
from services.routing.domain.due import Due, Today, days_left

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


def test_bounds() -> None:
    today = Today.of(civil(16, 8))
    assert today.bounds(None) == (None, None)
    assert today.bounds(Due.LATE) == (None, civil(16, 0))
    assert today.bounds(Due.TODAY) == (civil(16, 0), civil(17, 0))
