"""Periods: from the 15th to the 14th, the year from 15 December; what is no period is refused in both languages."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.domain.period import Boundaries, Period, PeriodOutOfRange, PeriodReversed, Preset, preset

ANY_DAY = st.dates(date(2002, 1, 1), date(2097, 1, 1))


@pytest.mark.parametrize(
    ("name", "today", "first", "last"),
    [
        (Preset.TODAY, "2026-02-15", "2026-02-15", "2026-02-15"),
        (Preset.WEEK, "2026-02-22", "2026-02-16", "2026-02-22"),  # a Sunday
        (Preset.WEEK, "2026-02-23", "2026-02-23", "2026-03-01"),
        (Preset.MONTH, "2026-02-14", "2026-01-15", "2026-02-14"),
        (Preset.MONTH, "2026-02-15", "2026-02-15", "2026-03-14"),
        (Preset.MONTH, "2026-01-01", "2025-12-15", "2026-01-14"),
        (Preset.QUARTER, "2026-03-14", "2025-12-15", "2026-03-14"),
        (Preset.QUARTER, "2026-03-15", "2026-03-15", "2026-06-14"),
        (Preset.YEAR, "2026-12-14", "2025-12-15", "2026-12-14"),
        (Preset.YEAR, "2026-12-15", "2026-12-15", "2027-12-14"),
    ],
)
def test_periods_by_name(name, today, first, last):
    assert preset(name, date.fromisoformat(today)) == Period.through(date.fromisoformat(first), date.fromisoformat(last))


@given(ANY_DAY, st.sampled_from(Preset))
def test_today_lies_in_every_period_named_for_it(today, name):
    period = preset(name, today)
    assert period.start <= today <= period.last


@given(ANY_DAY, st.sampled_from(Preset))
def test_periods_of_a_name_follow_one_another_without_a_gap(today, name):
    period = preset(name, today)
    assert preset(name, period.end).start == period.end
    assert preset(name, period.start - timedelta(days=1)).end == period.start


@given(ANY_DAY)
def test_a_province_may_have_other_boundaries(today):
    first_of_month = (Boundaries(date(2000, 1, 1), day=1, month=1),)
    assert preset(Preset.YEAR, today, first_of_month) == Period(date(today.year, 1, 1), date(today.year + 1, 1, 1))


def test_the_report_of_2021():
    assert (Period.through(date(2020, 12, 16), date(2021, 6, 15)).end) == date(2021, 6, 16)


@pytest.mark.parametrize(
    ("start", "end", "refusal", "field"),
    [
        (date(2026, 1, 2), date(2026, 1, 1), PeriodReversed, "to"),
        (date(2026, 1, 1), date(2026, 1, 1), PeriodReversed, "to"),
        (date(1999, 12, 31), date(2026, 1, 1), PeriodOutOfRange, "from"),
        (date(2026, 1, 1), date.max, PeriodOutOfRange, "to"),
    ],
)
def test_no_period(start, end, refusal, field):
    with pytest.raises(refusal) as refused:
        Period(start, end)
    assert refused.value.field == field
    assert refused.value.vi != refused.value.en


def test_the_last_day_there_is():
    with pytest.raises(PeriodOutOfRange):
        Period.through(date(2026, 1, 1), date.max)
