"""Calendars with their exceptional days, proved by the library that will count with them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from contracts.directory import CalendarV1
from contracts.values import CIVIL_TIME
from services.directory.domain.faults import Fault
from services.directory.domain.files import WEEK
from services.directory.domain.reading import Reading, Row
from worktime import Calendar, CalendarError

MOST_EXCEPTIONS: Final = 2000
_SOME_DAY: Final = datetime(2026, 1, 5, tzinfo=CIVIL_TIME)


def build(reading: Reading, faults: list[Fault]) -> dict[str, CalendarV1]:
    exceptional = _by_calendar(reading, faults)
    found: dict[str, CalendarV1] = {}
    for row in reading.of("calendars.csv"):
        weekly = {name: row[name] for name in WEEK if row[name]}
        if _is_sound(row, "mon", row["id"], weekly, [], faults):
            exceptions = _exceptions(row["id"], weekly, exceptional[row["id"]], faults)
            found[row["id"]] = CalendarV1(
                id=row["id"], name=row["name"], weekly=weekly, exceptions=exceptions, sample=row["sample"]
            )
    return found


def _by_calendar(reading: Reading, faults: list[Fault]) -> dict[str, list[Row]]:
    """Which exceptional days each calendar has; a row that names none counts for all calendars of the file."""
    found: dict[str, list[Row]] = {row["id"]: [] for row in reading.of("calendars.csv")}
    faulty = reading.mentions("calendars.csv", "id") - found.keys()
    for holiday in reading.of("holidays.csv"):
        for name in holiday["calendar"] or found:
            if name in faulty:
                continue
            if name not in found:
                vi, en = f"Không có lịch “{name}” trong calendars.csv.", f"There is no calendar “{name}” in calendars.csv."
                faults.append(holiday.fault("calendar", vi, en))
            elif len(found[name]) == MOST_EXCEPTIONS:
                vi = f"Lịch “{name}” có quá {MOST_EXCEPTIONS} ngày; hãy bỏ những năm đã qua."
                faults.append(
                    holiday.fault("calendar", vi, f"Calendar “{name}” has over {MOST_EXCEPTIONS}; leave out past years.")
                )
            else:
                found[name].append(holiday)
    return found


def _exceptions(name: str, weekly: Mapping[str, Any], holidays: Sequence[Row], faults: list[Fault]) -> list[dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for row in holidays:
        day = row["date"].isoformat()
        one = {"date": day, "kind": row["kind"], "vi": row["name_vi"], "en": row["name_en"], "shifts": _lists(row["shifts"])}
        if day in found:
            vi = f"Ngày này đã ghi cho lịch “{name}” ở dòng khác."
            faults.append(row.fault("date", vi, f"Another line has this date for calendar “{name}” already."))
        elif _is_sound(row, "shifts", name, weekly, [one], faults):
            found[day] = one
    return [found[day] for day in sorted(found)]


def _is_sound(
    row: Row, column: str, name: str, weekly: Mapping[str, Any], exceptions: list[dict[str, object]], faults: list[Fault]
) -> bool:
    """Whether worktime can count with it; what it says otherwise becomes a fault at this row."""
    data = {"id": name, "version": 1, "weekly": {day: _lists(shifts) for day, shifts in weekly.items()}, "exceptions": exceptions}
    try:
        Calendar.from_data(data).next_working(_SOME_DAY)
    except CalendarError as refused:
        faults.append(row.fault(column, refused.vi, refused.en))
        return False
    return True


def _lists(shifts: Sequence[tuple[str, str]]) -> list[list[str]]:
    return [[*shift] for shift in shifts]
