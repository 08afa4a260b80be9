"""Reading the files of an import: whatever they hold, every fault is named once and with its place."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.directory.domain.building import Built, build
from services.directory.domain.checking import Known, check
from services.directory.domain.faults import Fault
from services.directory.domain.files import BY_NAME, FILES, File
from services.directory.domain.reading import read
from tests.support.reference_data import BUSINESS, CENTRE, COMMUNE, DEPARTMENT, DISTRICT, POST_OFFICE, sample_files
from worktime import Calendar

Place = tuple[str, int, str]


def faults_in(files: dict[str, str]) -> list[Fault]:
    reading = read(files)
    built = build(reading)
    return sorted([*reading.faults, *built.faults, *check(reading, built, Known())])


def changed(file: str, old: str, new: str, times: int = 1) -> dict[str, str]:
    """The sample with one thing different."""
    files = sample_files()
    assert old in files[file]
    return files | {file: files[file].replace(old, new, times)}


def places(files: dict[str, str]) -> list[Place]:
    return [(fault.file, fault.line, fault.column) for fault in faults_in(files)]


def built_sample() -> Built:
    return build(read(sample_files()))


def test_the_sample_is_without_fault() -> None:
    assert faults_in(sample_files()) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("units.csv", "H99.21.05.13,Bộ", "H99.21.5,Bộ", ("units.csv", 5, "id")),
        ("units.csv", "commune,000.00.21.H99", "village,000.00.21.H99", ("units.csv", 5, "tier")),
        ("units.csv", "commune,000.00.21.H99", "commune,000.00.77.H99", ("units.csv", 5, "parent")),
        ("units.csv", "commune,000.00.21.H99", "commune,H99.21.05.13", ("units.csv", 5, "parent")),
        ("units.csv", "2017-01-01", "01/01/2017", ("units.csv", 2, "valid_from")),
        ("units.csv", "2017-01-01,,", "2017-01-01,2016-12-31,", ("units.csv", 2, "valid_to")),
        ("units.csv", "2017-01-01,,", "2017-01-01,2025-06-30,000.00.77.H99", ("units.csv", 2, "successor")),
        ("units.csv", "yes,mot-cua,4", "yes,mot-cua,3", ("units.csv", 2, "code_width")),
        ("units.csv", "yes,mot-cua,4", "yes,hai-cua,4", ("units.csv", 2, "calendar")),
        ("units.csv", "yes,mot-cua,4", "maybe,mot-cua,4", ("units.csv", 2, "one_stop")),
        ("units.csv", "Trung tâm Phục vụ hành chính công tỉnh Thanh Hà", "", ("units.csv", 2, "name")),
        ("units.csv", "G99.21.03", "P99.21.01", ("units.csv", 7, "id")),
        ("calendars.csv", "07:30-11:30 13:30-17:00", "07:30-13:40 13:30-17:00", ("calendars.csv", 2, "mon")),
        ("calendars.csv", "07:30-11:30 13:30-17:00", "7:30-11:30", ("calendars.csv", 2, "mon")),
        ("calendars.csv", "07:30-11:30 13:30-17:00", "07:30-25:00", ("calendars.csv", 2, "mon")),
        ("holidays.csv", "2025-01-01,holiday", "2025-02-30,holiday", ("holidays.csv", 2, "date")),
        ("holidays.csv", "2025-01-01,holiday", "2025-01-01,picnic", ("holidays.csv", 2, "kind")),
        ("holidays.csv", ",2025-01-27,", ",2025-01-01,", ("holidays.csv", 3, "date")),
        ("holidays.csv", ",2025-01-27,", "mot-cua,2025-01-01,", ("holidays.csv", 3, "date")),
        ("holidays.csv", ",2025-01-27,", "hai-cua,2025-01-27,", ("holidays.csv", 3, "calendar")),
        ("procedures.csv", "1.900011", "1.90011", ("procedures.csv", 2, "code")),
        ("procedures.csv", "working_days,10", "working_days,", ("procedures.csv", 2, "amount")),
        ("procedures.csv", "same_day,", "same_day,3", ("procedures.csv", 4, "amount")),
        ("procedures.csv", "500000", "-5", ("procedures.csv", 2, "fee")),
        ("procedures.csv", "500000", "500.000", ("procedures.csv", 2, "fee")),
        ("procedures.csv", "1.900051,2,2021", "1.900051,2,2016", ("procedures.csv", 10, "valid_from")),
        ("procedures.csv", "1.900051,2,2021", "1.900051,1,2021", ("procedures.csv", 10, "version")),
        ("papers.csv", "1.900051,1,can-cuoc", "1.900051,3,can-cuoc", ("papers.csv", 23, "versions")),
        ("papers.csv", "1.900051,1,can-cuoc", "1.900099,,can-cuoc", ("papers.csv", 23, "procedure")),
        ("papers.csv", "1.900011,,hop-dong", "1.900011,,don-dang-ky", ("papers.csv", 3, "code")),
        ("competences.csv", "1.900032,,H99.21.05.13,", "1.900032,,000.00.08.H99,", ("competences.csv", 6, "receiving")),
        ("competences.csv", "1.900032,,H99.21.05.13,", "1.900032,,P99.21.01,", ("competences.csv", 6, "receiving")),
        ("competences.csv", "H99.21.05.13 P99.21.01,G99", "H99.21.05.13 H99.21.05.13,G99", ("competences.csv", 3, "receiving")),
        ("competences.csv", ",G99.21.03", ",G99.21.77", ("competences.csv", 3, "competent")),
        ("staff.csv", "cb002,quang", "cb002,Lan", ("staff.csv", 3, "username")),
        ("staff.csv", "cb002,quang", "cb001,quang", ("staff.csv", 3, "id")),
        ("staff.csv", "cb002,quang", "cb002,quảng", ("staff.csv", 3, "username")),
        ("staff.csv", "cb002,quang", "operator,quang", ("staff.csv", 3, "id")),
        ("staff.csv", "cb002,quang", "cb002,Operator", ("staff.csv", 3, "username")),
        ("staff.csv", "motcua-mau-2026", "short", ("staff.csv", 2, "initial_password")),
        ("posts.csv", "cb001,000", "cb099,000", ("posts.csv", 2, "staff")),
        ("posts.csv", "H99,clerk", "H99,boss", ("posts.csv", 2, "role")),
        ("posts.csv", "H99,clerk", "H99,operator", ("posts.csv", 2, "role")),
        ("posts.csv", "officer,giao-thong", "officer,giao-thon", ("posts.csv", 4, "fields")),
    ],
)
def test_a_fault_is_named_with_its_place(file: str, old: str, new: str, expected: Place) -> None:
    found = faults_in(changed(file, old, new))
    assert expected in [(fault.file, fault.line, fault.column) for fault in found]
    assert all(fault.vi and fault.en and fault.vi != fault.en for fault in found)


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("units.csv", "Trung tâm Phục vụ hành chính công tỉnh Thanh Hà", "\x01", ("units.csv", 2, "name")),
        ("calendars.csv", "Giờ bưu điện", "", ("calendars.csv", 4, "name")),
        ("calendars.csv", "07:30-11:30 13:30-17:00", "07:30-13:40 13:30-17:00", ("calendars.csv", 2, "mon")),
        ("procedures.csv", "500000", "-5", ("procedures.csv", 2, "fee")),
        ("procedures.csv", "1.900041,1,", "1.900041,eins,", ("procedures.csv", 8, "version")),
        ("staff.csv", "cb010,tam", "cb010,tâm", ("staff.csv", 11, "username")),
    ],
)
def test_what_refers_to_a_faulty_row_is_not_a_second_fault(file: str, old: str, new: str, expected: Place) -> None:
    assert places(changed(file, old, new)) == [expected]


def test_a_procedure_that_nobody_receives_is_a_fault() -> None:
    assert places(changed("competences.csv", "1.900032,,H99.21.05.13,\n", "")) == [("procedures.csv", 6, "version")]


def test_a_calendar_without_working_time_is_a_fault() -> None:
    files = sample_files()
    files["calendars.csv"] += "khong-lam,Không làm,,,,,,,,yes\n"
    assert places(files) == [("calendars.csv", 5, "mon")]


def test_units_may_not_form_a_circle() -> None:
    files = changed("units.csv", "province,,2017-01-01", "province,H99.21.05.13,2017-01-01")
    assert {(file, column) for file, _, column in places(files)} == {("units.csv", "parent")}
    assert {line for _, line, _ in places(files)} == {2, 4, 5}, "those in the circle, not what hangs on it"


def test_files_of_a_kind_come_together_and_strange_ones_not_at_all() -> None:
    files = sample_files()
    alone = places({"posts.csv": files["posts.csv"]})
    assert ("staff.csv", 0, "") in alone
    assert ("posts.csv", 2, "staff") in alone
    assert ("readme.txt", 0, "") in places({**files, "readme.txt": "hello"})
    assert places({}) == [("", 0, "")]


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
    found = places({"units.csv": f"{heading}\n"})
    assert any(place[:2] == ("units.csv", 1) and (place[2] == column or not column) for place in found)


def test_a_row_of_another_length_is_a_fault() -> None:
    assert places(changed("holidays.csv", ",Ngày Chiến thắng,", ",Ngày, Chiến thắng,")) == [("holidays.csv", 11, "")]


def test_a_quote_that_never_ends_is_a_fault_and_no_exception() -> None:
    found = places(changed("units.csv", '"Khu 1', '"Khu "1'))
    assert [place for place in found if place[0] == "units.csv"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_any_spreadsheet_may_have_written_it(separator: str, mark: str, line_end: str) -> None:
    rewritten = {}
    for name, text in sample_files().items():
        out = io.StringIO()
        csv.writer(out, delimiter=separator, lineterminator=line_end).writerows(csv.reader(io.StringIO(text)))
        rewritten[name] = mark + out.getvalue()
    assert build(read(rewritten)) == built_sample()
    assert faults_in(rewritten) == []


def test_columns_in_any_order_and_optional_ones_left_out() -> None:
    text = "calendar,valid_from,tier,name,id\nmot-cua,2025-07-01,commune,Xã Mới,H99.30.01\n"
    reading = read({"units.csv": text})
    unit = build(reading).units["H99.30.01"]
    assert (unit.name, unit.parent, unit.one_stop, unit.code_width, unit.sample) == ("Xã Mới", None, False, 4, False)
    assert reading.faults == []


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    text = 'id,name,tier,valid_from,calendar\n\nH99.30.01,"Xã\nMới",commune,2025-07-01,mot-cua\nx,y,commune,2025-07-01,mot-cua\n'
    found = read({"units.csv": text})
    assert [row.line for row in found.rows["units.csv"]] == [4]
    assert [(fault.line, fault.column) for fault in found.faults] == [(5, "id")]


def test_versions_share_what_names_no_version() -> None:
    first, second = built_sample().procedures[BUSINESS].versions
    assert [paper.code for paper in first.papers] == ["giay-de-nghi", "can-cuoc", "bien-ban"]
    assert [paper.code for paper in second.papers] == ["giay-de-nghi", "bien-ban"]
    assert {one.receiving for one in second.competences} - {one.receiving for one in first.competences} == {POST_OFFICE}
    assert (first.limit.amount, second.limit.amount) == (5, 3)


def test_without_a_competent_unit_each_decides_by_itself() -> None:
    copies = built_sample().procedures["2.900033"].versions[0]
    assert [(one.receiving, one.competent) for one in copies.competences] == [(DISTRICT, DISTRICT), (COMMUNE, COMMUNE)]


def test_the_sample_is_a_province_in_small() -> None:
    built = built_sample()
    assert {unit.tier for unit in built.units.values()} == {"province", "district", "commune", "postal"}
    assert len([unit for unit in built.units.values() if unit.tier != "postal"]) == 5
    assert len(built.procedures) == 8
    assert len({version.field for procedure in built.procedures.values() for version in procedure.versions}) == 5
    assert all(each.sample for kind in (built.units, built.calendars, built.procedures, built.staff) for each in kind.values())
    held = [len({post.unit for post in person.posts}) for person in built.staff.values()]
    assert max(held) == 2, "somebody holds posts in two agencies"
    assert {CENTRE, DEPARTMENT, DISTRICT, COMMUNE, POST_OFFICE} < built.units.keys()


def test_somebody_decides_everything_that_can_be_received() -> None:
    built = built_sample()
    officers = {
        (post.unit, field)
        for person in built.staff.values()
        for post in person.posts
        if post.role == "officer"
        for field in post.fields or ["*"]
    }
    for procedure in built.procedures.values():
        for version in procedure.versions:
            for one in version.competences:
                assert {(one.competent, version.field), (one.competent, "*")} & officers, (procedure.code, one.competent)


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_the_sample_knows_the_public_holidays(year: int) -> None:
    """Seeded from the holidays library, corrected by hand: what it lacks are swaps, never a holiday."""
    import holidays

    calendar = built_sample().calendars["mot-cua"]
    counted = Calendar.from_data(calendar.model_dump(mode="json") | {"version": 1})
    worked = [day for day in holidays.country_holidays("VN", years=year) if counted.shifts_on(day)]
    assert worked == []


def test_swapped_days_are_in_the_sample() -> None:
    counted = Calendar.from_data(built_sample().calendars["hanh-chinh"].model_dump(mode="json") | {"version": 1})
    for off, worked in (((2026, 1, 2), (2026, 1, 10)), ((2026, 8, 31), (2026, 8, 22)), ((2025, 5, 2), (2025, 4, 26))):
        assert not counted.shifts_on(date(*off))
        assert counted.shifts_on(date(*worked))
    assert not counted.shifts_on(date(2026, 11, 24))


def test_the_readme_names_every_column_and_no_other() -> None:
    from tests.support.reference_data import SAMPLE

    explained: dict[str, set[str]] = {}
    for line in (SAMPLE / "README.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("### "):
            explained[line.removeprefix("### ").strip("`")] = set()
        elif line.startswith("| `") and explained:
            explained[[*explained][-1]] |= {name.strip(" `") for name in line.split("|")[1].split(",")}
    assert explained == {file.name: {column.name for column in file.columns} for file in FILES}


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from([*BY_NAME, "other.csv"]), st.text(max_size=200), max_size=4))
def test_whatever_stands_in_the_files_it_is_faults_and_no_exception(files: dict[str, str]) -> None:
    assert faults_in(files)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FILES), st.data())
def test_a_sample_with_any_cell_changed_is_read_or_refused_with_a_place(file: File, data: st.DataObject) -> None:
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
    assert all(fault.file in BY_NAME and fault.line >= 0 for fault in faults_in(files | {name: out.getvalue()}))
