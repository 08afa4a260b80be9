"""What a citizen reads when asking why it takes that long, and how it is stored."""

from typing import Any

import pytest

from tests.support.worktime_world import PROVINCE, at, province_data
from worktime import (
    Calendar,
    CalendarDays,
    DayException,
    ExceptionKind,
    Explanation,
    ExplanationError,
    Half,
    Limit,
    SameDay,
    Transfer,
    WorkingDays,
    WorkingHours,
    promise,
    resume,
)


def over_tet() -> Explanation:
    return promise(PROVINCE, at("2026-02-12 09:00"), WorkingDays(3)).explanation


def test_tet_is_one_line_in_vietnamese() -> None:
    assert over_tet().lines("vi") == [
        "Tiếp nhận lúc 09:00 thứ năm 12/02/2026.",
        "Thời hạn: 3 ngày làm việc.",
        "Thứ năm 12/02/2026: ngày tiếp nhận — không tính",
        "Thứ sáu 13/02/2026: ngày làm việc thứ 1",
        "Thứ bảy 14/02/2026 đến chủ nhật 15/02/2026: nghỉ cuối tuần — không tính",
        "Thứ hai 16/02/2026 đến thứ sáu 20/02/2026: nghỉ Tết Nguyên đán — không tính",
        "Thứ bảy 21/02/2026 đến chủ nhật 22/02/2026: nghỉ cuối tuần — không tính",
        "Thứ hai 23/02/2026 đến thứ ba 24/02/2026: ngày làm việc thứ 2 đến thứ 3",
        "Đến hạn lúc 17:00 thứ ba 24/02/2026.",
    ]


def test_tet_is_one_line_in_english() -> None:
    lines = over_tet().lines("en")
    assert lines[1] == "Time limit: 3 working days."
    assert lines[5] == "Monday 16/02/2026 to Friday 20/02/2026: holiday: Lunar New Year — not counted"
    assert lines[-2:] == ["Monday 23/02/2026 to Tuesday 24/02/2026: working days 2 to 3", "Due at 17:00 Tuesday 24/02/2026."]


def test_reception_after_the_cut_off_is_made_explicit() -> None:
    given = promise(PROVINCE, at("2026-03-02 15:01"), SameDay())
    assert given.explanation.lines("en") == [
        "Received at 15:01 Monday 02/03/2026 (after the cut-off), which counts as 07:30 Tuesday 03/03/2026.",
        "Time limit: the same day.",
        "Legal basis: Nghị định 118/2025/NĐ-CP.",
        "Monday 02/03/2026: received after 15:00 — not counted",
        "Tuesday 03/03/2026: the day it is due",
        "Due at 17:00 Tuesday 03/03/2026.",
    ]


def test_hours_are_told_day_by_day() -> None:
    explanation = promise(PROVINCE, at("2026-03-02 15:15:30"), WorkingHours(24)).explanation
    assert explanation.lines("vi")[2:-1] == [
        "Thứ hai 02/03/2026: tính 1 giờ 44 phút 30 giây",
        "Thứ ba 03/03/2026 đến thứ tư 04/03/2026: mỗi ngày tính 7 giờ 30 phút",
        "Thứ năm 05/03/2026: tính 7 giờ 15 phút 30 giây",
    ]
    assert explanation.lines("en")[3] == "Tuesday 03/03/2026 to Wednesday 04/03/2026: each counts 7 h 30 min"


@pytest.mark.parametrize(
    ("accepted", "line"),
    [
        ("2026-01-08 09:00", "Thứ bảy 10/01/2026: làm bù: thay cho 02/01 — ngày làm việc thứ 2"),
        ("2025-12-31 09:00", "Thứ sáu 02/01/2026: nghỉ bù: hoán đổi với 10/01 — không tính"),
        ("2026-09-04 09:00", "Thứ hai 07/09/2026: đóng cửa: tránh bão — không tính"),
        ("2026-09-04 09:00", "Thứ ba 08/09/2026: đổi giờ làm việc: khắc phục sau bão — ngày làm việc thứ 1"),
        ("2026-11-23 09:00", "Thứ ba 24/11/2026: nghỉ Ngày Văn hóa Việt Nam — không tính"),
    ],
)
def test_every_exception_gives_its_reason(accepted: str, line: str) -> None:
    assert line in promise(PROVINCE, at(accepted), WorkingDays(2)).explanation.lines("vi")


