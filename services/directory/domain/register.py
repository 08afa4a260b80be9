"""Everything that the directory holds and an import may change, and what one import changes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from contracts.directory import CalendarV1, ProcedureV1, UnitV1
from services.directory.domain.accounts import Account
from services.directory.domain.versioned import Versioned

WHOLE: Final = "whole"


@dataclass(frozen=True, slots=True)
class Holdings:
    """Everything that the directory holds, by id."""

    units: Mapping[str, Versioned[UnitV1]] = field(default_factory=dict)
    calendars: Mapping[str, Versioned[CalendarV1]] = field(default_factory=dict)
    procedures: Mapping[str, Versioned[ProcedureV1]] = field(default_factory=dict)
    accounts: Mapping[str, Account] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What an import changes; `in_files` counts what stood in the files, by kind."""

    units: list[Versioned[UnitV1]]
    calendars: list[Versioned[CalendarV1]]
    procedures: list[Versioned[ProcedureV1]]
    accounts: list[Account]
    in_files: Mapping[str, int]

    def changed(self) -> dict[str, int]:
        return {
            "calendars": len(self.calendars),
            "units": len(self.units),
            "procedures": len(self.procedures),
            "staff": len(self.accounts),
        }

    def unchanged(self) -> dict[str, int]:
        return {kind: self.in_files[kind] - number for kind, number in self.changed().items()}


@dataclass(frozen=True, slots=True)
class Register:
    """There is one, under the id WHOLE."""

    held: Holdings
    changes: Changes | None = None
    id: str = WHOLE
