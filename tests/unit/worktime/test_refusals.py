"""What is refused, word for word: a clerk or an administrator acts on these sentences, in either language."""

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any

import pytest

from tests.support.worktime_world import PROVINCE, at, province_data
from worktime import (
    Calendar,
    DayException,
    ExceptionKind,
    Explanation,
    Half,
    Params,
    SameDay,
    Shift,
    Transfer,
    WorkingDays,
    WorkingHours,
    WorktimeError,
    limit_from_data,
    promise,
)
from worktime.civil import read_clock

LIKE_THIS = '[["07:30", "11:30"], ["13:30", "17:00"]]'
MORNING, NOON = Shift(time(7, 30), time(11, 30)), Shift(time(11), time(13))


def read_calendar(**changes: Any) -> Callable[[], object]:
    return lambda: Calendar.from_data(province_data() | changes)


def read_day(**changes: Any) -> Callable[[], object]:
    entry = {"date": "2026-04-30", "kind": "holiday", "vi": "Thống nhất", "en": "Reunification", "shifts": []}
    return read_calendar(exceptions=[entry | changes])


def read_runs(first: str, last: str) -> Callable[[], object]:
    data = promise(PROVINCE, datetime(2026, 3, 2, 2, tzinfo=UTC), WorkingDays(1)).explanation.to_data()
    run = data["entries"][0] | {"from": first, "to": last}
    return lambda: Explanation.from_data(data | {"entries": [run, *data["entries"][1:]]})


