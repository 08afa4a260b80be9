"""The rows of the files once their cells are read, and what is known of those that could not be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.directory.importer.faults import Fault
from services.directory.importer.formats import FileFormat


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file, its cells read. `values` has every column of the file."""

    file: FileFormat
    line: int
    values: Mapping[str, Any]

    def fault(self, column: str, *, vi: str, en: str) -> Fault:
        return Fault(file=self.file.name, line=self.line, column=column, vi=vi, en=en)

    def __getitem__(self, column: str) -> Any:
        return self.values[column]

    def identities(self) -> list[tuple[Any, ...]]:
        """What no other row may be about. Of a cell that holds several values each counts; an empty one counts too."""
        identities: list[tuple[Any, ...]] = [()]
        for column in self.file.key:
            value = self[column]
            parts = (value or (None,)) if isinstance(value, tuple) else (value,)
            identities = [(*identity, part) for identity in identities for part in parts]
        return identities


@dataclass(frozen=True, slots=True)
class Rows:
    """`by_file`: those without a fault; `mentioned`: what stands in (file, column), in rows with faults too."""

    by_file: Mapping[str, list[Row]]
    faults: list[Fault]
    mentioned: Mapping[tuple[str, str], set[str]]

    def of(self, file: str) -> list[Row]:
        return self.by_file.get(file, [])

    def mentions(self, file: str, column: str) -> set[str]:
        """What another row may refer to without a second fault: a faulty row is named once, where it is wrong."""
        return self.mentioned.get((file, column), set())


def repeated(rows: list[Row]) -> Iterator[Fault]:
    """Two rows may not both speak for one thing, nor for one of several that they name."""
    first: dict[tuple[Any, ...], int] = {}
    for row in rows:
        for identity in row.identities():
            line = first.setdefault(identity, row.line)
            if line != row.line:
                yield row.fault(row.file.key[-1], vi=f"Đã ghi ở dòng {line}.", en=f"Stands in line {line} already.")
                break
