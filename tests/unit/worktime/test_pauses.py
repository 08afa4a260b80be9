"""The clock stands still while papers or money are owed."""

import pytest

from tests.support.worktime_world import PROVINCE, at, province_data, with_saturday_mornings
from worktime import Calendar, Explanation, Limit, Owed, Params, PauseError, SameDay, WorkingDays, WorkingHours, promise, resume


@pytest.mark.parametrize(
    ("paused", "resumed", "due"),
    [
        # Accepted on Monday 2 March for five working days: due on Monday 9 March.
        pytest.param("2026-03-04 10:00", "2026-03-12 10:00", "2026-03-17 17:00", id="three whole days were left"),
        pytest.param("2026-03-04 10:00", "2026-03-12 16:00", "2026-03-17 17:00", id="the hour of the day does not matter"),
        pytest.param("2026-03-02 10:00", "2026-03-03 10:00", "2026-03-10 17:00", id="on the day of reception"),
        pytest.param("2026-03-04 08:00", "2026-03-04 16:00", "2026-03-09 17:00", id="within one day"),
        pytest.param("2026-03-07 08:00", "2026-03-08 20:00", "2026-03-09 17:00", id="within the weekend"),
        pytest.param("2026-03-09 10:00", "2026-03-16 10:00", "2026-03-16 17:00", id="on the last day, as much is left"),
        pytest.param("2026-03-09 10:00", "2026-03-16 16:55", "2026-03-17 17:00", id="on the last day, five minutes are left"),
        pytest.param("2026-03-09 16:55", "2026-03-16 08:00", "2026-03-16 17:00", id="on the last day, more is left"),
        pytest.param("2026-03-09 17:00", "2026-03-16 08:00", "2026-03-09 17:00", id="begun when it was due: adds nothing"),
        pytest.param("2026-03-10 09:00", "2026-03-16 08:00", "2026-03-09 17:00", id="begun when overdue: adds nothing"),
    ],
)
def test_working_days(paused: str, resumed: str, due: str) -> None:
    given = promise(PROVINCE, at("2026-03-02 09:00"), WorkingDays(5))
    assert given.moment == at("2026-03-09 17:00")
    assert resume(PROVINCE, given, at(paused), at(resumed)).moment == at(due)


def test_same_day_with_less_time_left_goes_on_to_the_next_working_day() -> None:
    given = promise(PROVINCE, at("2026-03-02 08:00"), SameDay())
    assert resume(PROVINCE, given, at("2026-03-02 08:00"), at("2026-03-06 08:00")).moment == at("2026-03-06 17:00")
    late = resume(PROVINCE, given, at("2026-03-02 08:00"), at("2026-03-06 08:01"))
    assert late.moment == at("2026-03-09 17:00")
    assert "ít hơn lúc tạm dừng — không tính" in late.explanation.lines("vi")[3]


def test_a_short_saturday_is_a_next_working_day_too() -> None:
    calendar = with_saturday_mornings()
    given = promise(calendar, at("2026-03-02 08:00"), SameDay())
    assert resume(calendar, given, at("2026-03-02 08:00"), at("2026-03-06 16:00")).moment == at("2026-03-07 11:30")


@pytest.mark.parametrize("limit", [SameDay(), WorkingDays(1)])
def test_a_pause_between_late_reception_and_the_day_it_counts_for_takes_nothing_away(limit: Limit) -> None:
    given = promise(PROVINCE, at("2026-03-02 15:30"), limit, params=Params(late_moves_start=True))
    assert resume(PROVINCE, given, at("2026-03-02 15:40"), at("2026-03-02 16:30")).moment == given.moment


def test_two_days_of_resumption_side_by_side_stay_apart() -> None:
    given = promise(PROVINCE, at("2026-03-02 09:00"), WorkingDays(1))
    after = resume(PROVINCE, given, at("2026-03-02 10:00"), at("2026-03-03 10:00"))
    explanation = resume(PROVINCE, after, at("2026-03-04 11:30"), at("2026-03-04 13:30")).explanation
    assert [entry.number for entry in explanation.entries] == [None, None, 1]
    assert "Thứ tư 04/03/2026: tiếp tục tính — ngày làm việc thứ 1" in explanation.lines("vi")
    assert Explanation.from_data(explanation.to_data()) == explanation