@pytest.mark.parametrize(
    ("refused", "vi", "en"),
    [
        pytest.param(
            lambda: Calendar(id="x", version=1, weekly={7: ()}),
            "Lịch tuần chỉ có các ngày 0 (thứ hai) đến 6 (chủ nhật).",
            "A week has the days 0 (Monday) to 6 (Sunday) only.",
            id="eighth weekday",
        ),
        pytest.param(
            lambda: Calendar.from_data([]),  # type: ignore[arg-type]
            "Lịch phải là một đối tượng JSON.",
            "A calendar must be a JSON object.",
            id="not an object",
        ),
        pytest.param(
            read_calendar(version="3"),
            "calendar province: thiếu “version” hoặc sai kiểu dữ liệu.",
            "calendar province: “version” is missing or of the wrong type.",
            id="version as text",
        ),
        pytest.param(
            lambda: Calendar.from_data({}),
            "calendar ?: thiếu “id” hoặc sai kiểu dữ liệu.",
            "calendar ?: “id” is missing or of the wrong type.",
            id="no id",
        ),
        pytest.param(
            read_calendar(weekly={"today": [], "monday": []}),
            "calendar province: lịch tuần có ngày lạ monday, today: chỉ dùng mon, tue, wed, thu, fri, sat, sun.",
            "calendar province: the week has unknown days monday, today: use mon, tue, wed, thu, fri, sat, sun only.",
            id="two unknown weekdays",
        ),
        pytest.param(
            read_calendar(weekly={"mon": "07:30"}),
            f"calendar province: mon: không đọc được ca làm việc '07:30'; hãy ghi như {LIKE_THIS}.",
            f"calendar province: mon: the shifts '07:30' cannot be read; write them like {LIKE_THIS}.",
            id="shifts as text",
        ),
        pytest.param(
            read_calendar(weekly={"tue": [["7:30", "11:30"]]}),
            f"calendar province: tue: không đọc được ca làm việc ['7:30', '11:30']; hãy ghi như {LIKE_THIS}.",
            f"calendar province: tue: the shifts ['7:30', '11:30'] cannot be read; write them like {LIKE_THIS}.",
            id="hour of one digit",
        ),
        pytest.param(
            read_calendar(weekly={"wed": [["07:30"]]}),
            f"calendar province: wed: không đọc được ca làm việc ['07:30']; hãy ghi như {LIKE_THIS}.",
            f"calendar province: wed: the shifts ['07:30'] cannot be read; write them like {LIKE_THIS}.",
            id="half a shift",
        ),
        pytest.param(
            read_day(note="x"),
            "calendar province: exceptions[1]: phải là một mục chỉ gồm date, kind, vi, en, shifts, half.",
            "calendar province: exceptions[1]: must be an object of date, kind, vi, en, shifts, half only.",
            id="unknown key",
        ),
        pytest.param(
            read_day(kind="party"),
            (
                "calendar province: exceptions[1]: loại “party” không có; hãy dùng một trong "
                "holiday, local_closure, substitute_day_off, swapped_working_day, changed_hours."
            ),
            (
                "calendar province: exceptions[1]: there is no kind “party”; use one of "
                "holiday, local_closure, substitute_day_off, swapped_working_day, changed_hours."
            ),
            id="unknown kind",
        ),
        pytest.param(
            read_day(date="30/04/2026"),
            "calendar province: exceptions[1]: “30/04/2026” không phải là ngày; hãy ghi như 2026-02-16.",
            "calendar province: exceptions[1]: “30/04/2026” is not a date; write it like 2026-02-16.",
            id="date in another form",
        ),
        pytest.param(
            read_calendar(exceptions=province_data()["exceptions"][:1] * 2),
            "calendar province: exceptions[2]: ngày 01/01/2026 đã được ghi ở trên: hãy bỏ một.",
            "calendar province: exceptions[2]: the date 01/01/2026 stands above already: remove one.",
            id="date that stands twice",
        ),
        pytest.param(
            lambda: Shift(time(7, 30, 30), time(11, 30)),
            "Ca 07:30-11:30 phải ghi bằng giờ và phút, không kèm múi giờ.",
            "The shift 07:30-11:30 must be given in hours and minutes, without a time zone.",
            id="shift with seconds",
        ),
        pytest.param(
            lambda: Shift(time(7, 30), time(7, 30)),
            "Ca 07:30-07:30 phải kết thúc sau khi bắt đầu, trong cùng một ngày.",
            "The shift 07:30-07:30 must end after it starts, on the same day.",
            id="shift of no length",
        ),
        pytest.param(
            lambda: DayException(ExceptionKind.CHANGED_HOURS, "sau bão", "after the storm", (MORNING, NOON)),
            "sau bão: ca 11:00-13:00 chồng lên ca 07:30-11:30 hoặc sai thứ tự; hãy xếp các ca theo giờ, không chồng nhau.",
            "sau bão: shift 11:00-13:00 overlaps shift 07:30-11:30 or is out of order; list shifts by time, without overlap.",
            id="overlap on an exceptional day",
        ),
        pytest.param(
            lambda: DayException(ExceptionKind.HOLIDAY, "Thống nhất", " "),
            "Ngày ngoại lệ phải có tên bằng cả tiếng Việt và tiếng Anh.",
            "An exceptional day needs a name in Vietnamese and in English.",
            id="no English name",
        ),
        pytest.param(
            lambda: DayException(ExceptionKind.SWAPPED_WORKING_DAY, "thay cho 02/01", "for 02/01"),
            "“thay cho 02/01” là ngày làm việc: hãy ghi ít nhất một ca.",
            "“for 02/01” is a working day: give it at least one shift.",
            id="working day without shifts",
        ),
        pytest.param(
            lambda: DayException(ExceptionKind.HOLIDAY, "Thống nhất", "Reunification", (MORNING,)),
            "“Thống nhất” là ngày nghỉ: hãy bỏ các ca, hoặc chọn loại changed_hours.",
            "“Reunification” is a day off: remove its shifts, or choose the kind changed_hours.",
            id="day off with shifts",
        ),
        pytest.param(
            read_day(half="evening"),
            "calendar province: exceptions[1]: buổi 'evening' không có; hãy dùng morning hoặc afternoon.",
            "calendar province: exceptions[1]: there is no half 'evening'; use morning or afternoon.",
            id="unknown half",
        ),
        pytest.param(
            lambda: DayException(ExceptionKind.CHANGED_HOURS, "sau bão", "after the storm", (MORNING,), half=Half.MORNING),
            "“sau bão” là ngày làm việc: hãy ghi các ca thay vì buổi.",
            "“after the storm” is a working day: give its shifts instead of a half.",
            id="half of a working day",
        ),
        pytest.param(
            read_calendar(rules=[]),
            (
                "calendar province: “rules” phải là một đối tượng chỉ gồm cutoff, late_moves_start, cutoff_basis, "
                "from_arrival, forwarding_days, out_of_area_basis."
            ),
            (
                "calendar province: “rules” must be an object of cutoff, late_moves_start, cutoff_basis, "
                "from_arrival, forwarding_days, out_of_area_basis only."
            ),
            id="rules as a list",
        ),
        pytest.param(
            read_calendar(rules={"forwarding_days": True}),
            "calendar province: “rules”: “forwarding_days” sai kiểu dữ liệu: True.",
            "calendar province: “rules”: “forwarding_days” is of the wrong type: True.",
            id="days of forwarding that are no number",
        ),
        pytest.param(
            read_calendar(rules={"cutoff": "3 pm"}),
            "calendar province: “rules”: Giờ chốt '3 pm' không đọc được: hãy ghi như 15:00.",
            "calendar province: “rules”: The cut-off '3 pm' cannot be read: write it like 15:00.",
            id="cut-off of a calendar in another form",
        ),
        pytest.param(
            lambda: Params(forwarding_days=31),
            "Số ngày chuyển hồ sơ 31 không dùng được: hãy ghi từ 0 đến 30.",
            "31 days of forwarding cannot be used: write 0 to 30.",
            id="a month of forwarding",
        ),
        pytest.param(
            lambda: promise(PROVINCE, at("2026-03-02 09:00"), SameDay(), transfer=Transfer(at("2026-03-02 08:59"))),
            "Lúc nhận 08:59 02/03/2026 sớm hơn lúc tiếp nhận 09:00 02/03/2026: kiểm tra lại giờ đã nhập.",
            "The arrival 08:59 02/03/2026 is before reception 09:00 02/03/2026: check the time entered.",
            id="arrived before it was received",
        ),
        pytest.param(
            lambda: WorkingDays(0),
            "Thời hạn 0 không dùng được: hãy ghi số nguyên từ 1 đến 1000.",
            "The time limit 0 cannot be used: write a whole number from 1 to 1000.",
            id="no days",
        ),
        pytest.param(
            lambda: WorkingHours(8_001),
            "Thời hạn 8001 không dùng được: hãy ghi số nguyên từ 1 đến 8000.",
            "The time limit 8001 cannot be used: write a whole number from 1 to 8000.",
            id="too many hours",
        ),
        pytest.param(
            lambda: Params(cutoff=time(15, 0, 30)),
            "Giờ chốt 15:00:30 phải ghi bằng giờ và phút, không kèm múi giờ.",
            "The cut-off 15:00:30 must be given in hours and minutes, without a time zone.",
            id="cut-off with seconds",
        ),
        pytest.param(
            lambda: limit_from_data({"kind": "weeks"}),
            (
                "Thời hạn {'kind': 'weeks'} không đọc được: "
                "kind phải là working_days, calendar_days, working_hours (kèm amount) hoặc same_day."
            ),
            (
                "The time limit {'kind': 'weeks'} cannot be read: "
                "kind must be working_days, calendar_days, working_hours (with amount) or same_day."
            ),
            id="unknown limit",
        ),
        pytest.param(
            lambda: limit_from_data({"kind": "same_day", "cutoff": "3 pm"}),
            "Giờ chốt '3 pm' không đọc được: hãy ghi như 15:00.",
            "The cut-off '3 pm' cannot be read: write it like 15:00.",
            id="cut-off in another form",
        ),
        pytest.param(
            lambda: promise(PROVINCE, datetime(2200, 1, 1, tzinfo=UTC), SameDay()),
            "Thời điểm 2200-01-01T00:00:00+00:00 nằm ngoài các năm 2000-2199: kiểm tra lại ngày đã nhập.",
            "The moment 2200-01-01T00:00:00+00:00 is outside the years 2000 to 2199: check the date entered.",
            id="mistyped year",
        ),
        pytest.param(
            lambda: Explanation.from_data({}),
            "Không đọc được diễn giải ngày hẹn đã lưu: KeyError('calendar').",
            "The stored explanation of a promise cannot be read: KeyError('calendar').",
            id="empty explanation",
        ),
    ],
)
def test_a_refusal_says_in_both_languages_what_to_mend(refused: Callable[[], object], vi: str, en: str) -> None:
    with pytest.raises(WorktimeError) as raised:
        refused()
    assert (raised.value.vi, raised.value.en) == (vi, en)
    assert str(raised.value) == en


@pytest.mark.parametrize(
    ("first", "last"),
    [
        pytest.param("0001-01-01", "2026-03-02", id="two thousand years"),
        pytest.param("2026-03-02", "2026-03-05", id="into the next run"),
    ],
)
def test_an_unreadable_run_of_days_is_shown(first: str, last: str) -> None:
    with pytest.raises(WorktimeError) as raised:
        read_runs(first, last)()
    assert "'from': '" in raised.value.en
    assert "'from': '" in raised.value.vi


def test_a_moment_without_zone_is_named_as_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match=r"^a moment without a time zone cannot be counted from$"):
        promise(PROVINCE, datetime(2026, 3, 2, 9), SameDay())  # noqa: DTZ001


@pytest.mark.parametrize("text", ["0730", "07:30:00", "07"])
def test_a_clock_in_another_form_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{text}$"):
        read_clock(text)
