"""Named days of 2026, as a clerk would count them on a wall calendar."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests.support.worktime_world import PROVINCE, at, province_data, with_saturday_desk, with_saturday_mornings
from worktime import Calendar, CalendarError, MomentError, Params, SameDay, WorkingDays, WorkingHours, promise, recount, resume

LATE_MOVES = Params(late_moves_start=True)


@pytest.mark.parametrize(
    ("accepted", "days", "due"),
    [
        pytest.param("2026-03-02 09:00", 5, "2026-03-09 17:00", id="over a weekend"),
        pytest.param("2026-02-13 09:00", 1, "2026-02-23 17:00", id="Friday before Tết"),
        pytest.param("2026-02-12 16:59", 5, "2026-02-26 17:00", id="over Tết"),
        pytest.param("2026-02-18 10:00", 1, "2026-02-24 17:00", id="on a day of Tết counts as the morning after"),
        pytest.param("2026-03-01 10:00", 1, "2026-03-03 17:00", id="on a Sunday counts as Monday morning"),
        pytest.param("2025-12-31 09:00", 1, "2026-01-05 17:00", id="over a substitute day off"),
        pytest.param("2026-01-09 09:00", 1, "2026-01-10 17:00", id="the swapped Saturday is counted"),
        pytest.param("2026-01-10 09:00", 1, "2026-01-12 17:00", id="accepted on the swapped Saturday"),
        pytest.param("2026-11-23 09:00", 1, "2026-11-25 17:00", id="24 November is a holiday from 2026"),
        pytest.param("2026-09-04 09:00", 1, "2026-09-08 11:00", id="closed by a storm, then shorter hours"),
        pytest.param("2026-03-02 17:00", 1, "2026-03-04 17:00", id="the end of the last shift is after hours"),
        pytest.param("2026-03-02 16:59:59", 1, "2026-03-03 17:00", id="a second before it is not"),
        pytest.param("2026-03-02 23:59:59", 1, "2026-03-04 17:00", id="just before midnight"),
        pytest.param("2026-03-03 00:00", 1, "2026-03-04 17:00", id="at midnight"),
        pytest.param("2026-03-02 15:01", 1, "2026-03-03 17:00", id="the cut-off does not move working days by default"),
    ],
)
def test_working_days(accepted: str, days: int, due: str) -> None:
    assert promise(PROVINCE, at(accepted), WorkingDays(days)).moment == at(due)


@pytest.mark.parametrize(
    ("accepted", "due"),
    [
        pytest.param("2026-03-02 08:00", "2026-03-02 17:00", id="in the morning"),
        pytest.param("2026-03-02 15:00", "2026-03-02 17:00", id="15:00 sharp is in time"),
        pytest.param("2026-03-02 15:00:01", "2026-03-03 17:00", id="a second later is not"),
        pytest.param("2026-03-02 15:01", "2026-03-03 17:00", id="15:01"),
        pytest.param("2026-03-06 15:01", "2026-03-09 17:00", id="15:01 on a Friday"),
        pytest.param("2026-03-02 17:30", "2026-03-03 17:00", id="in the evening"),
        pytest.param("2026-03-01 16:00", "2026-03-02 17:00", id="on a Sunday afternoon is in time for Monday"),
        pytest.param("2026-02-13 15:01", "2026-02-23 17:00", id="15:01 on the eve of Tết"),
    ],
)
def test_same_day(accepted: str, due: str) -> None:
    assert promise(PROVINCE, at(accepted), SameDay()).moment == at(due)


def test_the_cut_off_is_a_parameter_and_a_procedure_may_have_its_own() -> None:
    early = Params(cutoff=time(10, 0))
    assert promise(PROVINCE, at("2026-03-02 10:30"), SameDay(), params=early).moment == at("2026-03-03 17:00")
    assert promise(PROVINCE, at("2026-03-02 10:30"), SameDay(time(11, 0)), params=early).moment == at("2026-03-02 17:00")


def test_late_reception_moves_working_days_only_where_the_province_says_so() -> None:
    assert promise(PROVINCE, at("2026-03-02 15:01"), WorkingDays(1), params=LATE_MOVES).moment == at("2026-03-04 17:00")
    assert promise(PROVINCE, at("2026-03-02 15:00"), WorkingDays(1), params=LATE_MOVES).moment == at("2026-03-03 17:00")
    hours = promise(PROVINCE, at("2026-03-02 15:01"), WorkingHours(1), params=LATE_MOVES)
    assert hours.moment == at("2026-03-02 16:01")


@pytest.mark.parametrize(
    ("accepted", "hours", "due"),
    [
        pytest.param("2026-03-02 08:00", 3, "2026-03-02 11:00", id="inside one shift"),
        pytest.param("2026-03-02 08:30", 3, "2026-03-02 11:30", id="ends with the shift, not when the next begins"),
        pytest.param("2026-03-02 11:00", 1, "2026-03-02 14:00", id="over lunch"),
        pytest.param("2026-03-02 12:00", 1, "2026-03-02 14:30", id="received at lunch"),
        pytest.param("2026-03-06 16:00", 2, "2026-03-09 08:30", id="over a weekend"),
        pytest.param("2026-02-13 16:30", 16, "2026-02-25 08:00", id="over Tết"),
    ],
)
def test_working_hours(accepted: str, hours: int, due: str) -> None:
    assert promise(PROVINCE, at(accepted), WorkingHours(hours)).moment == at(due)


def test_a_saturday_morning_is_a_working_day_where_the_calendar_says_so() -> None:
    calendar = with_saturday_mornings()
    assert promise(calendar, at("2026-03-06 09:00"), WorkingDays(1)).moment == at("2026-03-07 11:30")
    assert promise(calendar, at("2026-03-07 09:00"), SameDay()).moment == at("2026-03-07 11:30")
    assert promise(calendar, at("2026-03-07 11:30"), SameDay()).moment == at("2026-03-09 17:00")


@pytest.mark.parametrize(
    ("accepted", "limit", "due"),
    [
        pytest.param("2026-03-06 09:00", WorkingDays(1), "2026-03-09 17:00", id="in on Friday, the Saturday is not counted"),
        pytest.param(
            "2026-03-07 09:00", WorkingDays(1), "2026-03-09 17:00", id="in on Saturday is received, Monday is the first"
        ),
        pytest.param("2026-03-07 12:00", WorkingDays(1), "2026-03-10 17:00", id="after the desk has closed it counts for Monday"),
        pytest.param("2026-03-06 17:30", WorkingDays(1), "2026-03-09 17:00", id="Friday evening counts for the Saturday desk"),
        pytest.param("2026-03-06 16:00", WorkingHours(2), "2026-03-09 08:30", id="hours do not run on it either"),
        pytest.param("2026-03-07 09:00", WorkingHours(1), "2026-03-09 08:30", id="hours begin on Monday"),
        pytest.param("2026-03-07 09:00", SameDay(), "2026-03-09 17:00", id="the same day ends on the next one that counts"),
        pytest.param("2026-01-09 09:00", WorkingDays(1), "2026-01-10 17:00", id="a make-up Saturday counts all the same"),
    ],
)
def test_a_desk_open_on_saturday_morning_does_not_make_it_a_working_day(
    accepted: str, limit: WorkingDays | WorkingHours | SameDay, due: str
) -> None:
    assert promise(Calendar.from_data(with_saturday_desk()), at(accepted), limit).moment == at(due)


def test_a_clock_stopped_on_an_uncounted_saturday_goes_on_from_monday() -> None:
    desk = Calendar.from_data(with_saturday_desk())
    given = promise(desk, at("2026-03-06 09:00"), WorkingDays(2))
    assert resume(desk, given, at("2026-03-07 09:00"), at("2026-03-09 07:30")).moment == given.moment
    assert resume(desk, given, at("2026-03-07 09:00"), at("2026-03-14 09:00")).moment == at("2026-03-17 17:00")


def test_late_reception_on_an_uncounted_saturday_is_not_late() -> None:
    data = with_saturday_desk()
    whole = Calendar.from_data(data | {"weekly": data["weekly"] | {"sat": [["07:30", "17:00"]]}})
    assert promise(whole, at("2026-03-07 16:00"), WorkingDays(1), params=LATE_MOVES).moment == at("2026-03-09 17:00")


def test_a_promise_beyond_the_end_of_the_calendar_is_provisional() -> None:
    within = promise(PROVINCE, at("2026-12-30 09:00"), WorkingDays(1))
    beyond = promise(PROVINCE, at("2026-12-31 09:00"), WorkingDays(1))
    assert (within.moment, within.explanation.provisional) == (at("2026-12-31 17:00"), False)
    assert (beyond.moment, beyond.explanation.provisional) == (at("2027-01-01 17:00"), True)
    assert beyond.explanation.known_until == date(2026, 12, 31)
    assert beyond.explanation.lines("en")[-1].startswith("This date is provisional: calendar “province”")
    assert "31/12/2026" in beyond.explanation.lines("vi")[-1]


def test_a_provisional_promise_comes_right_when_the_calendar_does() -> None:
    beyond = promise(PROVINCE, at("2026-12-31 09:00"), WorkingDays(1))
    new_year = {"date": "2027-01-01", "kind": "holiday", "vi": "Tết Dương lịch", "en": "New Year", "shifts": []}
    longer = Calendar.from_data(province_data() | {"version": 4, "exceptions": [*province_data()["exceptions"], new_year]})
    right = recount(longer, beyond)
    assert (right.moment, right.explanation.provisional) == (at("2027-01-04 17:00"), False)
    assert right.explanation.calendar_version == 4


def test_a_calendar_says_until_when_it_is_known() -> None:
    stated = Calendar.from_data(province_data() | {"known_until": "2026-03-31"})
    assert promise(stated, at("2026-03-30 09:00"), WorkingDays(1)).explanation.provisional is False
    assert promise(stated, at("2026-03-31 09:00"), WorkingDays(1)).explanation.provisional is True
    untold = promise(Calendar.from_data(province_data() | {"exceptions": []}), at("2026-03-30 09:00"), WorkingDays(1))
    assert (untold.explanation.known_until, untold.explanation.provisional) == (None, True)
    assert "chưa ghi ngày nghỉ nào" in untold.explanation.lines("vi")[-1]
    assert "lists no days off" in untold.explanation.lines("en")[-1]


def test_a_calendar_may_refuse_to_promise_beyond_its_end() -> None:
    strict = Calendar.from_data(province_data() | {"refuse_beyond": True})
    within = promise(strict, at("2026-12-30 09:00"), WorkingDays(1))
    assert within.moment == at("2026-12-31 17:00")
    with pytest.raises(CalendarError, match="known_until"):
        promise(strict, at("2026-12-31 09:00"), WorkingDays(1))
    with pytest.raises(CalendarError, match="does not know any day"):
        promise(Calendar.from_data(strict.to_data() | {"exceptions": []}), at("2026-03-30 09:00"), WorkingDays(1))
    shorter = Calendar.from_data(strict.to_data() | {"known_until": "2026-03-31"})
    assert recount(shorter, within).explanation.provisional


def test_any_time_zone_is_understood_and_the_date_is_that_of_vietnam() -> None:
    after_midnight_in_vietnam = datetime(2026, 3, 2, 17, 30, tzinfo=UTC)
    given = promise(PROVINCE, after_midnight_in_vietnam, SameDay())
    assert given.explanation.accepted_at.date() == date(2026, 3, 3)
    assert given.moment == at("2026-03-03 17:00")
    assert given.moment.utcoffset() == timedelta(hours=7)


def test_fractions_of_a_second_are_dropped() -> None:
    accepted = at("2026-03-02 15:00") + timedelta(microseconds=900_000)
    assert promise(PROVINCE, accepted, SameDay()).moment == at("2026-03-02 17:00")


def test_a_moment_without_zone_is_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match="time zone"):
        promise(PROVINCE, at("2026-03-02 09:00").replace(tzinfo=None), SameDay())


@pytest.mark.parametrize("year", [1, 1999, 2200, 9999])
def test_a_mistyped_year_is_refused(year: int) -> None:
    with pytest.raises(MomentError) as refused:
        promise(PROVINCE, datetime(year, 1, 1, tzinfo=UTC), WorkingDays(1))
    assert "kiểm tra" in refused.value.vi


@pytest.mark.parametrize("year", [2000, 2199])
def test_the_first_and_the_last_year_are_served(year: int) -> None:
    assert promise(PROVINCE, datetime(year, 6, 3, 2, tzinfo=UTC), WorkingDays(1)).moment.year == year


def test_a_calendar_without_working_time_is_refused_not_searched_for_ever() -> None:
    data = province_data() | {"weekly": {}}
    with pytest.raises(CalendarError) as refused:
        promise(Calendar.from_data(data), at("2026-12-01 09:00"), SameDay())
    assert "province" in refused.value.vi
    assert "province" in refused.value.en


def test_a_working_day_nearly_two_years_away_is_still_found() -> None:
    lonely = {
        "date": "2028-11-30",
        "kind": "swapped_working_day",
        "vi": "một ngày",
        "en": "one day",
        "shifts": [["08:00", "09:00"]],
    }
    calendar = Calendar.from_data(province_data() | {"weekly": {}, "exceptions": [lonely]})
    assert promise(calendar, at("2026-12-01 09:00"), SameDay()).moment == at("2028-11-30 09:00")
    with pytest.raises(CalendarError):
        promise(calendar, at("2026-12-01 09:00"), WorkingDays(1))


def test_a_working_day_three_years_away_is_not_waited_for() -> None:
    far = {"date": "2029-11-30", "kind": "swapped_working_day", "vi": "một ngày", "en": "one day", "shifts": [["08:00", "09:00"]]}
    calendar = Calendar.from_data(province_data() | {"weekly": {}, "exceptions": [far]})
    with pytest.raises(CalendarError):
        promise(calendar, at("2026-12-01 09:00"), SameDay())


def test_a_limit_that_would_take_decades_is_refused() -> None:
    minute_a_week = Calendar.from_data(province_data() | {"weekly": {"mon": [["08:00", "08:01"]]}})
    with pytest.raises(CalendarError):
        promise(minute_a_week, at("2026-12-01 09:00"), WorkingHours(8_000))
