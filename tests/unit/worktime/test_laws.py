"""Laws that hold for every calendar, limit and moment."""

import json
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support.worktime_world import calendars, cutoffs, dates, day_limits, hour_limits, limits, moments, params
from worktime import (
    Calendar,
    CalendarDays,
    DayException,
    ExceptionKind,
    Explanation,
    Limit,
    Owed,
    Params,
    Promise,
    SameDay,
    Shift,
    Transfer,
    WorkingDays,
    WorkingHours,
    arrive,
    limit_from_data,
    limit_to_data,
    promise,
    recount,
    resume,
)

spans = st.integers(0, 40 * 24 * 3600).map(lambda seconds: timedelta(seconds=seconds))


def days_from(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def assert_explains(calendar: Calendar, given_promise: Promise) -> None:
    explanation = given_promise.explanation
    assert [entry.day for entry in explanation.entries] == days_from(explanation.accepted_at.date(), explanation.end.date())
    counted = [entry for entry in explanation.entries if entry.number is not None]
    assert [entry.number for entry in counted] == list(range(1, len(counted) + 1))
    assert isinstance(explanation.limit, CalendarDays) or all(calendar.shifts_on(entry.day) for entry in counted)
    match explanation.limit:
        case WorkingDays(amount) | CalendarDays(amount):
            assert len(counted) == amount
        case SameDay():
            assert len(counted) == 1
        case WorkingHours(amount):
            assert sum(entry.seconds for entry in explanation.entries) == amount * 3600
            assert all((entry.seconds > 0) == (entry.number is not None) for entry in explanation.entries)


@given(calendars(), moments, limits, params)
def test_the_moment_is_working_time_of_a_working_day(calendar: Calendar, accepted: datetime, limit: Limit, rules: Params) -> None:
    moment = promise(calendar, accepted, limit, params=rules).moment
    assert any(shift.start < moment.time() <= shift.end for shift in calendar.shifts_on(moment.date()))
    assert moment > accepted


@given(calendars(), moments, limits, params)
def test_every_day_is_explained_once_and_the_counted_ones_make_up_the_limit(
    calendar: Calendar, accepted: datetime, limit: Limit, rules: Params
) -> None:
    assert_explains(calendar, promise(calendar, accepted, limit, params=rules))


@given(calendars(), moments, day_limits)
def test_working_days_are_those_after_reception_until_the_last_closes(
    calendar: Calendar, accepted: datetime, limit: WorkingDays
) -> None:
    given_promise = promise(calendar, accepted, limit)
    start, moment = given_promise.explanation.start, given_promise.moment
    assert limit.amount == sum(bool(calendar.shifts_on(day)) for day in days_from(start.date(), moment.date())[1:])
    assert moment.time() == calendar.shifts_on(moment.date())[-1].end
    assert calendar.seconds_worked(accepted, start) == 0
    assert calendar.days_worked(start.date(), moment.date()) == limit.amount


@given(calendars(), moments, hour_limits)
def test_working_hours_are_the_working_time_until_the_moment(calendar: Calendar, accepted: datetime, limit: WorkingHours) -> None:
    moment = promise(calendar, accepted, limit).moment
    assert calendar.seconds_worked(accepted, moment) == limit.amount * 3600
    assert calendar.seconds_worked(accepted, moment - timedelta(seconds=1)) == limit.amount * 3600 - 1


@given(
    calendar=calendars(),
    accepted=moments,
    kind=st.sampled_from([WorkingDays, CalendarDays, WorkingHours]),
    amount=st.integers(1, 40),
    more=st.integers(1, 10),
    rules=params,
)
def test_a_longer_limit_ends_later(
    *,
    calendar: Calendar,
    accepted: datetime,
    kind: type[WorkingDays] | type[CalendarDays] | type[WorkingHours],
    amount: int,
    more: int,
    rules: Params,
) -> None:
    shorter = promise(calendar, accepted, kind(amount), params=rules)
    longer = promise(calendar, accepted, kind(amount + more), params=rules)
    assert shorter.moment < longer.moment or (kind is CalendarDays and shorter.moment == longer.moment)


@given(calendars(), moments, spans, limits, params)
def test_what_comes_later_is_never_due_earlier(
    calendar: Calendar, accepted: datetime, later: timedelta, limit: Limit, rules: Params
) -> None:
    first = promise(calendar, accepted, limit, params=rules)
    assert first.moment <= promise(calendar, accepted + later, limit, params=rules).moment


@given(calendars(), moments, limits, params, dates)
def test_one_more_holiday_never_makes_it_earlier(
    calendar: Calendar, accepted: datetime, limit: Limit, rules: Params, day: date
) -> None:
    holiday = DayException(ExceptionKind.HOLIDAY, "thêm", "one more")
    closed = replace(calendar, exceptions={**calendar.exceptions, day: holiday})
    assert promise(calendar, accepted, limit, params=rules).moment <= promise(closed, accepted, limit, params=rules).moment


@given(calendars())
def test_a_calendar_survives_its_journey_as_json(calendar: Calendar) -> None:
    again = Calendar.from_data(json.loads(json.dumps(calendar.to_data())))
    assert again == calendar
    assert again.to_data() == calendar.to_data()


@given(limits | cutoffs.map(SameDay))
def test_a_limit_survives_its_journey_as_json(limit: Limit) -> None:
    assert limit_from_data(json.loads(json.dumps(limit_to_data(limit)))) == limit


@given(
    calendar=calendars(),
    accepted=moments,
    limit=limits,
    rules=params,
    wait=spans,
    length=spans,
    owed=st.sampled_from(Owed),
)
def test_an_explanation_survives_its_journey_as_json(
    *, calendar: Calendar, accepted: datetime, limit: Limit, rules: Params, wait: timedelta, length: timedelta, owed: Owed
) -> None:
    paused = accepted + wait
    explanation = resume(
        calendar, promise(calendar, accepted, limit, params=rules), paused, paused + length, owed=owed
    ).explanation
    again = Explanation.from_data(json.loads(json.dumps(explanation.to_data())))
    assert again == explanation
    assert again.lines("vi") == explanation.lines("vi")


@given(
    calendar=calendars(),
    accepted=moments,
    limit=limits,
    rules=params,
    wait=spans,
    length=spans,
    second_wait=spans,
    second_length=spans,
)
def test_a_pause_never_makes_it_earlier_and_is_explained(
    *,
    calendar: Calendar,
    accepted: datetime,
    limit: Limit,
    rules: Params,
    wait: timedelta,
    length: timedelta,
    second_wait: timedelta,
    second_length: timedelta,
) -> None:
    first = promise(calendar, accepted, limit, params=rules)
    resumed_at = accepted + wait + length
    second = resume(calendar, first, accepted + wait, resumed_at)
    paused_again = resumed_at + second_wait
    third = resume(calendar, second, paused_again, paused_again + second_length)
    assert first.moment <= second.moment <= third.moment
    assert_explains(calendar, second)
    assert_explains(calendar, third)
    assert len(third.explanation.pauses) == (length > timedelta()) + (second_length > timedelta())


@given(calendars(), moments, limits, params, spans)
def test_a_pause_of_no_length_changes_nothing(
    calendar: Calendar, accepted: datetime, limit: Limit, rules: Params, wait: timedelta
) -> None:
    given_promise = promise(calendar, accepted, limit, params=rules)
    assert resume(calendar, given_promise, accepted + wait, accepted + wait) == given_promise


@given(calendars(), moments, limits, params, spans)
def test_a_pause_until_the_next_shift_begins_leaves_the_moment_alone(
    calendar: Calendar, accepted: datetime, limit: Limit, rules: Params, wait: timedelta
) -> None:
    given_promise = promise(calendar, accepted, limit, params=rules)
    paused = accepted + wait
    until = calendar.next_working(paused)
    assert resume(calendar, given_promise, paused, until).moment == given_promise.moment


@given(calendar=calendars(), accepted=moments, limit=limits, rules=params, wait=spans, length=spans, longer=spans)
def test_a_longer_pause_never_ends_earlier(
    *,
    calendar: Calendar,
    accepted: datetime,
    limit: Limit,
    rules: Params,
    wait: timedelta,
    length: timedelta,
    longer: timedelta,
) -> None:
    given_promise = promise(calendar, accepted, limit, params=rules)
    paused = accepted + wait
    short = resume(calendar, given_promise, paused, paused + length)
    assert short.moment <= resume(calendar, given_promise, paused, paused + length + longer).moment


@given(calendar=calendars(), accepted=moments, limit=limits, rules=params, wait=spans, length=spans, more=spans)
def test_two_pauses_in_a_row_are_one(
    *, calendar: Calendar, accepted: datetime, limit: Limit, rules: Params, wait: timedelta, length: timedelta, more: timedelta
) -> None:
    given_promise = promise(calendar, accepted, limit, params=rules)
    paused = accepted + wait
    between, resumed = paused + length, paused + length + more
    first = resume(calendar, given_promise, paused, between)
    second = resume(calendar, first, between, resumed, owed=Owed.MONEY)
    assert second.moment == resume(calendar, given_promise, paused, resumed).moment


@given(calendars(), moments, limits, params, spans)
def test_a_night_within_a_pause_changes_nothing_that_the_pause_had_not(
    calendar: Calendar, accepted: datetime, limit: Limit, rules: Params, wait: timedelta
) -> None:
    """The clock goes on and stands still again before any working time has passed, and then only until the next begins."""
    paused = accepted + wait
    held = resume(calendar, promise(calendar, accepted, limit, params=rules), paused, paused + timedelta(hours=3))
    again = paused + timedelta(hours=3)
    assert resume(calendar, held, again, calendar.next_working(again)).moment == held.moment


@given(calendar=calendars(), accepted=moments, limit=limits, rules=params, way=spans, longer=spans)
def test_what_arrives_later_is_never_due_earlier(
    *, calendar: Calendar, accepted: datetime, limit: Limit, rules: Params, way: timedelta, longer: timedelta
) -> None:
    arrived = accepted + way
    first = promise(calendar, accepted, limit, params=rules, transfer=Transfer(arrived))
    later = promise(calendar, accepted, limit, params=rules, transfer=Transfer(arrived + longer))
    assert promise(calendar, accepted, limit, params=rules).moment <= first.moment <= later.moment
    assert_explains(calendar, later)


@given(calendar=calendars(), accepted=moments, limit=limits, rules=params, way=spans, wait=spans, length=spans)
def test_an_arrival_is_as_if_it_had_been_known_from_the_beginning(
    *, calendar: Calendar, accepted: datetime, limit: Limit, rules: Params, way: timedelta, wait: timedelta, length: timedelta
) -> None:
    expected = promise(calendar, accepted, limit, params=rules, transfer=Transfer())
    paused = accepted + wait
    held = resume(calendar, expected, paused, paused + length)
    known = promise(calendar, accepted, limit, params=rules, transfer=Transfer(accepted + way))
    assert arrive(calendar, held, accepted + way, params=rules) == resume(calendar, known, paused, paused + length)
    assert_explains(calendar, held)


@given(calendars(), moments, hour_limits, spans, spans)
def test_hours_left_at_the_stop_are_the_hours_left_at_the_resumption(
    calendar: Calendar, accepted: datetime, limit: WorkingHours, wait: timedelta, length: timedelta
) -> None:
    given_promise = promise(calendar, accepted, limit)
    paused = accepted + wait
    assume(paused < given_promise.moment)
    moment = resume(calendar, given_promise, paused, paused + length).moment
    left = calendar.seconds_worked(paused, given_promise.moment)
    assert calendar.seconds_worked(paused + length, moment) == left


@given(calendar=calendars(), newer=calendars(), accepted=moments, limit=limits, wait=spans, length=spans)
def test_a_newer_calendar_may_differ_in_anything(
    *, calendar: Calendar, newer: Calendar, accepted: datetime, limit: Limit, wait: timedelta, length: timedelta
) -> None:
    paused = accepted + wait
    explanation = resume(newer, promise(calendar, accepted, limit), paused, paused + length).explanation
    assert [entry.day for entry in explanation.entries] == days_from(explanation.accepted_at.date(), explanation.end.date())
    assert explanation.lines("en")


@given(calendars(), moments, limits, st.frozensets(st.integers(0, 6)))
def test_a_desk_open_on_days_that_do_not_count_moves_no_promise_of_what_came_in_on_those_that_do(
    calendar: Calendar, accepted: datetime, limit: Limit, desk: frozenset[int]
) -> None:
    """More opening hours on other days: what is received in counted time is due when it was."""
    accepted = calendar.next_working(accepted)
    whole_day = (Shift(time(0), time(23, 59)),)
    uncounted = dict.fromkeys(desk - (calendar.counted or frozenset()), whole_day)
    longer = replace(calendar, weekly={**calendar.weekly, **uncounted})
    assert promise(longer, accepted, limit).moment == promise(calendar, accepted, limit).moment


@given(calendars(), moments, limits, params)
def test_a_promise_is_provisional_just_when_it_ends_past_what_the_calendar_knows(
    calendar: Calendar, accepted: datetime, limit: Limit, rules: Params
) -> None:
    given_promise = promise(calendar, accepted, limit, params=rules)
    explanation, last = given_promise.explanation, calendar.last_known_day
    assert explanation.known_until == last
    assert explanation.provisional == (last is None or given_promise.moment.date() > last)
    assert len(explanation.lines("vi")) == len(replace(explanation, provisional=False).lines("vi")) + explanation.provisional


@given(calendar=calendars(), accepted=moments, limit=limits, wait=spans, length=spans, newer=calendars(), rules=params)
def test_a_promise_counted_again_by_a_later_calendar_is_the_one_that_it_would_have_given(
    *, calendar: Calendar, accepted: datetime, limit: Limit, wait: timedelta, length: timedelta, newer: Calendar, rules: Params
) -> None:
    paused = accepted + wait
    held = resume(calendar, promise(calendar, accepted, limit, params=rules), paused, paused + length, owed=Owed.MONEY)
    assert recount(calendar, held, params=rules) == held
    anew = resume(newer, promise(newer, accepted, limit, params=rules), paused, paused + length, owed=Owed.MONEY)
    assert recount(newer, held, params=rules) == anew


@given(calendars(), dates, dates)
def test_counted_days_add_up(calendar: Calendar, first: date, second: date) -> None:
    start, end = sorted((first, second))
    worked = [day for day in days_from(start, end) if calendar.shifts_on(day)]
    assert calendar.days_worked(start - timedelta(days=1), end) == len(worked)
    assert calendar.days_worked(end, start) == 0
