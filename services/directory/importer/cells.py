"""How one cell of a file is read. A reader gives the value, or raises CellFault saying what should stand there."""

import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from contracts.directory import ClockTime, DocumentKind, FormAddress, NumberFormat
from contracts.given import GivenText
from contracts.values import Identifier, ProcedureCode, UnitId
from services.directory.domain.passwords import LONGEST, SHORTEST

Reader = Callable[[str], Any]
_WHOLE: Final = re.compile(r"[0-9]{1,18}")
_SHIFT: Final = re.compile(r"([0-9]{2}:[0-9]{2})-([0-9]{2}:[0-9]{2})")


class CellFault(Exception):  # noqa: N818 -- a finding, kept with its place
    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.vi, self.en = vi, en


def _valid(kind: Any, vi: str, en: str) -> Reader:
    adapter: TypeAdapter[Any] = TypeAdapter(kind)

    def read(cell: str) -> Any:
        try:
            return adapter.validate_python(cell)
        except ValidationError as error:
            raise CellFault(vi, en) from error

    return read


text = _valid(
    GivenText,
    "chỉ được có chữ nhìn thấy được, dài đến 500 ký tự.",
    "may hold visible characters only, up to 500 of them.",
)
identifier = _valid(
    Identifier,
    "chỉ gồm chữ không dấu, số và . _ : -, bắt đầu bằng chữ hoặc số, dài đến 80 ký tự.",
    "may hold letters without accents, digits and . _ : - only, beginning with a letter or digit, up to 80 characters.",
)
unit_id = _valid(
    UnitId,
    "phải như 000.00.16.H26 hoặc H15.50.05.13.",
    "must read like 000.00.16.H26 or H15.50.05.13.",
)
procedure_code = _valid(
    ProcedureCode,
    "phải như 1.004227 hoặc 1.004227.000.00.00.H26.",
    "must read like 1.004227 or 1.004227.000.00.00.H26.",
)
clock = _valid(ClockTime, "phải ghi như 15:00.", "must be written like 15:00.")
form_address = _valid(
    FormAddress,
    "phải là địa chỉ của một tệp, bắt đầu bằng https://, không có dấu cách.",
    "must be the address of a file, beginning with https:// and without spaces.",
)
document_kind = _valid(
    DocumentKind,
    "phải là ký hiệu loại văn bản, như QĐ, không có dấu cách, dài đến 20 ký tự.",
    "must be the sign of a kind of document, like QĐ, without spaces, up to 20 characters.",
)
number_format = _valid(
    NumberFormat,
    "phải có {n} một lần; ngoài ra chỉ dùng được {year}, {kind}, {unit}; như {n}/QĐ-UBND, dài đến 100 ký tự.",
    "must have {n} once, and besides only {year}, {kind}, {unit}; like {n}/QĐ-UBND, up to 100 characters.",
)
username = _valid(
    Identifier,
    "chỉ gồm chữ không dấu, số và . _ -.",
    "may hold letters without accents, digits and . _ - only.",
)


def login(cell: str) -> str:
    """A user name; two that differ in letter case only are one."""
    name: str = username(cell.lower())
    return name


def day(cell: str) -> date:
    """`2026-02-16` and no other way to write it."""
    try:
        value = date.fromisoformat(cell)
    except ValueError:
        value = None
    if value is None or value.isoformat() != cell:
        raise CellFault("phải là một ngày có thật, ghi như 2026-02-16.", "must be a real date, written like 2026-02-16.")
    return value


def whole(least: int, most: int) -> Reader:
    def read(cell: str) -> int:
        if not _WHOLE.fullmatch(cell) or not least <= int(cell) <= most:
            raise CellFault(f"phải là số nguyên từ {least} đến {most}.", f"must be a whole number from {least} to {most}.")
        return int(cell)

    return read


def one_of(*choices: str) -> Reader:
    listed = ", ".join(choices)

    def read(cell: str) -> str:
        if cell not in choices:
            raise CellFault(f"phải là một trong: {listed}.", f"must be one of: {listed}.")
        return cell

    return read


def member(kind: type[StrEnum], *left_out: StrEnum) -> Reader:
    read_choice = one_of(*(choice for choice in kind if choice not in left_out))
    return lambda cell: kind(read_choice(cell))


def yes_no(cell: str) -> bool:
    return bool(one_of("yes", "no")(cell) == "yes")


def several(read: Reader) -> Reader:
    """Values with spaces between them; none twice."""

    def read_all(cell: str) -> tuple[Any, ...]:
        values = tuple(read(part) for part in cell.split())
        if len(set(values)) != len(values):
            raise CellFault("có giá trị ghi hai lần.", "holds a value twice.")
        return values

    return read_all


def shifts(cell: str) -> list[tuple[str, str]]:
    """`07:30-11:30 13:30-17:00`. That the clocks exist and follow one another is for the calendar to say."""
    matches = [_SHIFT.fullmatch(part) for part in cell.split()]
    if not all(matches):
        raise CellFault("phải ghi như 07:30-11:30 13:30-17:00.", "must be written like 07:30-11:30 13:30-17:00.")
    return [(match[1], match[2]) for match in matches if match]


def week_shifts(cell: str) -> list[tuple[str, str]]:
    """The same, or `-` for a day of rest: in a calendar with a base an empty cell leaves the weekday as the base has it."""
    return [] if cell == "-" else shifts(cell)


def password(cell: str) -> str:
    """As long as any other: it is good once, and may be on paper for a day."""
    given: str = text(cell)
    if not SHORTEST <= len(given) <= LONGEST:
        raise CellFault(f"phải có {SHORTEST} đến {LONGEST} ký tự.", f"must have {SHORTEST} to {LONGEST} characters.")
    return given
