"""From entities to the files that an import takes: what a screen changes goes the way of a file, past the same checks.

Read again, the files come to what was written: `import_files` of what is held changes nothing.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from itertools import groupby
from typing import Any

from contracts.directory import CalendarV1, PostV1, ProcedureV1, ProcedureVersionV1, StaffV1, UnitV1
from services.directory.importer.formats import FORMAT_OF
from worktime.calendar_data import WEEKDAYS

Cells = Mapping[str, Any]


def write_file(name: str, rows: Iterable[Cells]) -> str:
    """With every column of the format; what a row does not say stays empty."""
    columns = [column.name for column in FORMAT_OF[name].columns]
    written = StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return written.getvalue()


def write_units(units: Iterable[UnitV1]) -> dict[str, str]:
    return {"units.csv": write_file("units.csv", [unit.model_dump() for unit in units])}


def write_people(people: Sequence[StaffV1]) -> dict[str, str]:
    """Whether an account is active is left as it is."""
    posts = [_post(person.id, post) for person in people for post in person.posts]
    rows = [{"id": person.id, "username": person.username, "name": person.name, "sample": person.sample} for person in people]
    return {"staff.csv": write_file("staff.csv", rows), "posts.csv": write_file("posts.csv", posts)}


def write_calendars(calendars: Sequence[CalendarV1]) -> dict[str, str]:
    days = [day for calendar in calendars for day in _days(calendar)]
    rows = [_calendar(calendar) for calendar in calendars]
    return {"calendars.csv": write_file("calendars.csv", rows), "holidays.csv": write_file("holidays.csv", days)}


def write_procedures(procedures: Sequence[ProcedureV1]) -> dict[str, str]:
    versions = [(procedure, version) for procedure in procedures for version in procedure.versions]
    papers = [
        {"procedure": procedure.code, "versions": [version.version], **paper.model_dump()}
        for procedure, version in versions
        for paper in version.papers
    ]
    competences = [row for procedure, version in versions for row in _competences(procedure.code, version)]
    return {
        "procedures.csv": write_file("procedures.csv", [_version(procedure, version) for procedure, version in versions]),
        "papers.csv": write_file("papers.csv", papers),
        "competences.csv": write_file("competences.csv", competences),
    }


def _post(staff_id: str, post: PostV1) -> Cells:
    return {"staff": staff_id, **post.model_dump()}


def _calendar(calendar: CalendarV1) -> Cells:
    """What it takes from a base is left out."""
    own = {weekday: _week_shifts(calendar, weekday) for weekday in WEEKDAYS}
    stated = {"id": calendar.id, "name": calendar.name, "base": calendar.base, "sample": calendar.sample, **own}
    if calendar.base is not None:
        return stated
    rules = {} if calendar.rules is None else calendar.rules.model_dump(exclude_unset=True)
    bounds = {"counted": calendar.counted, "known_until": calendar.known_until, "refuse_beyond": calendar.refuse_beyond}
    return {**stated, **bounds, **rules}


def _week_shifts(calendar: CalendarV1, weekday: str) -> str:
    shifts = _shifts(calendar.weekly.get(weekday, ()))
    if calendar.base is None:
        return shifts
    return (shifts or "-") if weekday in calendar.own_weekdays else ""


def _days(calendar: CalendarV1) -> Iterator[Cells]:
    own = {day.isoformat() for day in calendar.own_dates}
    for day in calendar.exceptions:
        if calendar.base is None or day["date"] in own:
            shifts: Any = day.get("shifts", ())
            names = {"name_vi": day["vi"], "name_en": day["en"], "shifts": _shifts(shifts), "half": day.get("half")}
            yield {"calendar": [calendar.id], "date": day["date"], "kind": day["kind"], **names}


def _version(procedure: ProcedureV1, version: ProcedureVersionV1) -> Cells:
    limit = {"limit": version.limit.counted_in, "amount": version.limit.amount or None, "cutoff": version.limit.cutoff}
    signing = {"signing": "officer"}
    if version.signing is not None:
        of_document = {"document_kind": version.signing.kind, "number_format": version.signing.number_format}
        signing = {"signing": "leader", **of_document}
    return {**version.model_dump(), "code": procedure.code, "sample": procedure.sample, **limit, **signing}


def _competences(code: str, version: ProcedureVersionV1) -> Iterator[Cells]:
    """Neighbours with the same unit that decides share a row, in their order."""
    for (competent, out_of_area), group in groupby(version.competences, key=lambda line: (line.competent, line.out_of_area)):
        receiving = [line.receiving for line in group]
        who = {"receiving": receiving, "competent": competent, "out_of_area": out_of_area}
        yield {"procedure": code, "versions": [version.version], **who}


def _shifts(shifts: Iterable[Sequence[str]]) -> str:
    return " ".join(f"{start}-{end}" for start, end in shifts)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
