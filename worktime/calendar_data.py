"""A calendar as JSON: the shape of `directory.calendars` and of the files that an administrator imports.

    {"id": "cal-h26", "version": 3,
     "weekly": {"mon": [["07:30", "11:30"], ["13:30", "17:00"]], "tue": [...], ...},
     "exceptions": [
        {"date": "2026-02-16", "kind": "holiday", "vi": "Tết Nguyên đán", "en": "Lunar New Year", "shifts": []},
        {"date": "2026-01-10", "kind": "swapped_working_day", "vi": "...", "en": "...", "shifts": [["07:30", "11:30"]]}]}

`weekly` (opening hours) has the keys mon, tue, wed, thu, fri, sat, sun; one that is absent is a day of rest. Beside these four
may stand `counted`, the weekdays that limits count (["mon", "tue"]; left out: Monday to Friday), `known_until`, the last day for
which the calendar speaks ("2026-12-31"; left out: the end of the last year of which it lists a day), and `refuse_beyond`.
Kinds: holiday, local_closure, substitute_day_off (these have no shifts), swapped_working_day, changed_hours (these have). Of a
day off may stand which `half` is off ("morning" or "afternoon"; left out: all of it). `rules`: see `worktime.rules`; left out:
those of the decree in force. Times are "HH:MM".
Written out, all seven weekdays stand in it, the exceptions in the order of their dates, each with all its fields (`half` where
there is one).
Unknown keys on top are left to other readers; anywhere else they are refused, because a misspelt key in a
calendar is a wrong promise. Everything wrong is a CalendarError that names the place.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from worktime.civil import read_clock
from worktime.days import DayException, ExceptionKind, Half, Shift
from worktime.errors import CalendarError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EXCEPTION_KEYS = {"date", "kind", "vi", "en", "shifts", "half"}


@contextmanager
def naming(where: str) -> Iterator[None]:
    """A refusal from inside says where in the data it arose."""
    try:
        yield
    except CalendarError as refused:
        raise CalendarError(vi=f"{where}: {refused.vi}", en=f"{where}: {refused.en}") from refused


def required(data: Mapping[str, Any], key: str, kind: type) -> Any:
    value = data.get(key)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise CalendarError(vi=f"thiếu “{key}” hoặc sai kiểu dữ liệu.", en=f"“{key}” is missing or of the wrong type.")
    return value


def read_weekly(data: Mapping[str, Any]) -> dict[int, tuple[Shift, ...]]:
    unknown = ", ".join(sorted(str(key) for key in data if key not in WEEKDAYS))
    if unknown:
        raise CalendarError(
            vi=f"lịch tuần có ngày lạ {unknown}: chỉ dùng {', '.join(WEEKDAYS)}.",
            en=f"the week has unknown days {unknown}: use {', '.join(WEEKDAYS)} only.",
        )
    week = {}
    for number, name in enumerate(WEEKDAYS):
        with naming(name):
            week[number] = _read_shifts(data.get(name, []))
    return week


def read_counted(data: object) -> frozenset[int] | None:
    if data is None:
        return None
    if not isinstance(data, list) or not set(data) <= set(WEEKDAYS):
        raise CalendarError(
            vi=f"“counted” {data!r} không đọc được: hãy ghi các ngày {', '.join(WEEKDAYS)}.",
            en=f"“counted” {data!r} cannot be read: write days out of {', '.join(WEEKDAYS)}.",
        )
    return frozenset(map(WEEKDAYS.index, data))


def read_known_until(data: object) -> date | None:
    return None if data is None else _read_date(str(data))


def read_exceptions(data: list[Any]) -> dict[date, DayException]:
    exceptions: dict[date, DayException] = {}
    for position, entry in enumerate(data, start=1):
        with naming(f"exceptions[{position}]"):
            day, exception = _read_exception(entry)
            if day in exceptions:
                raise CalendarError(
                    vi=f"ngày {day:%d/%m/%Y} đã được ghi ở trên: hãy bỏ một.",
                    en=f"the date {day:%d/%m/%Y} stands above already: remove one.",
                )
            exceptions[day] = exception
    return exceptions


def _read_exception(entry: object) -> tuple[date, DayException]:
    if not isinstance(entry, Mapping) or not set(entry) <= _EXCEPTION_KEYS:
        raise CalendarError(
            vi="phải là một mục chỉ gồm date, kind, vi, en, shifts, half.",
            en="must be an object of date, kind, vi, en, shifts, half only.",
        )
    day = _read_date(required(entry, "date", str))
    kind = required(entry, "kind", str)
    if kind not in {known.value for known in ExceptionKind}:
        raise CalendarError(
            vi=f"loại “{kind}” không có; hãy dùng một trong {', '.join(ExceptionKind)}.",
            en=f"there is no kind “{kind}”; use one of {', '.join(ExceptionKind)}.",
        )
    vi, en = (required(entry, language, str) for language in ("vi", "en"))
    shifts, half = _read_shifts(entry.get("shifts", [])), _read_half(entry.get("half"))
    return day, DayException(ExceptionKind(kind), vi, en, shifts, half=half)


def _read_half(data: object) -> Half | None:
    if data is None:
        return None
    if data not in {known.value for known in Half}:
        raise CalendarError(
            vi=f"buổi {data!r} không có; hãy dùng {' hoặc '.join(Half)}.",
            en=f"there is no half {data!r}; use {' or '.join(Half)}.",
        )
    return Half(str(data))


def _read_date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or text != day.isoformat():
        raise CalendarError(
            vi=f"“{text}” không phải là ngày; hãy ghi như 2026-02-16.",
            en=f"“{text}” is not a date; write it like 2026-02-16.",
        )
    return day


def _read_shifts(data: object) -> tuple[Shift, ...]:
    match data:
        case [*pairs]:
            return tuple(_read_shift(pair) for pair in pairs)
    raise _misshapen(data)


def _read_shift(pair: object) -> Shift:
    match pair:
        case [str(start), str(end)]:
            try:
                clocks = read_clock(start), read_clock(end)
            except ValueError as bad:
                raise _misshapen(pair) from bad
            return Shift(*clocks)
    raise _misshapen(pair)


def _misshapen(data: object) -> CalendarError:
    example = '[["07:30", "11:30"], ["13:30", "17:00"]]'
    return CalendarError(
        vi=f"không đọc được ca làm việc {data!r}; hãy ghi như {example}.",
        en=f"the shifts {data!r} cannot be read; write them like {example}.",
    )


def write_shifts(shifts: tuple[Shift, ...]) -> list[list[str]]:
    return [[f"{shift.start:%H:%M}", f"{shift.end:%H:%M}"] for shift in shifts]


def write_exception(day: date, exception: DayException) -> dict[str, Any]:
    return {
        "date": day.isoformat(),
        "kind": exception.kind.value,
        "vi": exception.vi,
        "en": exception.en,
        "shifts": write_shifts(exception.shifts),
        **({} if exception.half is None else {"half": exception.half.value}),
    }
