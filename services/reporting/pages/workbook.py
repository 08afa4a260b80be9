"""Form II.06a as a workbook: the page's own figures as numbers, and a sheet of what is late, with who held it from when to when.

Texts are written as texts, whatever they begin with: nothing that somebody typed becomes a formula. Dates are dates.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any, Final

from xlsxwriter import Workbook

from services.reporting.domain.figures import Figures, Measure
from services.reporting.schemas import ListedDossier

GROUPS: Final[Mapping[str, tuple[Measure, ...]]] = {
    "received": (Measure.TOTAL, Measure.RECEIVED_ONLINE, Measure.RECEIVED_DIRECT, Measure.CARRIED_OVER),
    "resolved": (Measure.RESOLVED, Measure.EARLY, Measure.ON_TIME, Measure.LATE),
    "in_progress": (Measure.IN_PROGRESS, Measure.WITHIN_TIME, Measure.OVERDUE),
}
"""The form's columns in its order."""
MEASURES: Final = tuple(measure for measures in GROUPS.values() for measure in measures)
RATE: Final = len(MEASURES) + 1
HEAD: Final = 5
"""The first row of the table, counted from 0: above it stand title, period, instant and limits."""
LATE_COLUMNS: Final = (
    ("number", 6),
    ("dossier", 26),
    ("procedure", 40),
    ("unit", 30),
    ("competent", 30),
    ("accepted", 12),
    ("promised", 12),
    ("decided", 12),
    ("days_late", 10),
    ("held", 60),
)
_A4: Final = 9
Said = Callable[..., str]


@dataclass(frozen=True, slots=True)
class FormRow:
    """`links`: the address of the list behind each number."""

    name: str
    figures: Figures
    links: Mapping[Measure, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LateRow:
    """`held`: one line for each pair of hands. `link`: where the reader sees the dossier; may be empty."""

    dossier: ListedDossier
    unit: str
    competent: str
    held: Sequence[str]
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """`notes`: period, as of when, limits. `left_out`: late dossiers that do not stand in the list because it is too long."""

    notes: Sequence[str]
    by: str
    rows: Sequence[FormRow]
    total: FormRow
    late: Sequence[LateRow]
    left_out: int = 0


def workbook_of(content: Content, said: Said) -> bytes:
    """`said`: the texts of reporting, in the reader's language."""
    file = BytesIO()
    with Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        styles = _styles(book)
        _write_form(book.add_worksheet("II.06a"), styles, content, said)
        _write_late(book.add_worksheet(said("workbook.late_sheet")), styles, content, said)
    return file.getvalue()


def _styles(book: Workbook) -> dict[str, Any]:
    font = {"font_name": "Times New Roman", "font_size": 12, "valign": "top"}
    framed = font | {"border": 1, "text_wrap": True}
    given: dict[str, dict[str, Any]] = {
        "plain": font,
        "title": font | {"bold": True, "font_size": 14, "align": "center"},
        "note": font | {"align": "center"},
        "head": framed | {"bold": True, "align": "center", "valign": "vcenter"},
        "name": framed,
        "number": framed | {"num_format": "#,##0"},
        "rate": framed | {"num_format": '0.00" %"'},
        "total": framed | {"bold": True, "num_format": "#,##0"},
        "day": framed | {"num_format": "dd/mm/yyyy", "align": "center"},
        "sign": font | {"bold": True, "align": "center"},
    }
    return {name: book.add_format(style) for name, style in given.items()}


def _set_page(sheet: Any, head: int, said: Said) -> None:
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)
    sheet.set_footer(f"&C{said('workbook.page')} &P/&N")


