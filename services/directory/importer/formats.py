"""The files of an import and their columns: this table is the format. `deploy/sample/README.md` explains it to people.

Files of one kind come together, because an entity is always imported whole: a procedure with its papers and its
competences, a person with the posts held, a calendar with its holidays.
"""

from dataclasses import dataclass
from typing import Any, Final

from contracts.values import Role, Tier
from services.directory.importer import cells
from services.directory.importer.cells import Reader
from worktime import ExceptionKind, Half
from worktime.calendar_data import WEEKDAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """An empty cell is `default`; in a required column it is a fault. `refers` names the kind of which an id must exist."""

    name: str
    read: Reader
    required: bool = False
    default: Any = None
    refers: str | None = None


@dataclass(frozen=True, slots=True)
class FileFormat:
    """`kind`: what its rows describe. `key`: the columns that no two rows may have alike."""

    name: str
    kind: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


def must(name: str, read: Reader, refers: str | None = None) -> Column:
    return Column(name=name, read=read, required=True, refers=refers)


def may(name: str, read: Reader, default: Any = None, refers: str | None = None) -> Column:
    return Column(name=name, read=read, default=default, refers=refers)


_SAMPLE: Final = may("sample", cells.yes_no, default=False)
_VERSIONS: Final = may("versions", cells.several(cells.whole(1, 10_000)), default=())

FORMATS: Final = (
    FileFormat(
        "calendars.csv",
        "calendar",
        ("id",),
        (
            must("id", cells.identifier),
            must("name", cells.text),
            may("base", cells.identifier, refers="calendar"),
            *(may(day, cells.week_shifts) for day in WEEKDAYS),
            may("counted", cells.several(cells.one_of(*WEEKDAYS)), default=()),
            may("known_until", cells.day),
            may("refuse_beyond", cells.yes_no, default=False),
            may("cutoff", cells.clock),
            may("late_moves_start", cells.yes_no),
            may("cutoff_basis", cells.text),
            may("from_arrival", cells.yes_no),
            may("forwarding_days", cells.whole(0, 30)),
            may("out_of_area_basis", cells.text),
            _SAMPLE,
        ),
    ),
    FileFormat(
        "holidays.csv",
        "calendar",
        ("calendar", "date"),
        (
            may("calendar", cells.several(cells.identifier), default=()),
            must("date", cells.day),
            must("kind", cells.member(ExceptionKind)),
            must("name_vi", cells.text),
            must("name_en", cells.text),
            may("shifts", cells.shifts, default=[]),
            may("half", cells.member(Half)),
        ),
    ),
    FileFormat(
        "units.csv",
        "unit",
        ("id",),
        (
            must("id", cells.unit_id),
            must("name", cells.text),
            must("tier", cells.member(Tier)),
            may("parent", cells.unit_id, refers="unit"),
            must("valid_from", cells.day),
            may("valid_to", cells.day),
            may("successor", cells.unit_id, refers="unit"),
            may("one_stop", cells.yes_no, default=False),
            must("calendar", cells.identifier, refers="calendar"),
            may("code_width", cells.whole(4, 9), default=4),
            may("address", cells.text),
            may("telephone", cells.text),
            _SAMPLE,
        ),
    ),
    FileFormat(
        "procedures.csv",
        "procedure",
        ("code", "version"),
        (
            must("code", cells.procedure_code),
            must("version", cells.whole(1, 10_000)),
            must("valid_from", cells.day),
            must("title", cells.text),
            must("field", cells.identifier),
            must("field_title", cells.text),
            must("limit", cells.one_of("working_days", "calendar_days", "working_hours", "same_day")),
            may("amount", cells.whole(1, 8_000), default=0),
            may("cutoff", cells.clock),
            may("fee", cells.whole(0, 10**12), default=0),
            may("online", cells.one_of("none", "partial", "full"), default="none"),
            may("by_post", cells.yes_no, default=False),
            may("legal_basis", cells.text),
            may("signing", cells.one_of("officer", "leader"), default="officer"),
            may("document_kind", cells.document_kind),
            may("number_format", cells.number_format),
            _SAMPLE,
        ),
    ),
    FileFormat(
        "papers.csv",
        "procedure",
        ("procedure", "versions", "code"),
        (
            must("procedure", cells.procedure_code),
            _VERSIONS,
            must("code", cells.identifier),
            must("title", cells.text),
            may("required", cells.yes_no, default=True),
            may("copies", cells.whole(0, 100), default=1),
            may("form", cells.form_address),
        ),
    ),
    FileFormat(
        "competences.csv",
        "procedure",
        ("procedure", "versions", "receiving"),
        (
            must("procedure", cells.procedure_code),
            _VERSIONS,
            must("receiving", cells.several(cells.unit_id), refers="unit"),
            may("competent", cells.unit_id, refers="unit"),
            may("out_of_area", cells.yes_no, default=False),
        ),
    ),
    FileFormat(
        "staff.csv",
        "staff",
        ("id",),
        (
            must("id", cells.identifier),
            must("username", cells.login),
            must("name", cells.text),
            may("active", cells.yes_no),
            may("initial_password", cells.password),
            _SAMPLE,
        ),
    ),
    FileFormat(
        "posts.csv",
        "staff",
        ("staff", "unit", "role"),
        (
            must("staff", cells.identifier),
            must("unit", cells.unit_id, refers="unit"),
            must("role", cells.member(Role, Role.OPERATOR)),
            may("fields", cells.several(cells.identifier), default=(), refers="field"),
        ),
    ),
)
FORMAT_OF: Final = {file.name: file for file in FORMATS}


def companions(kind: str) -> tuple[str, ...]:
    """The files that come together for a kind."""
    return tuple(file.name for file in FORMATS if file.kind == kind)
