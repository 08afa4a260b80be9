"""Calendars with their exceptional days, proved by the library that will count with them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from contracts.directory import CalendarV1, ReceptionRulesV1
from contracts.values import CIVIL_TIME
from services.directory.importer.faults import Fault
from services.directory.importer.rows import Row, Rows
from worktime import Calendar, CalendarError
from worktime.calendar_data import WEEKDAYS

MOST_EXCEPTIONS: Final = 2000
SOME_DAY: Final = datetime(2026, 1, 5, tzinfo=CIVIL_TIME)


def build_calendars(rows: Rows, faults: list[Fault]) -> dict[str, CalendarV1]:
    exceptional = _by_calendar(rows, faults)
    calendars: dict[str, CalendarV1] = {}
    for row in rows.of("calendars.csv"):
        weekly = {weekday: row[weekday] for weekday in WEEKDAYS if row[weekday]}
        counted = [*row["counted"]] or None
        lists = {weekday: _lists(shifts) for weekday, shifts in weekly.items()}
        week = {"id": row["id"], "version": 1, "weekly": lists, "counted": counted}
        if _is_sound(row, "mon", week, [], faults, whole=row["base"] is None):
            days = _exceptions(week, exceptional[row["id"]], faults, whole=row["base"] is None)
            calendars[row["id"]] = CalendarV1(
                id=row["id"],
                name=row["name"],
                weekly=weekly,
                exceptions=days,
                counted=counted,
                known_until=row["known_until"],
                refuse_beyond=row["refuse_beyond"],
                rules=_rules(row),
                sample=row["sample"],
                **_own(row, days),
            )
    return calendars


def _rules(row: Row) -> ReceptionRulesV1 | None:
    stated = {name: row[name] for name in ReceptionRulesV1.model_fields if row[name] is not None}
    return ReceptionRulesV1.model_validate(stated) if stated else None


def _own(row: Row, days: Sequence[Mapping[str, object]]) -> dict[str, Any]:
    """What a calendar with a base keeps for itself; `derived_calendars` fills in the rest."""
    if row["base"] is None:
        return {}
    own_weekdays = [weekday for weekday in WEEKDAYS if row[weekday] is not None]
    return {"base": row["base"], "own_weekdays": own_weekdays, "own_dates": [day["date"] for day in days]}


def _by_calendar(rows: Rows, faults: list[Fault]) -> dict[str, list[Row]]:
    """Which exceptional days each calendar has; a row that names none counts for all calendars of the file that have no base."""
    days: dict[str, list[Row]] = {row["id"]: [] for row in rows.of("calendars.csv")}
    whole = [row["id"] for row in rows.of("calendars.csv") if row["base"] is None]
    faulty = rows.mentions("calendars.csv", "id") - days.keys()
    for row in rows.of("holidays.csv"):
        for name in row["calendar"] or whole:
            if name in faulty:
                continue
            if name not in days:
                vi, en = f"Không có lịch “{name}” trong calendars.csv.", f"There is no calendar “{name}” in calendars.csv."
                faults.append(row.fault("calendar", vi=vi, en=en))
            elif len(days[name]) == MOST_EXCEPTIONS:
                vi = f"Lịch “{name}” có quá {MOST_EXCEPTIONS} ngày; hãy bỏ những năm đã qua."
                en = f"Calendar “{name}” has over {MOST_EXCEPTIONS}; leave out past years."
                faults.append(row.fault("calendar", vi=vi, en=en))
            else:
                days[name].append(row)
    return days


def _exceptions(week: Mapping[str, Any], days: Sequence[Row], faults: list[Fault], *, whole: bool) -> list[dict[str, object]]:
    name = week["id"]
    exceptions: dict[str, dict[str, object]] = {}
    for row in days:
        day = row["date"].isoformat()
        exception = {
            "date": day,
            "kind": str(row["kind"]),
            "vi": row["name_vi"],
            "en": row["name_en"],
            "shifts": _lists(row["shifts"]),
            **({} if row["half"] is None else {"half": str(row["half"])}),
        }
        if day in exceptions:
            vi = f"Ngày này đã ghi cho lịch “{name}” ở dòng khác."
            faults.append(row.fault("date", vi=vi, en=f"Another line has this date for calendar “{name}” already."))
        elif _is_sound(row, "half" if row["half"] else "shifts", week, [exception], faults, whole=whole):
            exceptions[day] = exception
    return [exceptions[day] for day in sorted(exceptions)]


def _is_sound(
    row: Row, column: str, week: Mapping[str, Any], exceptions: list[dict[str, object]], faults: list[Fault], *, whole: bool
) -> bool:
    """Whether worktime can read it and, if it is whole, count with it; what it says otherwise becomes a fault at this row."""
    try:
        calendar = Calendar.from_data({**week, "exceptions": exceptions})
        if whole:
            calendar.next_working(SOME_DAY)
    except CalendarError as refusal:
        faults.append(row.fault(column, vi=refusal.vi, en=refusal.en))
        return False
    return True


def _lists(shifts: Sequence[tuple[str, str]]) -> list[list[str]]:
    return [[*shift] for shift in shifts]
