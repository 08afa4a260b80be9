"""Calendars and limits as data: what is right is read, what is wrong is refused with what to mend."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from tests.support.worktime_world import PROVINCE, at, province_data, with_saturday_desk
from worktime import (
    TIME_ZONE,
    Calendar,
    CalendarDays,
    CalendarError,
    DayException,
    ExceptionKind,
    Half,
    LimitError,
    Override,
    Params,
    SameDay,
    Shift,
    Transfer,
    WorkingDays,
    WorkingHours,
    arrive,
    by_decree,
    limit_from_data,
    override,
    promise,
    recount,
)


def _with(**changes: Any) -> dict[str, Any]:
    return province_data() | changes


def _excepting(**changes: Any) -> dict[str, Any]:
    entry = {"date": "2026-04-30", "kind": "holiday", "vi": "Thống nhất", "en": "Reunification", "shifts": []}
    return _with(exceptions=[entry | changes])


@pytest.mark.parametrize(
    ("data", "en"),
    [
        pytest.param([], "JSON object", id="not an object"),
        pytest.param(_with(id=7), "“id”", id="id of the wrong type"),
        pytest.param(_with(version=True), "“version”", id="version of the wrong type"),
        pytest.param(_with(weekly=[]), "“weekly”", id="week of the wrong type"),
        pytest.param({"id": "x", "version": 1, "weekly": {}}, "“exceptions”", id="no exceptions, or the key misspelt"),
        pytest.param(_with(weekly={"monday": []}), "monday", id="unknown weekday"),
        pytest.param(_with(weekly={"mon": [["7:30", "11:30"]]}), "mon: the shifts", id="hour of one digit"),
        pytest.param(_with(weekly={"mon": [["07:30", "24:01"]]}), "mon: the shifts", id="no such time"),
        pytest.param(_with(weekly={"mon": [["07:30"]]}), "mon: the shifts", id="half a shift"),
        pytest.param(_with(weekly={"mon": "07:30-11:30"}), "mon: the shifts", id="shifts as text"),
        pytest.param(_with(weekly={"mon": [["11:30", "07:30"]]}), "must end after it starts", id="backwards"),
        pytest.param(_with(weekly={"mon": [["07:30", "11:30"], ["11:00", "17:00"]]}), "mon: shift 11:00", id="overlap"),
        pytest.param(_with(weekly={"mon": [["13:30", "17:00"], ["07:30", "11:30"]]}), "out of order", id="order"),
        pytest.param(_with(counted=["saturday"]), "“counted”", id="counted weekday that is none"),
        pytest.param(_with(counted="sat"), "“counted”", id="counted weekdays as text"),
        pytest.param(_with(known_until="31/12/2026"), "like 2026-02-16", id="end in another form"),
        pytest.param(_with(exceptions=["2026-04-30"]), "exceptions[1]", id="exception as text"),
        pytest.param(_excepting(shift=[]), "exceptions[1]", id="misspelt key"),
        pytest.param(_excepting(date="30/04/2026"), "like 2026-02-16", id="date in another form"),
        pytest.param(_excepting(date="20260430"), "like 2026-02-16", id="date without dashes"),
        pytest.param(_excepting(kind="party"), "swapped_working_day", id="unknown kind"),
        pytest.param(_excepting(vi=" "), "exceptions[1]: An exceptional day needs a name", id="no name"),
        pytest.param(_excepting(en=None), "“en”", id="name of the wrong type"),
        pytest.param(_excepting(kind="changed_hours"), "at least one shift", id="working day without shifts"),
        pytest.param(_excepting(shifts=[["07:30", "11:30"]]), "day off", id="day off with shifts"),
        pytest.param(_with(exceptions=_excepting()["exceptions"] * 2), "exceptions[2]: the date 30/04/2026", id="twice"),
    ],
)
def test_bad_calendars_are_refused_with_what_to_mend(data: Any, en: str) -> None:
    with pytest.raises(CalendarError) as refused:
        Calendar.from_data(data)
    assert en in refused.value.en
    assert refused.value.vi != refused.value.en


def test_a_day_that_is_absent_is_a_day_of_rest_and_shifts_may_be_absent_on_a_day_off() -> None:
    off = {"date": "2026-04-30", "kind": "holiday", "vi": "Thống nhất", "en": "Reunification"}
    calendar = Calendar.from_data(
        {"id": "x", "version": 1, "weekly": {"thu": [["07:30", "11:30"]]}, "exceptions": [off], "title": "y"}
    )
    assert calendar.shifts_on(date(2026, 4, 23)) == (Shift(time(7, 30), time(11, 30)),)
    assert calendar.shifts_on(date(2026, 4, 24)) == ()
    assert calendar.shifts_on(date(2026, 4, 30)) == ()


def test_written_data_is_complete_and_sorted() -> None:
    data = province_data()
    shuffled = data | {"exceptions": data["exceptions"][::-1]}
    assert Calendar.from_data(shuffled).to_data() == data


def test_what_a_calendar_states_beside_its_days_is_written_out() -> None:
    rules = {
        "cutoff": "14:30",
        "late_moves_start": True,
        "from_arrival": False,
        "forwarding_days": 2,
        "cutoff_basis": "Quyết định 1",
    }
    stated = province_data() | {"counted": ["mon", "sat"], "known_until": "2027-06-30", "refuse_beyond": True, "rules": rules}
    assert Calendar.from_data(stated).to_data() == stated


def test_a_desk_has_opening_hours_on_days_that_do_not_count() -> None:
    desk, saturday = Calendar.from_data(with_saturday_desk()), date(2026, 3, 7)
    assert desk.open_on(saturday) == (Shift(time(7, 30), time(11, 30)),)
    assert desk.shifts_on(saturday) == ()
    assert desk.reason(saturday).code == "open_only"
    assert desk.next_open(at("2026-03-07 08:00")) == at("2026-03-07 08:00")
    assert desk.next_working(at("2026-03-07 08:00")) == at("2026-03-09 07:30")


def half_off(half: Half, day: str, week: list[list[str]]) -> tuple[Shift, ...]:
    data = _excepting(date=day, kind="local_closure", half=half.value) | {"weekly": {"thu": week}}
    return Calendar.from_data(data).open_on(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("half", "week", "left"),
    [
        pytest.param(Half.MORNING, [["07:30", "11:30"], ["13:30", "17:00"]], [("13:30", "17:00")], id="no morning"),
        pytest.param(Half.AFTERNOON, [["07:30", "11:30"], ["13:30", "17:00"]], [("07:30", "11:30")], id="no afternoon"),
        pytest.param(Half.MORNING, [["08:00", "16:00"]], [("12:00", "16:00")], id="through noon, no morning"),
        pytest.param(Half.AFTERNOON, [["08:00", "16:00"]], [("08:00", "12:00")], id="through noon, no afternoon"),
        pytest.param(Half.MORNING, [["08:00", "12:00"]], [], id="a morning that ends at noon is all off"),
        pytest.param(Half.AFTERNOON, [["12:00", "16:00"]], [], id="an afternoon that begins at noon is all off"),
    ],
)
def test_half_a_day_off_leaves_the_other_half_as_the_week_has_it(
    half: Half, week: list[list[str]], left: list[tuple[str, str]]
) -> None:
    shifts = tuple(Shift(time.fromisoformat(start), time.fromisoformat(end)) for start, end in left)
    assert half_off(half, "2026-04-30", week) == shifts


def test_a_half_is_written_out_where_there_is_one() -> None:
    data = Calendar.from_data(_excepting(half="morning")).to_data()
    assert data["exceptions"][0]["half"] == "morning"
    assert Calendar.from_data(data).to_data() == data
    assert "half" not in Calendar.from_data(_excepting()).to_data()["exceptions"][0]


def test_what_a_unit_keeps_otherwise_goes_before_what_it_shares() -> None:
    closed = DayException(ExceptionKind.LOCAL_CLOSURE, "kiểm kê", "stocktaking")
    hours = (Shift(time(8), time(16)),)
    own = Override(id="x", version=7, weekly={0: hours, 2: ()}, exceptions={date(2027, 3, 4): closed, date(2026, 2, 16): closed})
    whole = override(PROVINCE, own)
    assert (whole.id, whole.version) == ("x", 7)
    assert whole.open_on(date(2026, 3, 2)) == hours
    assert whole.open_on(date(2026, 3, 4)) == ()
    assert whole.open_on(date(2026, 3, 3)) == PROVINCE.open_on(date(2026, 3, 3))
    assert whole.reason(date(2026, 2, 16)).vi == "đóng cửa: kiểm kê"
    assert whole.reason(date(2026, 2, 17)) == PROVINCE.reason(date(2026, 2, 17))
    assert whole.last_known_day == PROVINCE.last_known_day == date(2026, 12, 31)


def test_rules_are_those_of_the_decree_in_force_unless_the_calendar_states_its_own() -> None:
    assert by_decree(date(2018, 6, 20)) == Params()
    assert by_decree(date(2018, 6, 21)).cutoff_basis == by_decree(date(2025, 6, 30)).cutoff_basis == "Nghị định 61/2018/NĐ-CP"
    assert by_decree(date(2025, 7, 1)).cutoff_basis == by_decree(date(2025, 7, 1)).out_of_area_basis == "Nghị định 118/2025/NĐ-CP"
    assert by_decree(date(2025, 6, 30)).out_of_area_basis is None
    assert PROVINCE.rules_on(date(2018, 6, 20)) == Params()
    own = Calendar.from_data(_with(rules={"cutoff": "16:00"}))
    assert own.rules_on(date(2018, 6, 20)) == own.rules_on(date(2026, 1, 1)) == Params(cutoff=time(16))


def test_a_calendar_s_own_rules_move_its_promises() -> None:
    own = Calendar.from_data(_with(rules={"cutoff": "16:00", "late_moves_start": True, "cutoff_basis": "Quyết định 1"}))
    in_time, late = (promise(own, at(f"2026-03-02 {clock}"), WorkingDays(1)) for clock in ("16:00", "16:01"))
    assert (in_time.moment, late.moment) == (at("2026-03-03 17:00"), at("2026-03-04 17:00"))
    assert (in_time.explanation.bases, late.explanation.bases) == ((), ("Quyết định 1",))
    assert recount(own, late) == late
    elsewhere = Calendar.from_data(_with(rules={"from_arrival": False}))
    given = promise(elsewhere, at("2026-03-02 16:00"), WorkingDays(1), transfer=Transfer(at("2026-03-09 08:00")))
    assert (given.moment, given.explanation.transfer) == (at("2026-03-03 17:00"), None)


def test_a_rule_without_a_value_is_not_stated() -> None:
    own = Calendar.from_data(_with(rules={"cutoff": None, "cutoff_basis": None, "forwarding_days": 30}))
    assert own.rules == Params(forwarding_days=30)


@pytest.mark.parametrize("days", [-1, 31])
def test_forwarding_takes_a_month_at_most(days: int) -> None:
    with pytest.raises(LimitError):
        Params(forwarding_days=days)


@pytest.mark.parametrize(
    ("accepted", "arrived", "bases"),
    [
        pytest.param("2026-03-02 15:01", None, ("ngoài địa bàn", "giờ chốt"), id="forwarded after the cut-off"),
        pytest.param("2026-03-02 15:00", None, ("ngoài địa bàn",), id="forwarded in time"),
        pytest.param("2026-03-02 09:00", "2026-03-03 15:01", ("ngoài địa bàn", "giờ chốt"), id="arrived after the cut-off"),
        pytest.param("2026-03-02 16:00", "2026-03-03 15:00", ("ngoài địa bàn",), id="arrived in time"),
        pytest.param("2026-03-02 09:00", "2026-03-02 09:00", ("ngoài địa bàn",), id="arrived at once"),
    ],
)
def test_every_rule_that_moved_the_start_is_named(accepted: str, arrived: str | None, bases: tuple[str, ...]) -> None:
    rules = Params(cutoff_basis="giờ chốt", out_of_area_basis="ngoài địa bàn")
    transfer = Transfer(None if arrived is None else at(arrived))
    assert promise(PROVINCE, at(accepted), SameDay(), params=rules, transfer=transfer).explanation.bases == bases


def test_late_reception_moves_calendar_days_where_the_rules_say_so() -> None:
    late = Params(late_moves_start=True)
    assert promise(PROVINCE, at("2026-03-02 15:01"), CalendarDays(1), params=late).moment == at("2026-03-04 17:00")
    assert promise(PROVINCE, at("2026-03-02 15:01"), CalendarDays(1)).moment == at("2026-03-03 17:00")


def test_what_was_received_where_it_is_decided_does_not_arrive() -> None:
    given = promise(PROVINCE, at("2026-03-02 09:00"), WorkingDays(1))
    assert arrive(PROVINCE, given, at("2026-03-05 09:00")) is given


def test_a_calendar_cannot_be_changed_from_outside() -> None:
    week = {0: (Shift(time(8), time(9)),)}
    closed = {date(2026, 3, 9): DayException(ExceptionKind.HOLIDAY, "nghỉ", "holiday")}
    calendar = Calendar(id="x", version=1, weekly=week, exceptions=closed)
    week.clear()
    closed.clear()
    assert calendar.shifts_on(date(2026, 3, 2))
    assert not calendar.shifts_on(date(2026, 3, 9))
    with pytest.raises(TypeError):
        calendar.weekly[0] = ()  # type: ignore[index]
    with pytest.raises(TypeError):
        calendar.exceptions[date(2026, 3, 2)] = calendar.exceptions[date(2026, 3, 9)]  # type: ignore[index]


def test_equal_calendars_have_equal_hashes() -> None:
    assert hash(PROVINCE) == hash(Calendar.from_data(province_data()))
    versions = [Calendar.from_data(province_data() | {"version": version}) for version in range(8)]
    others = [Calendar.from_data(province_data() | {"id": f"unit-{number}"}) for number in range(8)]
    assert len({hash(calendar) for calendar in (*versions, *others)}) > 8


def test_shifts_may_touch() -> None:
    week = {"mon": [["07:30", "11:30"], ["11:30", "17:00"]]}
    assert len(Calendar.from_data(_with(weekly=week)).shifts_on(date(2026, 3, 2))) == 2


def test_a_week_has_seven_days() -> None:
    with pytest.raises(CalendarError):
        Calendar(id="x", version=1, weekly={7: ()})
    with pytest.raises(CalendarError):
        Calendar(id="x", version=1, weekly={}, counted=frozenset({7}))


@pytest.mark.parametrize("start", [time(7, 30, 1), time(7, 30, tzinfo=UTC), time(7, 30, 0, 1)])
def test_shifts_are_in_whole_minutes_without_zone(start: time) -> None:
    with pytest.raises(CalendarError):
        Shift(start, time(11))


@pytest.mark.parametrize(
    ("kind", "vi", "reason"),
    [
        (ExceptionKind.HOLIDAY, "Nghỉ Tết Nguyên đán", "Nghỉ Tết Nguyên đán"),
        (ExceptionKind.LOCAL_CLOSURE, "Đóng cửa do bão", "Đóng cửa do bão"),
        (ExceptionKind.SUBSTITUTE_DAY_OFF, "Quốc khánh", "nghỉ bù: Quốc khánh"),
    ],
)
def test_a_name_that_tells_its_kind_is_not_told_twice(kind: ExceptionKind, vi: str, reason: str) -> None:
    assert DayException(kind, vi, "name").reason.vi == reason


def test_working_time_between_two_moments() -> None:
    assert PROVINCE.seconds_worked(at("2026-03-06 16:00"), at("2026-03-09 08:00")) == 1.5 * 3600
    assert PROVINCE.seconds_worked(at("2026-03-09 08:00"), at("2026-03-06 16:00")) == 0
    assert PROVINCE.seconds_worked(at("2026-03-09 11:00"), at("2026-03-09 14:00")) == 3600


@pytest.mark.parametrize(
    ("data", "limit"),
    [
        ({"kind": "working_days", "amount": 5}, WorkingDays(5)),
        ({"kind": "calendar_days", "amount": 30}, CalendarDays(30)),
        ({"kind": "working_hours", "amount": 16}, WorkingHours(16)),
        ({"kind": "same_day"}, SameDay()),
        ({"kind": "same_day", "cutoff": "14:30"}, SameDay(time(14, 30))),
    ],
)
def test_limits_are_read(data: dict[str, Any], limit: object) -> None:
    assert limit_from_data(data) == limit


@pytest.mark.parametrize(
    "data",
    [
        {},
        [],
        None,
        {"kind": "weeks", "amount": 1},
        {"kind": "working_days"},
        {"kind": "working_days", "amount": 0},
        {"kind": "calendar_days", "amount": 0},
        {"kind": "calendar_days", "amount": 1_001},
        {"kind": "calendar_days", "amount": 5, "unit": "d"},
        {"kind": "working_days", "amount": 1_001},
        {"kind": "working_days", "amount": True},
        {"kind": "working_days", "amount": "5"},
        {"kind": "working_days", "amount": 5, "unit": "d"},
        {"kind": "working_hours", "amount": 8_001},
        {"kind": "working_hours", "amount": 1.5},
        {"kind": "same_day", "amount": 1},
        {"kind": "same_day", "cutoff": "3 pm"},
        {"kind": "same_day", "cutoff": 15},
    ],
)
def test_bad_limits_are_refused(data: Any) -> None:
    with pytest.raises(LimitError) as refused:
        limit_from_data(data)
    assert refused.value.vi != refused.value.en


def test_a_cut_off_is_in_whole_minutes() -> None:
    for build in (Params, SameDay):
        with pytest.raises(LimitError):
            build(cutoff=time(15, 0, 30))


def lonely(*days: date) -> Calendar:
    """A calendar that works on these days only, from 8:00 to 9:00."""
    hour = (Shift(time(8), time(9)),)
    made_up = DayException(ExceptionKind.SWAPPED_WORKING_DAY, "một", "one", hour)
    return Calendar(id="x", version=1, weekly={}, exceptions=dict.fromkeys(days, made_up))


def test_two_years_of_rest_are_walked_and_not_a_day_more() -> None:
    opening = datetime(2029, 3, 3, 8, tzinfo=TIME_ZONE)
    calendar = lonely(opening.date())
    assert calendar.next_working(opening - timedelta(days=2 * 366)) == opening
    with pytest.raises(CalendarError):
        calendar.next_working(opening - timedelta(days=2 * 366 + 1))


def test_rest_is_counted_anew_after_every_working_day() -> None:
    first = date(2026, 3, 2)
    second = first + timedelta(days=2 * 366 + 1)
    assert promise(lonely(first, second), at("2026-03-02 08:30"), WorkingHours(1)).moment.date() == second
    mondays = Calendar(id="x", version=1, weekly={0: (Shift(time(8), time(9)),)})
    assert promise(mondays, at("2026-03-02 08:30"), WorkingDays(200)).moment.date() == first + timedelta(weeks=200)
