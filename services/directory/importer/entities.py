"""All kinds together, with every fault found."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts.directory import CalendarV1, ProcedureV1, UnitV1
from services.directory.importer.calendars import build_calendars
from services.directory.importer.faults import Fault
from services.directory.importer.procedures import build_procedures
from services.directory.importer.rows import Row, Rows
from services.directory.importer.staff import ImportedPerson, build_staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Entities:
    """What the files come to, by id. Only where `faults` is empty is it complete."""

    units: Mapping[str, UnitV1] = field(default_factory=dict)
    calendars: Mapping[str, CalendarV1] = field(default_factory=dict)
    procedures: Mapping[str, ProcedureV1] = field(default_factory=dict)
    staff: Mapping[str, ImportedPerson] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def build_entities(rows: Rows) -> Entities:
    """What cannot be said of one row alone is found here."""
    faults: list[Fault] = []
    return Entities(
        units={row["id"]: unit for row in rows.of("units.csv") if (unit := _build_unit(row, faults))},
        calendars=build_calendars(rows, faults),
        procedures=build_procedures(rows, faults),
        staff=build_staff(rows, faults),
        faults=faults,
    )


def _build_unit(row: Row, faults: list[Fault]) -> UnitV1 | None:
    if row["valid_to"] is not None and row["valid_to"] < row["valid_from"]:
        vi, en = "Ngày hết hiệu lực trước ngày có hiệu lực.", "The unit ends before it begins."
        faults.append(row.fault("valid_to", vi=vi, en=en))
        return None
    return UnitV1.model_validate(row.values)