def test_what_a_newer_calendar_says_was_worked_already_is_due_at_once() -> None:
    given = promise(PROVINCE, at("2026-03-02 08:00"), WorkingHours(4))
    no_lunch = {day: [["07:30", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    newer = Calendar.from_data(province_data() | {"version": 4, "weekly": no_lunch})
    after = resume(newer, given, at("2026-03-02 13:45"), at("2026-03-03 10:00"))
    assert after.moment == at("2026-03-03 10:00")
    assert after.explanation.calendar_version == 4
    assert "còn 0 phút làm việc" in after.explanation.lines("vi")[-2]
    assert "0 min of working time remained" in after.explanation.lines("en")[-2]


def closing(day: str) -> Calendar:
    """The province's calendar after one more day was closed, under an id of its own."""
    data = province_data()
    closed = {"date": day, "kind": "local_closure", "vi": "mất điện", "en": "power failure"}
    return Calendar.from_data(data | {"id": "newer", "exceptions": [*data["exceptions"], closed]})


def test_a_pause_within_one_day_leaves_the_days_as_they_were() -> None:
    given = promise(PROVINCE, at("2026-03-02 09:00"), WorkingDays(5))
    after = resume(PROVINCE, given, at("2026-03-04 08:00"), at("2026-03-04 16:00"))
    assert after.explanation.entries == given.explanation.entries


def test_what_comes_after_the_last_day_has_its_number() -> None:
    given = promise(PROVINCE, at("2026-03-02 09:00"), WorkingDays(2))
    explanation = resume(PROVINCE, given, at("2026-03-04 10:00"), at("2026-03-05 16:55")).explanation
    assert [entry.number for entry in explanation.entries] == [None, 1, None, None, 2]


def test_the_last_day_may_be_closed_by_a_newer_calendar_while_the_clock_stands_still() -> None:
    given = promise(PROVINCE, at("2026-03-02 09:00"), WorkingDays(2))
    after = resume(closing("2026-03-04"), given, at("2026-03-04 10:00"), at("2026-03-05 16:55"))
    assert after.moment == at("2026-03-06 17:00")
    assert after.explanation.calendar == "newer"
    assert [entry.number for entry in after.explanation.entries] == [None, 1, 2, None, 2]


def test_hours_of_a_day_that_a_newer_calendar_closes_are_still_owed() -> None:
    given = promise(PROVINCE, at("2026-03-02 08:00"), WorkingHours(10))
    after = resume(closing("2026-03-03"), given, at("2026-03-03 09:00"), at("2026-03-05 07:30"))
    assert after.moment == at("2026-03-05 10:30")
    assert after.explanation.entries[-1].seconds == 3 * 3600


def test_a_pause_begun_when_overdue_has_nothing_remaining() -> None:
    given = promise(PROVINCE, at("2026-03-02 09:00"), WorkingDays(1))
    (pause,) = resume(PROVINCE, given, at("2026-03-03 18:00"), at("2026-03-09 10:00")).explanation.pauses
    assert pause.remaining == 0


def test_working_hours_go_on_with_exactly_what_was_left() -> None:
    given = promise(PROVINCE, at("2026-03-02 08:00"), WorkingHours(10))
    assert given.moment == at("2026-03-03 10:30")
    after = resume(PROVINCE, given, at("2026-03-02 14:30"), at("2026-03-05 15:00"))
    assert after.moment == at("2026-03-06 11:00")
    twice = resume(PROVINCE, after, at("2026-03-05 16:00"), at("2026-03-05 16:30"))
    assert twice.moment == at("2026-03-06 11:30")
    assert [entry.seconds for entry in twice.explanation.entries if entry.seconds] == [4.5 * 3600, 1.5 * 3600, 4 * 3600]
    assert [entry.number for entry in after.explanation.entries] == [1, None, None, 2, 3]
    assert [entry.number for entry in twice.explanation.entries] == [1, None, None, 2, 3]


def test_pauses_follow_one_another() -> None:
    given = promise(PROVINCE, at("2026-03-02 09:00"), WorkingDays(5))
    after = resume(PROVINCE, given, at("2026-03-03 10:00"), at("2026-03-04 10:00"), owed=Owed.MONEY)
    for paused, resumed in [
        ("2026-03-04 09:59", "2026-03-05 10:00"),
        ("2026-03-05 10:00", "2026-03-05 09:00"),
        ("2026-03-01 10:00", "2026-03-05 09:00"),
    ]:
        with pytest.raises(PauseError) as refused:
            resume(PROVINCE, after, at(paused), at(resumed))
        assert "10:00 04/03/2026" in refused.value.vi
        assert "10:00 04/03/2026" in refused.value.en


def test_a_pause_before_acceptance_is_refused() -> None:
    given = promise(PROVINCE, at("2026-03-02 09:00"), WorkingDays(5))
    with pytest.raises(PauseError):
        resume(PROVINCE, given, at("2026-03-02 08:59"), at("2026-03-03 10:00"))


def test_a_pause_is_told() -> None:
    given = promise(PROVINCE, at("2026-03-02 09:00"), WorkingDays(3))
    after = resume(PROVINCE, given, at("2026-03-03 10:00"), at("2026-03-09 10:00"), owed=Owed.MONEY)
    assert after.explanation.lines("vi") == [
        "Tiếp nhận lúc 09:00 thứ hai 02/03/2026.",
        "Thời hạn: 3 ngày làm việc.",
        "Thứ hai 02/03/2026: ngày tiếp nhận — không tính",
        "Thứ ba 03/03/2026 đến chủ nhật 08/03/2026: tạm dừng — không tính",
        "Thứ hai 09/03/2026: tiếp tục tính — ngày làm việc thứ 1",
        "Thứ ba 10/03/2026 đến thứ tư 11/03/2026: ngày làm việc thứ 2 đến thứ 3",
        (
            "Tạm dừng từ 10:00 thứ ba 03/03/2026 đến 10:00 thứ hai 09/03/2026 (chờ thực hiện nghĩa vụ tài chính): "
            "còn 2 ngày làm việc sau ngày đó."
        ),
        "Đến hạn lúc 17:00 thứ tư 11/03/2026.",
    ]


@pytest.mark.parametrize(
    ("paused", "vi", "en"),
    [
        ("2026-03-02 10:00", "còn 1 ngày làm việc sau ngày đó", "1 working day remained after that day"),
        ("2026-03-03 10:00", "còn phần cuối của ngày cuối", "the rest of the last day remained"),
        ("2026-03-03 17:00", "lúc đó đã quá hạn, không cộng thêm", "it was overdue by then, nothing is added"),
        ("2026-03-03 18:00", "lúc đó đã quá hạn, không cộng thêm", "it was overdue by then, nothing is added"),
    ],
)
def test_what_remained_is_told(paused: str, vi: str, en: str) -> None:
    given = promise(PROVINCE, at("2026-03-02 09:00"), WorkingDays(1))
    after = resume(PROVINCE, given, at(paused), at("2026-03-09 10:00"))
    assert after.explanation.lines("vi")[-2].endswith(f" (chờ bổ sung giấy tờ): {vi}.")
    assert after.explanation.lines("en")[-2].endswith(f" (papers are owed): {en}.")


def test_several_remaining_days_are_told_in_the_plural() -> None:
    given = promise(PROVINCE, at("2026-03-02 09:00"), WorkingDays(2))
    after = resume(PROVINCE, given, at("2026-03-02 10:00"), at("2026-03-09 10:00"), owed=Owed.MONEY)
    assert after.explanation.lines("en")[-2] == (
        "The clock stood still from 10:00 Monday 02/03/2026 to 10:00 Monday 09/03/2026 (money is owed): "
        "2 working days remained after that day."
    )


def test_remaining_hours_are_told() -> None:
    given = promise(PROVINCE, at("2026-03-02 09:00"), WorkingHours(2))
    after = resume(PROVINCE, given, at("2026-03-02 09:29:30"), at("2026-03-09 10:00"))
    assert "còn 1 giờ 30 phút 30 giây làm việc" in after.explanation.lines("vi")[-2]
    assert "1 h 30 min 30 s of working time remained" in after.explanation.lines("en")[-2]
