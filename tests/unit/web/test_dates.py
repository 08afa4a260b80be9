"""Dates as people write them, and what is none."""

from datetime import UTC, datetime

import pytest

from web.dates import read_day, read_moment

# In Vietnam it is the 28th already.
NOW = datetime(2026, 11, 27, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("27/11/2026", "2026-11-27"),
        (" 7/1/2025 ", "2025-01-07"),
        ("27-11-2026", "2026-11-27"),
        ("27.11.2026", "2026-11-27"),
        ("27/11", "2026-11-27"),
        ("Hôm nay", "2026-11-28"),
        ("hôm  qua", "2026-11-27"),
        ("yesterday", "2026-11-27"),
    ],
)
def test_a_day_is_read_as_people_here_write_it(typed, day):
    assert read_day(typed, NOW) == day


@pytest.mark.parametrize("typed", ["2026-11-27", "31/02/2026", "11/27/2026", "27/11/26", "mai", "", "27/11/2026 15:00"])
def test_what_is_no_day_of_ours_comes_back_as_it_was_typed(typed):
    assert read_day(typed, NOW) == typed


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("27/11/2026 15:30", "2026-11-27T15:30"),
        ("15:30, 27/11/2026", "2026-11-27T15:30"),
        ("hôm qua 15h", "2026-11-27T15:00"),
        ("9h05 27/11", "2026-11-27T09:05"),
        ("27/11/2026", "2026-11-27T00:00"),
    ],
)
def test_a_moment_is_a_day_and_a_time_in_either_order(typed, moment):
    assert read_moment(typed, NOW) == moment


@pytest.mark.parametrize("typed", ["2026-11-27T15:30", "2026-11-27T15:30:00+07:00", "15:30", "hôm nào 15h", "31/02/2026 15:00"])
def test_what_is_no_moment_of_ours_comes_back_as_it_was_typed(typed):
    assert read_moment(typed, NOW) == typed