def test_stored_data_is_short_and_plain() -> None:
    data = over_tet().to_data()
    assert data["limit"] == {"kind": "working_days", "amount": 3}
    assert data["start"] == "2026-02-12T09:00:00+07:00"
    assert data["entries"][3] == {
        "from": "2026-02-16",
        "to": "2026-02-20",
        "number": None,
        "code": "holiday",
        "vi": "nghỉ Tết Nguyên đán",
        "en": "holiday: Lunar New Year",
        "seconds": 0,
    }
    assert [run["number"] for run in data["entries"]] == [None, 1, None, None, None, 2]


def _broken(**changes: Any) -> dict[str, Any]:
    return over_tet().to_data() | changes


def _with_run(**changes: Any) -> dict[str, Any]:
    entries = over_tet().to_data()["entries"]
    return _broken(entries=[entries[0] | changes, *entries[1:]])


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({}, id="nothing"),
        pytest.param([], id="a list"),
        pytest.param(_broken(limit={"kind": "weeks"}), id="unknown limit"),
        pytest.param(_broken(start="tomorrow"), id="no moment"),
        pytest.param(_broken(end="2026-02-24T17:00:00"), id="no zone"),
        pytest.param(_broken(entries=None), id="no entries"),
        pytest.param(_with_run(**{"from": "2026-02-11"}) | {"pauses": [{}]}, id="half a pause"),
        pytest.param(_with_run(to="2026-02-11"), id="a run that ends before it begins"),
        pytest.param(_with_run(to="2026-02-13"), id="a day that stands twice"),
        pytest.param(_with_run(**{"from": "0001-01-01"}), id="a run of two thousand years"),
        pytest.param(_with_run(number="1"), id="a number that is text"),
        pytest.param(_broken(transfer={}), id="a transfer without its arrival"),
        pytest.param(_broken(bases=7), id="legal texts that are none"),
    ],
)
def test_unreadable_data_is_refused(data: Any) -> None:
    with pytest.raises(ExplanationError) as refused:
        Explanation.from_data(data)
    assert refused.value.vi.startswith("Không đọc được")


