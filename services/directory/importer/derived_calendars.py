"""Calendars that keep another one but for days of their own: filled in from their base, and again whenever the base changes.

They are published complete, in the same import as their base, so that no reader ever counts with half of a change.
"""

from collections.abc import Iterator, Mapping

from contracts.directory import CalendarV1
from services.directory.domain.calendar_end import working_calendar
from services.directory.importer.calendars import SOME_DAY
from services.directory.importer.faults import Fault
from services.directory.importer.rows import Row, Rows
from worktime import CalendarError, Override, override
from worktime.calendar_data import WEEKDAYS


def with_derived(in_files: Mapping[str, CalendarV1], known: Mapping[str, CalendarV1]) -> dict[str, CalendarV1]:
    """The calendars of the files, those with a base filled in, and every one that is held and has its base in the files."""
    all_calendars = {**known, **in_files}
    whole = {id_: calendar for id_, calendar in all_calendars.items() if calendar.base is None}
    concerned = [calendar for calendar in all_calendars.values() if calendar.id in in_files or calendar.base in in_files]
    return {calendar.id: _derived(calendar, whole) for calendar in concerned}


def _derived(own: CalendarV1, whole: Mapping[str, CalendarV1]) -> CalendarV1:
    """As it was where its base is none: `base_faults` says so."""
    if own.base is None or own.base not in whole:
        return own
    base, kept = working_calendar(whole[own.base]), working_calendar(own)
    weekly = {WEEKDAYS.index(weekday): kept.weekly[WEEKDAYS.index(weekday)] for weekday in own.own_weekdays}
    exceptions = {day: kept.exceptions[day] for day in own.own_dates}
    filled = override(base, Override(id=own.id, version=1, weekly=weekly, exceptions=exceptions))
    stated = {name: getattr(own, name) for name in ("name", "sample", "base", "own_weekdays", "own_dates")}
    return CalendarV1.model_validate({**filled.to_data(), **stated})


def base_faults(rows: Rows, calendars: Mapping[str, CalendarV1], known: Mapping[str, CalendarV1]) -> Iterator[Fault]:
    """`calendars`: filled in. A base that does not exist is named with the other references."""
    all_calendars = {**known, **calendars}
    for row in rows.of("calendars.csv"):
        if row["base"] is not None:
            yield from _base_faults(row, all_calendars)


def _base_faults(row: Row, calendars: Mapping[str, CalendarV1]) -> Iterator[Fault]:
    base = calendars.get(row["base"])
    if base is not None and base.base is not None:
        vi, en = f"Lịch {base.id} cũng theo lịch khác; hãy ghi lịch gốc.", f"Calendar {base.id} has a base too; name that one."
        yield row.fault("base", vi=vi, en=en)
    elif any(calendar.base == row["id"] for calendar in calendars.values()):
        vi, en = (
            "Lịch khác đang theo lịch này, nên nó phải tự đủ.",
            "Another calendar has this one as its base: it must be whole.",
        )
        yield row.fault("base", vi=vi, en=en)
    elif base is not None and row["id"] in calendars:
        yield from _unsound(row, calendars[row["id"]])
    for column in _stated(row):
        vi, en = f"Lịch theo {row['base']} thì để trống ô này.", f"Leave this cell empty: it is taken from {row['base']}."
        yield row.fault(column, vi=vi, en=en)


def _stated(row: Row) -> list[str]:
    own = {"id", "name", "base", "sample", *WEEKDAYS}
    return [column.name for column in row.file.columns if column.name not in own and row[column.name] != column.default]


def _unsound(row: Row, calendar: CalendarV1) -> Iterator[Fault]:
    try:
        working_calendar(calendar).next_working(SOME_DAY)
    except CalendarError as refusal:
        yield row.fault("base", vi=refusal.vi, en=refusal.en)
