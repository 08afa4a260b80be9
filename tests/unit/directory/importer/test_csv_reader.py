"""Reading the files of an import: any spreadsheet may have written them, and whatever they hold, nothing is an exception."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.directory.importer.csv_reader import read_files
from services.directory.importer.entities import build_entities
from services.directory.importer.formats import FORMAT_OF, FORMATS, FileFormat
from tests.support.directory_world import changed_sample, fault_places, faults_in, sample_entities
from tests.support.reference_data import sample_files


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("id,name,tier,valid_from", "calendar"),
        ("id,name,tier,valid_from,calendar,colour", "colour"),
        ("id,name,name,tier,valid_from,calendar", "name"),
        ("", ""),
    ],
)
def test_a_heading_must_be_one_of_ours(heading: str, column: str) -> None:
    faults = fault_places({"units.csv": f"{heading}\n"})
    assert any(location[:2] == ("units.csv", 1) and location[2] == (column or "id") for location in faults)


def test_a_row_of_another_length_is_a_fault() -> None:
    assert fault_places(changed_sample("holidays.csv", ",Ngày Chiến thắng,", ",Ngày, Chiến thắng,")) == [("holidays.csv", 11, "")]


def test_a_quote_that_never_ends_is_a_fault_and_no_exception() -> None:
    faults = fault_places(changed_sample("units.csv", '"Khu 1', '"Khu "1'))
    assert {location for location in faults if location[0] == "units.csv"} == {("units.csv", 7, "")}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_any_spreadsheet_may_have_written_it(separator: str, mark: str, line_end: str) -> None:
    rewritten = {}
    for name, text in sample_files().items():
        out = io.StringIO()
        csv.writer(out, delimiter=separator, lineterminator=line_end).writerows(csv.reader(io.StringIO(text)))
        rewritten[name] = mark + out.getvalue()
    assert build_entities(read_files(rewritten)) == sample_entities()
    assert faults_in(rewritten) == []


def test_columns_in_any_order_and_optional_ones_left_out() -> None:
    text = "calendar,valid_from,tier,name,id\nmot-cua,2025-07-01,commune,Xã Mới,H99.30.01\n"
    rows = read_files({"units.csv": text})
    unit = build_entities(rows).units["H99.30.01"]
    assert (unit.name, unit.parent, unit.one_stop, unit.code_width, unit.sample) == ("Xã Mới", None, False, 4, False)
    assert rows.faults == []


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    text = 'id,name,tier,valid_from,calendar\n\nH99.30.01,"Xã\nMới",commune,2025-07-01,mot-cua\nx,y,commune,2025-07-01,mot-cua\n'
    rows = read_files({"units.csv": text})
    assert rows.of("units.csv") == []
    assert [(fault.line, fault.column) for fault in rows.faults] == [(4, "name"), (5, "id")], "a name has one line"


def test_files_of_a_kind_come_together_and_strange_ones_not_at_all() -> None:
    files = sample_files()
    alone = fault_places({"posts.csv": files["posts.csv"]})
    assert ("staff.csv", 0, "") in alone
    assert ("posts.csv", 2, "staff") in alone
    assert ("readme.txt", 0, "") in fault_places({**files, "readme.txt": "hello"})
    assert fault_places({}) == [("", 0, "")]


@given(st.dictionaries(st.sampled_from([*FORMAT_OF, "other.csv"]), st.text(max_size=200), max_size=4))
def test_whatever_stands_in_the_files_it_is_faults_and_no_exception(files: dict[str, str]) -> None:
    assert faults_in(files)


@given(st.sampled_from(FORMATS), st.data())
def test_a_sample_with_any_cell_changed_is_read_or_refused_with_a_place(file: FileFormat, data: st.DataObject) -> None:
    name = file.name
    files = sample_files()
    rows = list(csv.reader(io.StringIO(files[name])))
    row = data.draw(st.integers(1, len(rows) - 1))
    column = data.draw(st.integers(0, len(rows[0]) - 1))
    rows[row][column] = data.draw(
        st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(["yes", "0", "2026-02-16", "*"])
    )
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    assert all(fault.file in FORMAT_OF and fault.line >= 0 for fault in faults_in(files | {name: out.getvalue()}))
