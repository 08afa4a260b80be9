"""From the text of the files to rows of values. Everything wrong is found in one go: nobody mends files fault by fault.

A file is CSV in UTF-8 as a spreadsheet writes it: comma, semicolon or tab between cells, with or without a byte order mark.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.directory.domain.cells import CellFault
from services.directory.domain.faults import Fault
from services.directory.domain.files import BY_NAME, FILES, Column, File, companions

MOST_ROWS: Final = 100_000
_SEPARATORS: Final = ",;\t"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file, its cells read. `values` has every column of the file."""

    file: File
    line: int
    values: Mapping[str, Any]

    def fault(self, column: str, vi: str, en: str) -> Fault:
        return Fault(self.file.name, self.line, column, vi, en)

    def __getitem__(self, column: str) -> Any:
        return self.values[column]


@dataclass(frozen=True, slots=True)
class Reading:
    """`rows` by file name, those without a fault; `mentioned`: what stands in (file, column), in rows with faults too."""

    rows: Mapping[str, list[Row]]
    faults: list[Fault]
    mentioned: Mapping[tuple[str, str], set[str]]

    def of(self, file: str) -> list[Row]:
        return self.rows.get(file, [])

    def mentions(self, file: str, column: str) -> set[str]:
        """What another row may refer to without a second fault: a faulty row is named once, where it is wrong."""
        return self.mentioned.get((file, column), set())


def read(texts: Mapping[str, str]) -> Reading:
    """Read the files, by name."""
    faults = [_unknown_file(name) for name in texts if name not in BY_NAME]
    for kind in sorted({BY_NAME[name].kind for name in texts if name in BY_NAME}):
        faults += [_missing_file(name) for name in companions(kind) if name not in texts]
    if not texts:
        faults.append(Fault("", 0, "", "Không có tệp nào.", "There is no file."))
    rows: dict[str, list[Row]] = {}
    mentioned: dict[tuple[str, str], set[str]] = {}
    for file in FILES:
        if file.name in texts:
            rows[file.name] = list(_rows(file, texts[file.name], faults, mentioned))
            faults += _twice(file, rows[file.name])
    return Reading(rows, faults, mentioned)


def _unknown_file(name: str) -> Fault:
    known = ", ".join(BY_NAME)
    return Fault(
        name[:100], 0, "", f"Tên tệp này không dùng được. Các tệp: {known}.", f"There is no such file. The files are: {known}."
    )


def _missing_file(name: str) -> Fault:
    with_it = ", ".join(other for other in companions(BY_NAME[name].kind) if other != name)
    return Fault(
        name, 0, "", f"Thiếu tệp này; nó phải đi cùng {with_it}.", f"This file is missing; it comes together with {with_it}."
    )


def _rows(file: File, text: str, faults: list[Fault], mentioned: dict[tuple[str, str], set[str]]) -> Iterator[Row]:
    lines = text.removeprefix("\ufeff").splitlines(keepends=True)
    reader = csv.reader(lines, delimiter=_separator(lines), strict=True)
    try:
        heading = [cell.strip() for cell in next(reader, [])]
        wrong = list(_heading_faults(file, heading))
        faults += wrong
        if wrong:
            return
        for number, cells in enumerate(reader, start=1):
            if number > MOST_ROWS:
                faults.append(Fault(file.name, reader.line_num, "", f"Quá {MOST_ROWS} dòng.", f"More than {MOST_ROWS} rows."))
                return
            if any(cell.strip() for cell in cells):
                for name, cell in zip(heading, cells, strict=False):
                    mentioned.setdefault((file.name, name), set()).add(cell.strip())
                row = _row(file, reader.line_num, heading, cells, faults)
                if row is not None:
                    yield row
    except csv.Error:
        vi = "Không đọc được từ đây: kiểm tra dấu ngoặc kép và dấu ngăn cách."
        faults.append(Fault(file.name, reader.line_num, "", vi, "Cannot be read from here on: check the quotes and separators."))


def _separator(lines: list[str]) -> str:
    heading = lines[0] if lines else ""
    return max(_SEPARATORS, key=heading.count)


def _heading_faults(file: File, heading: list[str]) -> Iterator[Fault]:
    known = ", ".join(column.name for column in file.columns)
    for name in dict.fromkeys(heading):
        if file.column(name) is None:
            shown = name[:80] or "(trống / empty)"
            yield Fault(
                file.name, 1, shown, f"Không có cột này. Các cột: {known}.", f"There is no such column. The columns are: {known}."
            )
        elif heading.count(name) > 1:
            yield Fault(file.name, 1, name, "Cột này có hai lần.", "This column stands there twice.")
    for column in file.columns:
        if column.required and column.name not in heading:
            yield Fault(file.name, 1, column.name, "Thiếu cột này.", "This column is missing.")


def _row(file: File, line: int, heading: list[str], cells: list[str], faults: list[Fault]) -> Row | None:
    if len(cells) != len(heading):
        vi = f"Dòng này có {len(cells)} ô, dòng tiêu đề có {len(heading)}."
        faults.append(Fault(file.name, line, "", vi, f"This row has {len(cells)} cells, the heading has {len(heading)}."))
        return None
    given = {name: cell.strip() for name, cell in zip(heading, cells, strict=True)}
    values: dict[str, Any] = {}
    for column in file.columns:
        cell = given.get(column.name, "")
        if not cell and not column.required:
            values[column.name] = column.default
            continue
        try:
            values[column.name] = _read(column, cell)
        except CellFault as fault:
            faults.append(Fault(file.name, line, column.name, f"Ô này {fault.vi}", f"This cell {fault.en}"))
    return Row(file, line, values) if len(values) == len(file.columns) else None


def _read(column: Column, cell: str) -> Any:
    if not cell:
        raise CellFault("không được để trống.", "may not be empty.")
    return column.read(cell)


def _twice(file: File, rows: list[Row]) -> Iterator[Fault]:
    """Cells that hold several values count one by one: two rows may not both speak for one of them."""
    first: dict[tuple[Any, ...], int] = {}
    for row in rows:
        for key in _keys(row, file.key):
            line = first.setdefault(key, row.line)
            if line != row.line:
                yield row.fault(file.key[-1], f"Đã ghi ở dòng {line}.", f"Stands in line {line} already.")
                break


def _keys(row: Row, columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
    keys: list[tuple[Any, ...]] = [()]
    for column in columns:
        value = row[column]
        parts = (value or (None,)) if isinstance(value, tuple) else (value,)
        keys = [(*key, part) for key in keys for part in parts]
    return keys
