"""Day and time as people type them."""

from datetime import datetime

import pytest

from contracts.values import CIVIL_TIME
from services.intake.pages.typed_moment import moment_or_none, read_moment

HALF_PAST = datetime(2026, 11, 7, 15, 30, tzinfo=CIVIL_TIME)


@pytest.mark.parametrize(
    "typed",
    [
        "07/11/2026 15:30",
        "7/11/2026 15h30",
        " 7-11-2026,  15G30 ",
        "15:30 07.11.2026",
        "15h30 ngày 7/11/2026",
        "2026-11-07T15:30",
        "2026-11-07T08:30:00Z",
    ],
)
def test_every_way_to_write_it_is_the_same_moment(typed: str) -> None:
    assert read_moment(typed) == HALF_PAST
    assert moment_or_none(typed) == HALF_PAST


def test_the_day_stands_before_the_month() -> None:
    assert read_moment("02/03/2026 8h") == datetime(2026, 3, 2, 8, tzinfo=CIVIL_TIME)


@pytest.mark.parametrize("typed", ["hôm qua", "31/02/2026 8:00", "11/27/2026 15:30", "7/11/2026 25:00", "15:30", "7/11/2026 15"])
def test_what_is_none_says_how_it_is_written(typed: str) -> None:
    with pytest.raises(ValueError, match=r"27/11/2026 15:30\. Hãy xem lại / "):
        read_moment(typed)
    assert moment_or_none(typed) is None


def test_nothing_is_no_moment() -> None:
    assert moment_or_none("") is None