@pytest.mark.parametrize(
    ("accepted", "limit", "vi", "en"),
    [
        (
            "2026-03-02 09:00",
            SameDay(),
            [
                "Tiếp nhận lúc 09:00 thứ hai 02/03/2026.",
                "Thời hạn: trong ngày.",
                "Thứ hai 02/03/2026: ngày đến hạn",
                "Đến hạn lúc 17:00 thứ hai 02/03/2026.",
            ],
            [
                "Received at 09:00 Monday 02/03/2026.",
                "Time limit: the same day.",
                "Monday 02/03/2026: the day it is due",
                "Due at 17:00 Monday 02/03/2026.",
            ],
        ),
        (
            "2026-03-02 09:00",
            WorkingHours(1),
            [
                "Tiếp nhận lúc 09:00 thứ hai 02/03/2026.",
                "Thời hạn: 1 giờ làm việc.",
                "Thứ hai 02/03/2026: tính 1 giờ",
                "Đến hạn lúc 10:00 thứ hai 02/03/2026.",
            ],
            [
                "Received at 09:00 Monday 02/03/2026.",
                "Time limit: 1 working hour.",
                "Monday 02/03/2026: counts 1 h",
                "Due at 10:00 Monday 02/03/2026.",
            ],
        ),
        (
            "2026-03-06 18:10",
            WorkingDays(1),
            [
                "Tiếp nhận lúc 18:10 thứ sáu 06/03/2026 (ngoài giờ làm việc), tính là nhận lúc 07:30 thứ hai 09/03/2026.",
                "Thời hạn: 1 ngày làm việc.",
                "Thứ sáu 06/03/2026: tiếp nhận sau giờ làm việc — không tính",
                "Thứ bảy 07/03/2026 đến chủ nhật 08/03/2026: nghỉ cuối tuần — không tính",
                "Thứ hai 09/03/2026: tính là ngày tiếp nhận — không tính",
                "Thứ ba 10/03/2026: ngày làm việc thứ 1",
                "Đến hạn lúc 17:00 thứ ba 10/03/2026.",
            ],
            [
                "Received at 18:10 Friday 06/03/2026 (outside working time), which counts as 07:30 Monday 09/03/2026.",
                "Time limit: 1 working day.",
                "Friday 06/03/2026: received after working hours — not counted",
                "Saturday 07/03/2026 to Sunday 08/03/2026: weekend — not counted",
                "Monday 09/03/2026: counts as the day of reception — not counted",
                "Tuesday 10/03/2026: working day 1",
                "Due at 17:00 Tuesday 10/03/2026.",
            ],
        ),
    ],
)
def test_every_line_is_told_in_both_languages(accepted: str, limit: Limit, vi: list[str], en: list[str]) -> None:
    explanation = promise(PROVINCE, at(accepted), limit).explanation
    assert explanation.lines("vi") == vi
    assert explanation.lines("en") == en


@pytest.mark.parametrize(
    ("limit", "vi", "en"),
    [
        (WorkingDays(2), "Thời hạn: 2 ngày làm việc.", "Time limit: 2 working days."),
        (WorkingHours(2), "Thời hạn: 2 giờ làm việc.", "Time limit: 2 working hours."),
    ],
)
def test_two_of_a_kind_are_told_in_the_plural(limit: Limit, vi: str, en: str) -> None:
    explanation = promise(PROVINCE, at("2026-03-02 09:00"), limit).explanation
    assert (explanation.lines("vi")[1], explanation.lines("en")[1]) == (vi, en)


def test_the_cut_off_is_told_in_vietnamese_too() -> None:
    assert promise(PROVINCE, at("2026-03-02 15:01"), SameDay()).explanation.lines("vi") == [
        "Tiếp nhận lúc 15:01 thứ hai 02/03/2026 (sau giờ chốt), tính là nhận lúc 07:30 thứ ba 03/03/2026.",
        "Thời hạn: trong ngày.",
        "Căn cứ: Nghị định 118/2025/NĐ-CP.",
        "Thứ hai 02/03/2026: tiếp nhận sau 15:00 — không tính",
        "Thứ ba 03/03/2026: ngày đến hạn",
        "Đến hạn lúc 17:00 thứ ba 03/03/2026.",
    ]


def test_what_was_received_elsewhere_says_from_when_it_counts() -> None:
    limit, came = WorkingDays(1), at("2026-03-03 09:00")
    expected = promise(PROVINCE, came, limit, transfer=Transfer()).explanation
    assert expected.lines("vi")[:2] == [
        "Tiếp nhận lúc 09:00 thứ ba 03/03/2026.",
        "Nhận ngoài địa bàn: thời hạn tính từ khi cơ quan có thẩm quyền nhận được hồ sơ, dự kiến 09:00 thứ ba 03/03/2026.",
    ]
    assert expected.lines("en")[1] == (
        "Received outside its area: the limit runs from when the authority that decides receives it, "
        "09:00 Tuesday 03/03/2026 as expected."
    )
    arrived = promise(PROVINCE, came, limit, transfer=Transfer(at("2026-03-04 10:00"))).explanation
    assert arrived.lines("vi")[1].endswith(" nhận được hồ sơ, 10:00 thứ tư 04/03/2026.")
    assert arrived.lines("en")[:2] == [
        "Received at 09:00 Tuesday 03/03/2026.",
        "Received outside its area: the limit runs from when the authority that decides receives it, 10:00 Wednesday 04/03/2026.",
    ]
    assert Explanation.from_data(expected.to_data()) == expected
    assert Explanation.from_data(arrived.to_data()) == arrived


