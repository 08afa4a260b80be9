"""What must hold between entities, those in the files and those already there: nothing refers to what does not exist."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

from contracts.directory import CalendarV1, ProcedureV1, StaffV1, UnitV1
from contracts.values import Tier
from services.directory.importer.derived_calendars import base_faults
from services.directory.importer.entities import Entities
from services.directory.importer.faults import Fault
from services.directory.importer.rows import Row, Rows

_MISSING: Final = {
    "unit": ("Không có đơn vị {id}.", "There is no unit {id}."),
    "calendar": ("Không có lịch {id}.", "There is no calendar {id}."),
    "field": ("Không có thủ tục nào thuộc lĩnh vực {id}.", "No procedure is of the field {id}."),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the directory holds already, by id."""

    units: Mapping[str, UnitV1] = field(default_factory=dict)
    calendars: Mapping[str, CalendarV1] = field(default_factory=dict)
    procedures: Mapping[str, ProcedureV1] = field(default_factory=dict)
    staff: Mapping[str, StaffV1] = field(default_factory=dict)


def check(rows: Rows, entities: Entities, known: Known) -> list[Fault]:
    """Faults between entities. An id whose own row is faulty counts as there: it is named once, where it is wrong."""
    units = {**known.units, **entities.units}
    return [
        *_references(rows, known),
        *base_faults(rows, entities.calendars, known.calendars),
        *_circles(rows, units),
        *_receiving(rows, entities, units),
        *_user_names(rows, entities, known),
    ]


def _references(rows: Rows, known: Known) -> Iterator[Fault]:
    existing = {
        "unit": known.units.keys() | rows.mentions("units.csv", "id"),
        "calendar": known.calendars.keys() | rows.mentions("calendars.csv", "id"),
        "field": _fields(known.procedures) | rows.mentions("procedures.csv", "field"),
    }
    for row in chain.from_iterable(rows.by_file.values()):
        for column in row.file.columns:
            if column.refers is None:
                continue
            for missing in sorted(_ids_in(row[column.name]) - existing[column.refers]):
                vi, en = (sentence.format(id=missing) for sentence in _MISSING[column.refers])
                yield row.fault(column.name, vi=vi, en=en)


def _ids_in(value: Any) -> set[str]:
    if value is None:
        return set()
    return {*value} if isinstance(value, tuple) else {value}


def _fields(procedures: Mapping[str, ProcedureV1]) -> set[str]:
    return {version.field for procedure in procedures.values() for version in procedure.versions}


def _circles(rows: Rows, units: Mapping[str, UnitV1]) -> Iterator[Fault]:
    """A unit that is its own superior, or its own successor, over however many steps."""
    for row in rows.of("units.csv"):
        for column in ("parent", "successor"):
            seen: set[str] = set()
            unit = units.get(row["id"])
            while unit is not None and unit.id not in seen:
                seen.add(unit.id)
                unit = units.get(getattr(unit, column) or "")
            if unit is not None and unit.id == row["id"]:
                yield row.fault(column, vi="Các đơn vị tạo thành một vòng.", en="The units form a circle.")


def _receiving(rows: Rows, entities: Entities, units: Mapping[str, UnitV1]) -> Iterator[Fault]:
    for row in rows.of("competences.csv"):
        for name in row["receiving"]:
            unit = units.get(name)
            if unit is not None and not unit.one_stop:
                vi = f"Đơn vị {name} không phải là bộ phận một cửa nên không tiếp nhận được."
                en = f"Unit {name} is no one-stop unit, so it cannot receive."
                yield row.fault("receiving", vi=vi, en=en)
            if unit is not None and unit.tier is Tier.POSTAL and not _goes_by_post(row, entities):
                vi = f"Thủ tục này không nhận qua bưu chính, mà {name} là bưu cục."
                en = f"This procedure is not taken by post, and {name} is a post office."
                yield row.fault("receiving", vi=vi, en=en)


def _goes_by_post(row: Row, entities: Entities) -> bool:
    procedure = entities.procedures.get(row["procedure"])
    if procedure is None:
        return True
    versions = row["versions"] or [version.version for version in procedure.versions]
    return all(version.by_post for version in procedure.versions if version.version in versions)


def _user_names(rows: Rows, entities: Entities, known: Known) -> Iterator[Fault]:
    taken = {person.username: person.id for person in known.staff.values() if person.id not in entities.staff}
    for row in rows.of("staff.csv"):
        holder = taken.setdefault(row["username"], row["id"])
        if holder != row["id"]:
            vi, en = f"Tên đăng nhập này là của người có mã {holder}.", f"This user name is that of the person {holder}."
            yield row.fault("username", vi=vi, en=en)
