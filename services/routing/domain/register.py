"""The register of results: one row of numbers for each unit, kind of document and year, 1, 2, 3 and so on without gap or double.

The year is the civil one in Vietnam on the day of the signature. A number is taken in the transaction that signs: where that
fails, the number is free again and the next signature gets it.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NamedTuple, Self

from contracts.civil import civil_day
from contracts.directory import SigningV1

_PLACEHOLDER: Final = re.compile(r"\{(n|year|kind|unit)\}")


class RegisterKey(NamedTuple):
    unit: str
    kind: str
    year: int

    @classmethod
    def of(cls, unit: str, signing: SigningV1, at: datetime) -> Self:
        return cls(unit, signing.kind, civil_day(at).year)


@dataclass(frozen=True, slots=True)
class NumberRegister:
    """`last` is the number given last; 0: none this year."""

    unit: str
    kind: str
    year: int
    last: int = 0

    @property
    def id(self) -> RegisterKey:
        return RegisterKey(self.unit, self.kind, self.year)

    def taken(self) -> Self:
        """After the next number, which is then its `last`."""
        return replace(self, last=self.last + 1)

    def written(self, number_format: str) -> str:
        """The last number as the procedure's version in force at acceptance has it written."""
        parts = {"n": self.last, "year": self.year, "kind": self.kind, "unit": self.unit}
        return _PLACEHOLDER.sub(lambda match: str(parts[match[1]]), number_format)
