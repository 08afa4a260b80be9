"""Every fault in the files of an import is named once and with its place."""

import pytest

from tests.support.directory_world import FaultPlace, changed_sample, fault_places, faults_in
from tests.support.reference_data import sample_files


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
        ("procedures.csv", "leader,GPLX,", "chief,GPLX,", ("procedures.csv", 8, "signing")),
        ("procedures.csv", "leader,GPLX,", "leader,,", ("procedures.csv", 8, "document_kind")),
        ("procedures.csv", "leader,GPLX,", "leader,G P,", ("procedures.csv", 8, "document_kind")),
        ("procedures.csv", "leader,GPLX,{n}/{year}/{kind}-SGTVT", "leader,GPLX,", ("procedures.csv", 8, "number_format")),
        ("procedures.csv", "GPLX,{n}/", "GPLX,{n}/{n}/", ("procedures.csv", 8, "number_format")),
        ("procedures.csv", "leader,GPLX,{n}/{year}/{kind}-SGTVT", "officer,GPLX,", ("procedures.csv", 8, "document_kind")),
        ("procedures.csv", "leader,GPLX,{n}/{year}/{kind}-SGTVT", ",,{n}", ("procedures.csv", 8, "number_format")),
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
def test_a_fault_is_named_with_its_place(file: str, old: str, new: str, expected: FaultPlace) -> None:
    faults = faults_in(changed_sample(file, old, new))
    assert expected in [(fault.file, fault.line, fault.column) for fault in faults]
    assert all(fault.vi and fault.en and fault.vi != fault.en for fault in faults)


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
def test_what_refers_to_a_faulty_row_is_not_a_second_fault(file: str, old: str, new: str, expected: FaultPlace) -> None:
    assert fault_places(changed_sample(file, old, new)) == [expected]


def test_a_procedure_that_nobody_receives_is_a_fault() -> None:
    assert fault_places(changed_sample("competences.csv", "1.900032,,H99.21.05.13,\n", "")) == [("procedures.csv", 6, "version")]


def test_a_calendar_without_working_time_is_a_fault() -> None:
    files = sample_files()
    files["calendars.csv"] += "khong-lam,Không làm,,,,,,,,yes\n"
    assert fault_places(files) == [("calendars.csv", 5, "mon")]


def test_units_may_not_form_a_circle() -> None:
    files = changed_sample("units.csv", "province,,2017-01-01", "province,H99.21.05.13,2017-01-01")
    assert {(file, column) for file, _, column in fault_places(files)} == {("units.csv", "parent")}
    assert {line for _, line, _ in fault_places(files)} == {2, 4, 5}, "those in the circle, not what hangs on it"
