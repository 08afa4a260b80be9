"""A unit, a calendar or a procedure in the version in which it was last published."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from contracts.directory import CalendarV1, ProcedureV1, UnitV1

E = TypeVar("E", UnitV1, CalendarV1, ProcedureV1)


@dataclass(frozen=True, slots=True)
class Versioned(Generic[E]):
    """The first version of an entity is 1."""

    entity: E
    version: int

    @property
    def id(self) -> str:
        """A procedure goes by its code."""
        return self.entity.code if isinstance(self.entity, ProcedureV1) else self.entity.id


AnyVersioned = Versioned[UnitV1] | Versioned[CalendarV1] | Versioned[ProcedureV1]
