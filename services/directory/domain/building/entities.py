"""All kinds together, with every fault found."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts.directory import CalendarV1, ProcedureV1, UnitV1
from services.directory.domain.building import calendars, procedures, staff
from services.directory.domain.building.staff import StaffRow
from services.directory.domain.faults import Fault
from services.directory.domain.reading import Reading, Row


@dataclass(frozen=True, slots=True)
class Built:
    """What the files come to, by id. Only where `faults` is empty is it complete."""

    units: Mapping[str, UnitV1] = field(default_factory=dict)
    calendars: Mapping[str, CalendarV1] = field(default_factory=dict)
    procedures: Mapping[str, ProcedureV1] = field(default_factory=dict)
    staff: Mapping[str, StaffRow] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def build(reading: Reading) -> Built:
    faults: list[Fault] = []
    return Built(
        units={row["id"]: unit for row in reading.of("units.csv") if (unit := _unit(row, faults))},
        calendars=calendars.build(reading, faults),
        procedures=procedures.build(reading, faults),
        staff=staff.build(reading, faults),
        faults=faults,
    )


def _unit(row: Row, faults: list[Fault]) -> UnitV1 | None:
    if row["valid_to"] is not None and row["valid_to"] < row["valid_from"]:
        faults.append(row.fault("valid_to", "Ngày hết hiệu lực trước ngày có hiệu lực.", "The unit ends before it begins."))
        return None
    return UnitV1.model_validate(row.values)