def test_calendar_days_are_told_with_the_days_off_among_them() -> None:
    explanation = promise(PROVINCE, at("2026-03-05 09:00"), CalendarDays(3)).explanation
    assert explanation.lines("vi")[1:] == [
        "Thời hạn: 3 ngày, kể cả ngày nghỉ.",
        "Thứ năm 05/03/2026: ngày tiếp nhận — không tính",
        "Thứ sáu 06/03/2026: ngày thứ 1",
        "Thứ bảy 07/03/2026 đến chủ nhật 08/03/2026: nghỉ cuối tuần — ngày thứ 2 đến thứ 3",
        "Thứ hai 09/03/2026: ngày cuối rơi vào ngày nghỉ nên hạn chuyển sang ngày này",
        "Đến hạn lúc 17:00 thứ hai 09/03/2026.",
    ]
    assert explanation.lines("en")[1:] == [
        "Time limit: 3 calendar days, days off included.",
        "Thursday 05/03/2026: day of reception — not counted",
        "Friday 06/03/2026: day 1",
        "Saturday 07/03/2026 to Sunday 08/03/2026: weekend — days 2 to 3",
        "Monday 09/03/2026: the last day was a day off, so the limit ends on this one",
        "Due at 17:00 Monday 09/03/2026.",
    ]
    assert promise(PROVINCE, at("2026-03-05 09:00"), CalendarDays(1)).explanation.lines("en")[1] == (
        "Time limit: 1 calendar day, days off included."
    )


def test_half_a_day_off_is_told_as_half_a_day() -> None:
    off = DayException(ExceptionKind.LOCAL_CLOSURE, "hội nghị", "assembly", half=Half.MORNING)
    assert (off.reason.vi, off.reason.en) == ("đóng cửa buổi sáng: hội nghị", "closed, in the morning: assembly")
    holiday = DayException(ExceptionKind.HOLIDAY, "Tết Nguyên đán", "Lunar New Year", half=Half.AFTERNOON)
    assert (holiday.reason.vi, holiday.reason.en) == (
        "nghỉ buổi chiều: Tết Nguyên đán",
        "holiday, in the afternoon: Lunar New Year",
    )


def test_remaining_calendar_days_are_told() -> None:
    given = promise(PROVINCE, at("2026-03-02 09:00"), CalendarDays(3))
    after = resume(PROVINCE, given, at("2026-03-03 10:00"), at("2026-03-04 10:00")).explanation
    assert "còn 2 ngày sau ngày đó." in after.lines("vi")[-2]
    assert "2 days remained after that day." in after.lines("en")[-2]
    last = resume(PROVINCE, given, at("2026-03-04 10:00"), at("2026-03-05 10:00")).explanation
    assert "1 day remained after that day." in last.lines("en")[-2]


def test_a_day_of_rest_within_the_week_is_no_weekend() -> None:
    data = province_data()
    closed_on_wednesdays = Calendar.from_data(data | {"weekly": data["weekly"] | {"wed": []}})
    explanation = promise(closed_on_wednesdays, at("2026-03-03 09:00"), WorkingDays(1)).explanation
    assert explanation.lines("vi")[3] == "Thứ tư 04/03/2026: nghỉ theo lịch tuần — không tính"
    assert explanation.lines("en")[3] == "Wednesday 04/03/2026: weekly day off — not counted"


@pytest.mark.parametrize("year", [2000, 2199])
def test_the_first_and_the_last_year_are_stored_and_read(year: int) -> None:
    explanation = promise(PROVINCE, at(f"{year}-03-04 09:00"), WorkingDays(3)).explanation
    assert Explanation.from_data(explanation.to_data()) == explanation
