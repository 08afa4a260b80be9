"""What reporting refuses of a question and of a replay, word for word, and the instants at which it begins to."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.reporting.domain.period import EARLIEST, LATEST, Period, PeriodOutOfRange
from services.reporting.domain.question import AsOfTheFuture, Question
from services.reporting.domain.replay import ReplayUnderWay

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
NOW = datetime(2026, 4, 2, 9, tzinfo=UTC)


def test_a_question_of_the_future_is_refused_from_the_next_instant_on() -> None:
    Question(period=MARCH).require_past(NOW)
    Question(period=MARCH, as_of=NOW).require_past(NOW)
    with pytest.raises(AsOfTheFuture) as refused:
        Question(period=MARCH, as_of=NOW + timedelta(microseconds=1)).require_past(NOW)
    assert (refused.value.code, refused.value.status, refused.value.field) == ("as-of-future", 422, "as_of")
    assert refused.value.vi == "Thời điểm tính lại phải ở quá khứ: chưa ai biết sau này sẽ có gì."
    assert refused.value.en == "As of when must lie in the past: nobody knows yet what will come."


@pytest.mark.parametrize("year", [EARLIEST.year, LATEST.year])
def test_the_first_and_the_last_year_may_be_asked_for(year: int) -> None:
    instant = datetime(year, 6, 1, tzinfo=UTC)
    assert Question(period=MARCH, as_of=instant).as_of == instant


@pytest.mark.parametrize("year", [EARLIEST.year - 1, LATEST.year + 1])
def test_years_beyond_are_refused_by_the_field_to_mend(year: int) -> None:
    with pytest.raises(PeriodOutOfRange) as refused:
        Question(period=MARCH, as_of=datetime(year, 6, 1, tzinfo=UTC))
    assert refused.value.field == "as_of"


def test_a_replay_under_way_is_not_begun_anew() -> None:
    refusal = ReplayUnderWay()
    assert (refusal.code, refusal.status) == ("replay-under-way", 409)
    assert refusal.vi == "Số liệu đang được dựng lại. Hãy đợi lần này xong rồi yêu cầu lần khác."
    assert refusal.en == "The figures are being rebuilt already. Wait for that to end before asking for another."
