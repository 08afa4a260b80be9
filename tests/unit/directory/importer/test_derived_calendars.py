"""A calendar that keeps another one but for days of its own, and what else the files of calendars and procedures may say."""

from datetime import UTC, date, datetime

import pytest

from contracts.directory import CalendarV1, LimitV1, ReceptionRulesV1
from services.directory.importer.changes import Changes, Holdings, import_files
from services.directory.importer.csv_reader import read_files
from services.directory.importer.entities import build_entities
from services.directory.importer.faults import ImportRefused
from tests.support.directory_world import FaultPlace, changed_sample, fault_places
from tests.support.reference_data import BIRTH, LAND, sample_files

NOW = datetime(2026, 2, 16, 8, 0, tzinfo=UTC)
HEADING = "id,name,base,mon,tue,wed,thu,fri,sat,counted,known_until"
BASE = "goc,Lịch gốc,,07:30-11:30,07:30-11:30,07:30-11:30,07:30-11:30,07:30-11:30,08:00-10:00,mon tue wed thu fri,2026-12-31"
OWN = "xa,Lịch xã,goc,08:00-12:00,,-,,,,,"
HOLIDAYS = (
    "calendar,date,kind,name_vi,name_en,shifts,half\n"
    ",2026-09-02,holiday,Quốc khánh,National Day,,\n"
    "xa,2026-06-12,local_closure,hội nghị,assembly,,morning\n"
    "xa,2026-09-03,changed_hours,trực,on duty,08:00-09:00,\n"
)


def files(*rows: str, holidays: str = HOLIDAYS) -> dict[str, str]:
    return {"calendars.csv": "\n".join([HEADING, *rows]) + "\n", "holidays.csv": holidays}


def imported(given: dict[str, str], held: Holdings | None = None) -> Changes:
    return import_files(given, held or Holdings(), {}, NOW)


def by_id(changes: Changes) -> dict[str, CalendarV1]:
    return {calendar.id: calendar.entity for calendar in changes.calendars}


def after(changes: Changes) -> Holdings:
    return Holdings(calendars={calendar.id: calendar for calendar in changes.calendars})


def refused(given: dict[str, str], held: Holdings | None = None) -> list[FaultPlace]:
    with pytest.raises(ImportRefused) as raised:
        imported(given, held)
    assert all(fault.vi and fault.en and fault.vi != fault.en for fault in raised.value.faults)
    return [(fault.file, fault.line, fault.column) for fault in raised.value.faults]


def test_it_is_published_whole_with_the_days_of_its_base() -> None:
    calendar = by_id(imported(files(BASE, OWN)))["xa"]
    assert (calendar.base, calendar.own_weekdays) == ("goc", ["mon", "wed"])
    assert calendar.weekly["mon"] == [("08:00", "12:00")]
    assert calendar.weekly["wed"] == []
    assert calendar.weekly["sat"] == [("08:00", "10:00")]
    assert [exception["date"] for exception in calendar.exceptions] == ["2026-06-12", "2026-09-02", "2026-09-03"]
    assert calendar.own_dates == [date(2026, 6, 12), date(2026, 9, 3)]
    assert calendar.exceptions[0]["half"] == "morning"
    assert (calendar.counted, calendar.known_until) == (["mon", "tue", "wed", "thu", "fri"], date(2026, 12, 31))


def test_the_same_files_again_change_nothing() -> None:
    first = imported(files(BASE, OWN))
    assert [(calendar.id, calendar.version) for calendar in first.calendars] == [("goc", 1), ("xa", 1)]
    assert imported(files(BASE, OWN), after(first)).calendars == []


def test_it_changes_with_its_base_though_it_is_in_no_file() -> None:
    held = after(imported(files(BASE, OWN)))
    more = (
        "calendar,date,kind,name_vi,name_en\n,2026-09-02,holiday,Quốc khánh,National Day\n,2026-11-24,holiday,Văn hóa,Culture\n"
    )
    changes = imported(files(BASE.replace("08:00-10:00", "08:00-11:00"), holidays=more), held)
    assert [(calendar.id, calendar.version) for calendar in changes.calendars] == [("goc", 2), ("xa", 2)]
    calendar = by_id(changes)["xa"]
    assert calendar.weekly["sat"] == [("08:00", "11:00")]
    assert (calendar.weekly["mon"], calendar.weekly["wed"]) == ([("08:00", "12:00")], [])
    assert [day["date"] for day in calendar.exceptions] == ["2026-06-12", "2026-09-02", "2026-09-03", "2026-11-24"]
    assert calendar.exceptions[0]["half"] == "morning"
    assert changes.changed()["calendars"] == 2
    assert changes.unchanged()["calendars"] == 0