def _write_form(sheet: Any, styles: Mapping[str, Any], content: Content, said: Said) -> None:
    _set_page(sheet, HEAD, said)
    sheet.set_column(0, 0, 38)
    sheet.set_column(1, RATE, 11)
    sheet.merge_range(0, 0, 0, RATE, said("workbook.title"), styles["title"])
    for at, note in enumerate(content.notes, 1):
        sheet.merge_range(at, 0, at, RATE, note, styles["note"])
    _write_head(sheet, styles, content.by, said)
    below = HEAD + 3 + len(content.rows)
    for at, row in enumerate(content.rows, HEAD + 3):
        _write_row(sheet, at, row, styles, "number")
    _write_row(sheet, below, content.total, styles, "total")
    for column, who in ((0, "made_by"), (RATE - 3, "head_of_unit")):
        sheet.merge_range(below + 3, column, below + 3, column + 3, said(f"workbook.{who}"), styles["sign"])
        sheet.merge_range(below + 4, column, below + 4, column + 3, said("workbook.sign_here"), styles["note"])
    sheet.merge_range(below + 2, RATE - 3, below + 2, RATE, said("workbook.dated"), styles["note"])


def _write_head(sheet: Any, styles: Mapping[str, Any], by: str, said: Said) -> None:
    sheet.merge_range(HEAD, 0, HEAD + 1, 0, said(f"column.{by}"), styles["head"])
    column = 1
    for group, measures in GROUPS.items():
        sheet.merge_range(HEAD, column, HEAD, column + len(measures) - 1, said(f"group.{group}"), styles["head"])
        column += len(measures)
    sheet.merge_range(HEAD, RATE, HEAD + 1, RATE, said("column.rate"), styles["head"])
    sheet.write_string(HEAD + 2, 0, "(2)", styles["head"])
    sheet.write_string(HEAD + 2, RATE, "", styles["head"])
    for column, measure in enumerate(MEASURES, 1):
        sheet.write_string(HEAD + 1, column, said(f"column.{measure}"), styles["head"])
        sheet.write_string(HEAD + 2, column, f"({column + 2})", styles["head"])


def _write_row(sheet: Any, at: int, row: FormRow, styles: Mapping[str, Any], style: str) -> None:
    sheet.write_string(at, 0, row.name, styles["total" if style == "total" else "name"])
    for column, measure in enumerate(MEASURES, 1):
        sheet.write_url(at, column, row.links[measure], styles[style])
        sheet.write_number(at, column, getattr(row.figures, measure), styles[style])  # the number instead of its address
    rate = row.figures.on_time_rate
    if rate is None:
        sheet.write_string(at, RATE, "–", styles["rate"])
    else:
        sheet.write_number(at, RATE, float(rate), styles["rate"])


def _write_late(sheet: Any, styles: Mapping[str, Any], content: Content, said: Said) -> None:
    _set_page(sheet, 2, said)
    sheet.merge_range(0, 0, 0, len(LATE_COLUMNS) - 1, said("workbook.late_title"), styles["title"])
    if content.left_out:
        sheet.merge_range(1, 0, 1, len(LATE_COLUMNS) - 1, said("workbook.left_out", count=content.left_out), styles["note"])
    for column, (name, width) in enumerate(LATE_COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(2, column, said(f"late_column.{name}"), styles["head"])
    for at, row in enumerate(content.late, 3):
        _write_late_row(sheet, at, row, styles)


def _write_late_row(sheet: Any, at: int, row: LateRow, styles: Mapping[str, Any]) -> None:
    dossier = row.dossier
    sheet.write_number(at, 0, at - 2, styles["number"])
    if row.link:
        sheet.write_url(at, 1, row.link, styles["name"])
    sheet.write_string(at, 1, dossier.code or "", styles["name"])
    for column, text in enumerate((dossier.procedure_title, row.unit, row.competent), 2):
        sheet.write_string(at, column, text, styles["name"])
    for column, day in enumerate((dossier.accepted_on, dossier.promised_on, dossier.decided_on), 5):
        _write_day(sheet, at, column, day, styles["day"])
    sheet.write_number(at, 8, dossier.days_late, styles["number"])
    sheet.write_string(at, 9, "\n".join(row.held), styles["name"])


def _write_day(sheet: Any, at: int, column: int, day: date | None, style: Any) -> None:
    if day is None:
        sheet.write_blank(at, column, None, style)
    else:
        sheet.write_datetime(at, column, day, style)
