"""An administrator hears of a calendar's end half a year before it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.directory import CalendarV1
from services.directory.domain.calendar_end import SOON, CalendarEnd, calendar_end, calendar_ends

NATIONAL_DAY = {"date": "2026-09-02", "kind": "holiday", "vi": "Quốc khánh", "en": "National Day", "shifts": []}
CALENDAR = CalendarV1(id="lich", name="Lịch", weekly={"mon": [("07:30", "11:30")]}, exceptions=[NATIONAL_DAY])
END = date(2026, 12, 31)


@pytest.mark.parametrize(("before", "soon"), [(timedelta(), False), (timedelta(days=1), True), (timedelta(days=200), True)])
def test_half_a_year_before_its_end_it_ends_soon(before: timedelta, *, soon: bool) -> None:
    end = calendar_end(CALENDAR, 3, END - SOON + before)
    assert end == CalendarEnd(id="lich", name="Lịch", known_until=END, soon=soon, units=3)


def test_one_that_lists_nothing_has_never_begun() -> None:
    end = calendar_end(CALENDAR.model_copy(update={"exceptions": []}), 0, END)
    assert (end.known_until, end.soon) == (None, True)


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)), st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_whoever_states_a_later_end_is_told_later(first: date, second: date) -> None:
    earlier, later = (
        calendar_end(CALENDAR.model_copy(update={"known_until": end}), 1, date(2026, 1, 1)) for end in sorted((first, second))
    )
    assert earlier.soon or not later.soon


def test_who_keeps_a_derived_calendar_keeps_its_base_and_that_is_where_days_are_added() -> None:
    derived = CALENDAR.model_copy(update={"id": "xa", "base": "lich"})
    other = CALENDAR.model_copy(update={"id": "khac", "known_until": date(2027, 12, 31)})
    unused = CALENDAR.model_copy(update={"id": "cu", "known_until": date(2025, 12, 31)})
    ends = calendar_ends([other, derived, CALENDAR, unused], ["xa", "xa", "khac", "lich"], END)
    assert [(end.id, end.units, end.base) for end in ends] == [
        ("cu", 0, None),
        ("lich", 3, None),
        ("xa", 2, "lich"),
        ("khac", 1, None),
    ]
    assert [end.id for end in ends if end.needs_days] == ["lich"]
