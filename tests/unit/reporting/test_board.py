"""What a leader's board is made of: the days that are soon, the worst unit first, the rate, the bars."""

from datetime import date
from decimal import Decimal

import pytest

from services.reporting.domain.board import SERIES_DAYS, SeriesDay, lateness, series, shown_rate, soon_through, worst_first
from services.reporting.domain.figures import Figures
from services.reporting.pages.chart import BASE, LEFT, TOP, WIDTH, chart_of

THURSDAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("today", "through"),
    [
        (date(2026, 11, 24), date(2026, 11, 26)),
        (THURSDAY, date(2026, 11, 30)),
        (date(2026, 11, 27), date(2026, 12, 1)),
        (date(2026, 11, 28), date(2026, 12, 1)),
        (date(2026, 11, 29), date(2026, 12, 1)),
    ],
)
def test_over_a_weekend_soon_reaches_to_the_second_day_of_work(today, through):
    assert soon_through(today) == through


def test_every_one_of_the_last_days_has_its_place_today_last():
    days = series({THURSDAY: (4, 3), date(2026, 11, 13): (1, 0), date(2026, 11, 12): (9, 9)}, THURSDAY)
    assert len(days) == SERIES_DAYS
    assert (days[0], days[-1]) == (SeriesDay(date(2026, 11, 13), 1, 0), SeriesDay(THURSDAY, 4, 3))
    assert sum(day.received + day.resolved for day in days) == 8


def test_a_unit_that_finishes_nothing_stands_above_one_that_is_late_with_a_few():
    stuck = Figures(total=5, in_progress=5, overdue=5)
    slow = Figures(total=10, resolved=10, late=4, early=6)
    good = Figures(total=9, resolved=9, early=9)
    idle = Figures(total=2, in_progress=2, within_time=2)
    units = {"good": good, "slow": slow, "stuck": stuck, "idle": idle}
    assert sorted(units, key=lambda name: worst_first(units[name], name)) == ["stuck", "slow", "good", "idle"]
    assert (lateness(stuck), lateness(idle)) == (1, 0)
    # As late as one another: the one with more that is overdue now, then the one with more to do, then by name.
    some, more = Figures(total=4, overdue=1), Figures(total=2, overdue=2)
    assert worst_first(more, "z") < worst_first(some, "a")
    assert worst_first(Figures(total=3), "z") < worst_first(Figures(total=2), "a") < worst_first(Figures(total=2), "b")


def test_a_rate_is_100_only_where_nothing_was_late():
    assert shown_rate(Figures()) is None
    assert shown_rate(Figures(resolved=3, early=2, on_time=1)) == 100
    assert shown_rate(Figures(resolved=3000, early=2999, late=1)) == Decimal("99.9")
    assert shown_rate(Figures(resolved=3, early=1, on_time=1, late=1)) == Decimal("66.6")
    assert shown_rate(Figures(resolved=2, late=2)) == 0


def test_bars_stand_in_the_picture_and_what_is_not_nothing_is_seen():
    days = [
        SeriesDay(date(2026, 11, day), received, resolved) for day, received, resolved in ((1, 0, 500), (2, 1, 6), (3, 430, 0))
    ]
    chart = chart_of(days)
    assert chart.top == 500
    assert [(column.received, column.resolved) for column in chart.columns] == [(0, BASE - TOP), (2, 2), (136, 0)]
    assert [column.label for column in chart.columns] == [None, None, date(2026, 11, 3)]
    assert chart.columns[0].x == LEFT
    assert [column.label is None for column in chart_of(series({}, THURSDAY)).columns[-4:]] == [False, True, True, False]
    assert all(column.x + 18 <= WIDTH for column in chart_of(series({}, THURSDAY)).columns)


@pytest.mark.parametrize(("most", "top"), [(0, 1), (1, 1), (3, 5), (6, 10), (11, 20), (51, 100)])
def test_the_highest_line_is_a_round_number(most, top):
    assert chart_of([SeriesDay(THURSDAY, most, 0)]).top == top
