"""A year's days as the page shows them."""

from datetime import date

from contracts.directory import CalendarV1
from services.directory.domain.calendar_year import with_day, year_of

WEEK = [("07:30", "11:30")]
HOLIDAY: dict[str, object] = {"date": "2027-02-05", "kind": "holiday", "vi": "Tết", "en": "Tet", "shifts": []}
WORKED = {"date": "2027-02-13", "kind": "swapped_working_day", "vi": "Bù", "en": "Instead", "shifts": [["07:30", "11:30"]]}
CALENDAR = CalendarV1(
    id="c", name="C", weekly=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), WEEK), exceptions=[HOLIDAY, WORKED]
)


def test_every_day_of_the_year_stands_once_under_its_weekday() -> None:
    months = year_of(CALENDAR, 2028)
    days = [(column, day.date) for month in months for week in month.weeks for column, day in enumerate(week) if day]
    assert len({day for _, day in days}) == len(days) == 366
    assert all(column == day.weekday() for column, day in days)
    assert [month.number for month in months] == [*range(1, 13)]


def test_a_day_off_and_a_day_worked_instead_are_told_with_their_reason() -> None:
    february = year_of(CALENDAR, 2027)[1]
    assert [(day.date.day, day.open, day.kind, day.reason["vi"]) for day in february.exceptional] == [
        (5, False, "holiday", "Tết"),
        (13, True, "swapped_working_day", "Bù"),
    ]
    usual = {day.date.day: day.open for week in february.weeks for day in week if day and day.kind is None}
    assert (usual[4], usual[6]) == (True, False)


def test_a_day_is_replaced_and_not_doubled_and_a_base_keeps_its_own() -> None:
    other = HOLIDAY | {"vi": "Khác"}
    changed = with_day(CALENDAR, date(2027, 2, 5), other)
    assert changed.exceptions == [other, WORKED]
    assert changed.own_dates == []
    derived = CALENDAR.model_copy(update={"base": "b", "own_dates": [date(2027, 2, 13)]})
    assert with_day(derived, date(2027, 2, 5), other).own_dates == [date(2027, 2, 5), date(2027, 2, 13)]
    assert with_day(derived, date(2027, 2, 13), None).own_dates == []
