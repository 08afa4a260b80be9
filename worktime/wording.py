"""An explanation in words, Vietnamese and English, for a citizen who asks why it takes that long.

Dates are written day/month/year in both languages, as on every paper that the reader holds.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from worktime.days import WORKING_DAY
from worktime.entries import LAST_DAY, ROLLED_OVER, Owed, Pause, Run, runs
from worktime.limits import CalendarDays, Limit, SameDay, WorkingDays, WorkingHours

if TYPE_CHECKING:
    from worktime.explanation import Explanation

Language = Literal["vi", "en"]

_WEEKDAYS = {
    "vi": ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_OWED = {
    Owed.PAPERS: {"vi": "chờ bổ sung giấy tờ", "en": "papers are owed"},
    Owed.MONEY: {"vi": "chờ thực hiện nghĩa vụ tài chính", "en": "money is owed"},
}


def lines(explanation: "Explanation", language: Language) -> list[str]:
    vi = language == "vi"
    limit = _limit(explanation.limit, language)
    end = moment(explanation.end, language)
    return [
        *_reception(explanation, language),
        f"Thời hạn: {limit}." if vi else f"Time limit: {limit}.",
        *(f"Căn cứ: {basis}." if vi else f"Legal basis: {basis}." for basis in explanation.bases),
        *(_run(run, explanation.limit, language) for run in runs(explanation.entries)),
        *(_pause(pause, explanation, language) for pause in explanation.pauses),
        f"Đến hạn lúc {end}." if vi else f"Due at {end}.",
        *([_provisional(explanation, language)] if explanation.provisional else []),
    ]


def _provisional(explanation: "Explanation", language: Language) -> str:
    last = explanation.known_until
    if language == "vi":
        why = "chưa ghi ngày nghỉ nào" if last is None else f"mới có ngày nghỉ, ngày làm bù đến hết {last:%d/%m/%Y}"
        return f"Ngày này là tạm tính: lịch “{explanation.calendar}” {why}, nên ngày hẹn có thể đổi."
    why = "lists no days off yet" if last is None else f"has its days off and make-up days until {last:%d/%m/%Y} only"
    return f"This date is provisional: calendar “{explanation.calendar}” {why}, so it may still change."


def _reception(explanation: "Explanation", language: Language) -> list[str]:
    came, counts = (moment(at, language) for at in (explanation.accepted_at, explanation.start))
    vi = language == "vi"
    if explanation.transfer is not None:
        received = f"Tiếp nhận lúc {came}." if vi else f"Received at {came}."
        return [received, _transfer(explanation, counts, language)]
    if came == counts:
        return [f"Tiếp nhận lúc {came}." if vi else f"Received at {came}."]
    late = explanation.entries[0].reason.code == "after_cutoff"
    if vi:
        return [f"Tiếp nhận lúc {came} ({'sau giờ chốt' if late else 'ngoài giờ làm việc'}), tính là nhận lúc {counts}."]
    return [f"Received at {came} ({'after the cut-off' if late else 'outside working time'}), which counts as {counts}."]


def _transfer(explanation: "Explanation", counts: str, language: Language) -> str:
    expected = explanation.transfer is not None and explanation.transfer.arrived_at is None
    if language == "vi":
        since = f"dự kiến {counts}" if expected else counts
        return f"Nhận ngoài địa bàn: thời hạn tính từ khi cơ quan có thẩm quyền nhận được hồ sơ, {since}."
    since = f"{counts} as expected" if expected else counts
    return f"Received outside its area: the limit runs from when the authority that decides receives it, {since}."


def _run(run: Run, limit: Limit, language: Language) -> str:
    vi = language == "vi"
    why = run.reason.vi if vi else run.reason.en
    days = _days(run, language)
    if run.reason.code in {ROLLED_OVER.code, LAST_DAY.code}:
        return f"{days}: {why}"
    if run.number is None:
        return f"{days}: {why} — không tính" if vi else f"{days}: {why} — not counted"
    counted = _counted(run, run.number, limit, language)
    return f"{days}: {counted}" if run.reason == WORKING_DAY else f"{days}: {why} — {counted}"


def _counted(run: Run, number: int, limit: Limit, language: Language) -> str:
    vi, several = language == "vi", run.first != run.last
    match limit:
        case SameDay():
            return "ngày đến hạn" if vi else "the day it is due"
        case WorkingHours():
            worked = _duration(run.seconds, language)
            counts = ("mỗi ngày tính " if several else "tính ") if vi else ("each counts " if several else "counts ")
            return counts + worked
        case WorkingDays():
            last = number + (run.last - run.first).days
            if not several:
                return f"ngày làm việc thứ {number}" if vi else f"working day {number}"
            return f"ngày làm việc thứ {number} đến thứ {last}" if vi else f"working days {number} to {last}"
        case CalendarDays():
            last = number + (run.last - run.first).days
            if not several:
                return f"ngày thứ {number}" if vi else f"day {number}"
            return f"ngày thứ {number} đến thứ {last}" if vi else f"days {number} to {last}"


def _pause(pause: Pause, explanation: "Explanation", language: Language) -> str:
    vi = language == "vi"
    since, until = (moment(at, language) for at in (pause.paused_at, pause.resumed_at))
    owed = _OWED[pause.owed][language]
    kept = _remaining(pause, explanation, language)
    if vi:
        return f"Tạm dừng từ {since} đến {until} ({owed}): {kept}."
    return f"The clock stood still from {since} to {until} ({owed}): {kept}."


def _remaining(pause: Pause, explanation: "Explanation", language: Language) -> str:
    vi = language == "vi"
    if pause.paused_at >= explanation.end:
        return "lúc đó đã quá hạn, không cộng thêm" if vi else "it was overdue by then, nothing is added"
    if isinstance(explanation.limit, WorkingHours):
        left = _duration(pause.remaining, language)
        return f"còn {left} làm việc" if vi else f"{left} of working time remained"
    if pause.remaining == 0:
        return "còn phần cuối của ngày cuối" if vi else "the rest of the last day remained"
    every_day = isinstance(explanation.limit, CalendarDays)
    if vi:
        return f"còn {pause.remaining} {'ngày' if every_day else 'ngày làm việc'} sau ngày đó"
    return f"{pause.remaining} {'' if every_day else 'working '}day{'s' * (pause.remaining > 1)} remained after that day"


def _limit(limit: Limit, language: Language) -> str:
    vi = language == "vi"
    match limit:
        case SameDay():
            return "trong ngày" if vi else "the same day"
        case WorkingDays(amount):
            return f"{amount} ngày làm việc" if vi else f"{amount} working day{'s' * (amount > 1)}"
        case CalendarDays(amount):
            days = f"{amount} calendar day{'s' * (amount > 1)}"
            return f"{amount} ngày, kể cả ngày nghỉ" if vi else f"{days}, days off included"
        case WorkingHours(amount):
            return f"{amount} giờ làm việc" if vi else f"{amount} working hour{'s' * (amount > 1)}"


def _days(run: Run, language: Language) -> str:
    first, last = _date(run.first, language), _date(run.last, language)
    first = first[0].upper() + first[1:]
    if run.first == run.last:
        return first
    return f"{first} đến {last}" if language == "vi" else f"{first} to {last}"


def _date(day: date, language: Language) -> str:
    return f"{_WEEKDAYS[language][day.weekday()]} {day:%d/%m/%Y}"


def moment(at: datetime, language: Language) -> str:
    clock = f"{at:%H:%M:%S}".removesuffix(":00")
    return f"{clock} {_date(at.date(), language)}"


def _duration(seconds: int, language: Language) -> str:
    units = ("giờ", "phút", "giây") if language == "vi" else ("h", "min", "s")
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{value} {unit}" for value, unit in zip((hours, minutes, rest), units, strict=True) if value]
    return " ".join(parts) or f"0 {units[1]}"
