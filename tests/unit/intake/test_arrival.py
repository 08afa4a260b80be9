"""What another system says of a moment counts where that can be, and never where it cannot."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.arrival import CLOCKS_APART, EARLIEST, Arrival, arrival
from tests.support.intake_events import NOW

any_moment = st.datetimes(timezones=st.just(UTC))
near = st.integers(-400, 400).map(lambda minutes: NOW + timedelta(minutes=minutes))


@given(any_moment | near, near | st.none())
def test_what_counts_is_never_in_the_future_nor_before_what_it_follows(stated: datetime, follows: datetime | None) -> None:
    came = arrival(stated, NOW, not_before=follows)
    assert min(follows or EARLIEST, NOW) <= came.at <= NOW
    assert came.stated_at in {None, stated}


@given(near, near | st.none())
def test_what_can_be_is_taken_as_it_is_stated(stated: datetime, follows: datetime | None) -> None:
    possible = stated <= NOW and (follows is None or stated >= follows)
    came = arrival(stated, NOW, not_before=follows)
    if possible:
        assert came == Arrival(stated)
    elif came.stated_at is None:
        assert abs(came.at - stated) <= CLOCKS_APART


@pytest.mark.parametrize(
    ("stated", "came"),
    [
        pytest.param(NOW + CLOCKS_APART, Arrival(NOW), id="a clock that is a minute ahead"),
        pytest.param(NOW + CLOCKS_APART * 2, Arrival(NOW, NOW + CLOCKS_APART * 2), id="in the future"),
        pytest.param(
            NOW - timedelta(hours=1) - CLOCKS_APART, Arrival(NOW - timedelta(hours=1)), id="a minute before what it follows"
        ),
        pytest.param(NOW - timedelta(hours=2), Arrival(NOW, NOW - timedelta(hours=2)), id="before what it follows"),
    ],
)
def test_clocks_may_be_a_minute_apart_and_no_more(stated: datetime, came: Arrival) -> None:
    assert arrival(stated, NOW, not_before=NOW - timedelta(hours=1)) == came


def test_a_clock_that_was_never_set_is_not_believed() -> None:
    never = datetime(1970, 1, 1, tzinfo=UTC)
    assert arrival(never, NOW) == Arrival(NOW, never)
