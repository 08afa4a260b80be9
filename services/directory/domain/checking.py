"""What must hold between entities, those in the files and those already there: nothing refers to what does not exist."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from contracts.directory import CalendarV1, ProcedureV1, StaffV1, UnitV1
from contracts.values import Tier
from services.directory.domain.building import Built
from services.directory.domain.faults import Fault
from services.directory.domain.reading import Reading, Row

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


def check(reading: Reading, built: Built, known: Known) -> list[Fault]:
    """Faults between entities. An id whose own row is faulty counts as there: it is named once, where it is wrong."""
    units = {**known.units, **built.units}
    return [
        *_references(reading, known),
        *_circles(reading, units),
        *_receiving(reading, built, units),
        *_user_names(reading, built, known),
    ]


def _references(reading: Reading, known: Known) -> Iterator[Fault]:
    there = {
        "unit": known.units.keys() | reading.mentions("units.csv", "id"),
        "calendar": known.calendars.keys() | reading.mentions("calendars.csv", "id"),
        "field": _fields(known.procedures) | reading.mentions("procedures.csv", "field"),
    }
    for rows in reading.rows.values():
        for row in rows:
            for column in row.file.columns:
                if column.refers is None:
                    continue
                value = row[column.name]
                wanted = value if isinstance(value, tuple) else () if value is None else (value,)
                for missing in sorted({*wanted} - there[column.refers]):
                    vi, en = (said.format(id=missing) for said in _MISSING[column.refers])
                    yield row.fault(column.name, vi, en)


def _fields(procedures: Mapping[str, ProcedureV1]) -> set[str]:
    return {version.field for procedure in procedures.values() for version in procedure.versions}


def _circles(reading: Reading, units: Mapping[str, UnitV1]) -> Iterator[Fault]:
    """A unit that is its own superior, or its own successor, over however many steps."""
    for row in reading.of("units.csv"):
        for column in ("parent", "successor"):
            seen: set[str] = set()
            unit = units.get(row["id"])
            while unit is not None and unit.id not in seen:
                seen.add(unit.id)
                unit = units.get(getattr(unit, column) or "")
            if unit is not None and unit.id == row["id"]:
                yield row.fault(column, "Các đơn vị tạo thành một vòng.", "The units form a circle.")


def _receiving(reading: Reading, built: Built, units: Mapping[str, UnitV1]) -> Iterator[Fault]:
    for row in reading.of("competences.csv"):
        for name in row["receiving"]:
            unit = units.get(name)
            if unit is not None and not unit.one_stop:
                vi = f"Đơn vị {name} không phải là bộ phận một cửa nên không tiếp nhận được."
                yield row.fault("receiving", vi, f"Unit {name} is no one-stop unit, so it cannot receive.")
            if unit is not None and unit.tier is Tier.POSTAL and not _goes_by_post(row, built):
                vi = f"Thủ tục này không nhận qua bưu chính, mà {name} là bưu cục."
                yield row.fault("receiving", vi, f"This procedure is not taken by post, and {name} is a post office.")


def _goes_by_post(row: Row, built: Built) -> bool:
    procedure = built.procedures.get(row["procedure"])
    if procedure is None:
        return True
    versions = row["versions"] or [version.version for version in procedure.versions]
    return all(version.by_post for version in procedure.versions if version.version in versions)


def _user_names(reading: Reading, built: Built, known: Known) -> Iterator[Fault]:
    taken = {person.username: person.id for person in known.staff.values() if person.id not in built.staff}
    for row in reading.of("staff.csv"):
        holder = taken.setdefault(row["username"], row["id"])
        if holder != row["id"]:
            vi, en = f"Tên đăng nhập này là của người có mã {holder}.", f"This user name is that of the person {holder}."
            yield row.fault("username", vi, en)
