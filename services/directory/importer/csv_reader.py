"""From the text of the files to rows of values. Everything wrong is found in one go: nobody mends files fault by fault.

A file is CSV in UTF-8 as a spreadsheet writes it: comma, semicolon or tab between cells, with or without a byte order mark.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from services.directory.importer.cells import CellFault
from services.directory.importer.faults import Fault
from services.directory.importer.formats import FORMAT_OF, FORMATS, Column, FileFormat, companions
from services.directory.importer.rows import Row, Rows, repeated

MOST_ROWS: Final = 100_000
_SEPARATORS: Final = ",;\t"


def read_files(texts: Mapping[str, str]) -> Rows:
    """Read the files, by name."""
    faults = [*_wrong_names(texts)]
    by_file: dict[str, list[Row]] = {}
    mentioned: dict[tuple[str, str], set[str]] = {}
    for file in FORMATS:
        if file.name in texts:
            rows = by_file[file.name] = list(_read_file(file, texts[file.name], faults, mentioned))
            faults += repeated(rows)
    return Rows(by_file, faults, mentioned)


def _wrong_names(texts: Mapping[str, str]) -> Iterator[Fault]:
    known = ", ".join(FORMAT_OF)
    if not texts:
        yield Fault(file="", vi="Không có tệp nào.", en="There is no file.")
    for name in (name for name in texts if name not in FORMAT_OF):
        vi, en = f"Tên tệp này không dùng được. Các tệp: {known}.", f"There is no such file. The files are: {known}."
        yield Fault(file=name[:100], vi=vi, en=en)
    for kind in sorted({FORMAT_OF[name].kind for name in texts if name in FORMAT_OF}):
        for name in companions(kind):
            if name not in texts:
                others = ", ".join(other for other in companions(kind) if other != name)
                vi, en = f"Thiếu tệp này; nó phải đi cùng {others}.", f"This file is missing; it comes together with {others}."
                yield Fault(file=name, vi=vi, en=en)


def _read_file(file: FileFormat, text: str, faults: list[Fault], mentioned: dict[tuple[str, str], set[str]]) -> Iterator[Row]:
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
                vi, en = f"Quá {MOST_ROWS} dòng.", f"More than {MOST_ROWS} rows."
                faults.append(Fault(file=file.name, line=reader.line_num, vi=vi, en=en))
                return
            if any(cell.strip() for cell in cells):
                for name, cell in zip(heading, cells, strict=False):
                    mentioned.setdefault((file.name, name), set()).add(cell.strip())
                row = _read_row(file, reader.line_num, heading, cells, faults)
                if row is not None:
                    yield row
    except csv.Error:
        vi = "Không đọc được từ đây: kiểm tra dấu ngoặc kép và dấu ngăn cách."
        en = "Cannot be read from here on: check the quotes and separators."
        faults.append(Fault(file=file.name, line=reader.line_num, vi=vi, en=en))


def _separator(lines: Sequence[str]) -> str:
    heading = lines[0] if lines else ""
    return max(_SEPARATORS, key=heading.count)


def _heading_faults(file: FileFormat, heading: Sequence[str]) -> Iterator[Fault]:
    known = ", ".join(column.name for column in file.columns)
    for name in dict.fromkeys(heading):
        if file.column(name) is None:
            vi, en = f"Không có cột này. Các cột: {known}.", f"There is no such column. The columns are: {known}."
            yield Fault(file=file.name, line=1, column=name[:80] or "(trống / empty)", vi=vi, en=en)
        elif heading.count(name) > 1:
            yield Fault(file=file.name, line=1, column=name, vi="Cột này có hai lần.", en="This column stands there twice.")
    for name in (column.name for column in file.columns if column.required and column.name not in heading):
        yield Fault(file=file.name, line=1, column=name, vi="Thiếu cột này.", en="This column is missing.")


def _read_row(file: FileFormat, line: int, heading: Sequence[str], cells: Sequence[str], faults: list[Fault]) -> Row | None:
    if len(cells) != len(heading):
        vi = f"Dòng này có {len(cells)} ô, dòng tiêu đề có {len(heading)}."
        en = f"This row has {len(cells)} cells, the heading has {len(heading)}."
        faults.append(Fault(file=file.name, line=line, vi=vi, en=en))
        return None
    by_name = {name: cell.strip() for name, cell in zip(heading, cells, strict=True)}
    values: dict[str, Any] = {}
    for column in file.columns:
        try:
            values[column.name] = _read_cell(column, by_name.get(column.name, ""))
        except CellFault as fault:
            vi, en = f"Ô này {fault.vi}", f"This cell {fault.en}"
            faults.append(Fault(file=file.name, line=line, column=column.name, vi=vi, en=en))
    return Row(file, line, values) if len(values) == len(file.columns) else None


def _read_cell(column: Column, cell: str) -> Any:
    if cell:
        return column.read(cell)
    if column.required:
        raise CellFault("không được để trống.", "may not be empty.")
    return column.default
