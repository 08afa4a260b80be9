"""What cannot be asked is refused at its field, in both languages."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from services.reporting.domain.period import Period, PeriodOutOfRange
from services.reporting.domain.question import AsOfTheFuture, Question

JANUARY = Period(date(2026, 1, 1), date(2026, 2, 1))
NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "as_of",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        datetime(1999, 12, 31, tzinfo=UTC),
        datetime(2101, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(-timedelta(hours=14))),
    ],
)
def test_an_instant_of_no_year_that_is_counted(as_of):
    with pytest.raises(PeriodOutOfRange) as refused:
        Question(period=JANUARY, as_of=as_of)
    assert refused.value.field == "as_of"


def test_as_of_now_is_the_latest():
    Question(period=JANUARY).require_past(NOW)
    Question(period=JANUARY, as_of=NOW).require_past(NOW)
    with pytest.raises(AsOfTheFuture) as refused:
        Question(period=JANUARY, as_of=NOW + timedelta(microseconds=1)).require_past(NOW)
    assert refused.value.field == "as_of"
    assert refused.value.vi != refused.value.en