def test_its_base_may_be_held_already() -> None:
    held = after(imported(files(BASE, holidays=HOLIDAYS.split("xa,", maxsplit=1)[0])))
    changes = imported(files(OWN), held)
    assert [calendar.id for calendar in changes.calendars] == ["xa"]
    assert by_id(changes)["xa"].weekly["tue"] == [("07:30", "11:30")]


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        pytest.param([BASE, OWN.replace(",goc,", ",la,")], ("calendars.csv", 3, "base"), id="a base that does not exist"),
        pytest.param([BASE, OWN, "thon,Thôn,xa,,,,,,,,"], ("calendars.csv", 4, "base"), id="a base that has a base"),
        pytest.param([BASE, OWN.replace(",goc,", ",xa,")], ("calendars.csv", 3, "base"), id="its own base"),
        pytest.param([BASE, OWN[:-1] + "mon,"], ("calendars.csv", 3, "counted"), id="counted days, which are the base's"),
        pytest.param([BASE, OWN + "2027-12-31"], ("calendars.csv", 3, "known_until"), id="an end, which is the base's"),
        pytest.param([BASE, "xa,Lịch xã,goc,-,-,-,-,-,,,"], ("calendars.csv", 3, "base"), id="no working day left"),
        pytest.param(
            [BASE, OWN.replace("08:00-12:00", "08:00-07:00")], ("calendars.csv", 3, "mon"), id="a shift that ends early"
        ),
    ],
)
def test_what_cannot_be_is_named_by_its_place(rows: list[str], where: FaultPlace) -> None:
    assert where in refused(files(*rows, holidays=HOLIDAYS.split("xa,", maxsplit=1)[0]))


def test_a_calendar_that_others_keep_stays_whole() -> None:
    held = after(imported(files(BASE, OWN)))
    more = BASE.replace("goc,Lịch gốc,", "tinh,Lịch tỉnh,")
    assert refused(files(more, "goc,Lịch gốc,tinh,,,,,,,,", holidays=HOLIDAYS.split("xa,", maxsplit=1)[0]), held) == [
        ("calendars.csv", 3, "base")
    ]


def test_rules_are_published_with_their_legal_text() -> None:
    heading = "id,name,mon,cutoff,late_moves_start,cutoff_basis,from_arrival,forwarding_days,out_of_area_basis"
    rows = ("a,A,07:30-11:30,14:30,yes,Quyết định 1,no,2,Quyết định 2", "b,B,07:30-11:30,,,,,,", "c,C,07:30-11:30,,,,,0,")
    given = {"calendars.csv": "\n".join([heading, *rows]) + "\n", "holidays.csv": HOLIDAYS.split("xa,", maxsplit=1)[0]}
    calendars = build_entities(read_files(given)).calendars
    assert calendars["a"].rules == ReceptionRulesV1(
        cutoff="14:30",
        late_moves_start=True,
        cutoff_basis="Quyết định 1",
        from_arrival=False,
        forwarding_days=2,
        out_of_area_basis="Quyết định 2",
    )
    assert calendars["b"].rules is None
    assert calendars["c"].rules == ReceptionRulesV1()


def test_limits_in_calendar_days_and_a_cut_off_of_the_procedure_s_own() -> None:
    given = changed_sample("procedures.csv", "working_days,10", "calendar_days,30")
    assert by_code(given, LAND) == LimitV1(kind="working_days", amount=30, every_day=True)
    heading, *rows = sample_files()["procedures.csv"].splitlines()
    rows = [f"{row},{'14:30' if row.startswith(BIRTH) else ''}" for row in rows]
    given = sample_files() | {"procedures.csv": "\n".join([f"{heading},cutoff", *rows]) + "\n"}
    assert by_code(given, BIRTH) == LimitV1(kind="same_day", cutoff="14:30")
    rows[0] += "14:30"
    given |= {"procedures.csv": "\n".join([f"{heading},cutoff", *rows]) + "\n"}
    assert fault_places(given) == [("procedures.csv", 2, "cutoff")]


def by_code(given: dict[str, str], code: str) -> LimitV1:
    return build_entities(read_files(given)).procedures[code].versions[0].limit


def test_a_competence_says_that_it_lies_out_of_area() -> None:
    heading, *rows = sample_files()["competences.csv"].splitlines()
    rows = [f"{row},{'yes' if row.startswith(LAND) else ''}" for row in rows]
    given = sample_files() | {"competences.csv": "\n".join([f"{heading},out_of_area", *rows]) + "\n"}
    procedures = build_entities(read_files(given)).procedures
    for code, procedure in procedures.items():
        assert {rule.out_of_area for version in procedure.versions for rule in version.competences} == {code == LAND}
