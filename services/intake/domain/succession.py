"""Who is in charge where a unit has ended: the unit that succeeded it, or that one's successor, if it receives dossiers."""

from collections.abc import Mapping
from datetime import date

from contracts.directory import UnitV1
from contracts.intake import UnitRef


def unit_in_charge(unit: UnitV1, units: Mapping[str, UnitV1], day: date) -> UnitV1 | None:
    """The unit itself while it is there; None where nobody has taken over, or who did has not begun or has no counter."""
    passed: set[str] = set()
    while unit.valid_to is not None and unit.valid_to < day:
        passed.add(unit.id)
        successor = units.get(unit.successor or "")
        if successor is None or successor.id in passed:
            return None
        unit = successor
    return unit if unit.valid_from <= day and unit.one_stop else None


def successions(units: Mapping[str, UnitV1], day: date) -> dict[str, UnitRef]:
    """For each unit that has ended before that day and that somebody has taken over from: who is in charge now."""
    after = {unit.id: unit_in_charge(unit, units, day) for unit in units.values() if unit.valid_to and unit.valid_to < day}
    return {ended: UnitRef(id=unit.id, name=unit.name) for ended, unit in after.items() if unit is not None}
