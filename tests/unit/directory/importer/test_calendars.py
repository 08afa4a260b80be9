"""What a calendar's file says beside its hours: which days count, until when it is known, and what happens past that."""

from datetime import date

import pytest

from services.directory.importer.csv_reader import read_files
from services.directory.importer.entities import Entities, build_entities

HOURS = "07:30-11:30"
HOLIDAYS = "calendar,date,kind,name_vi,name_en,shifts\n,2026-09-02,holiday,Quốc khánh,National Day,\n"


def imported(heading: str, cells: str) -> Entities:
    file = f"id,name,mon,sat,{heading}\nlich,Lịch,{HOURS},{HOURS},{cells}\n"
    return build_entities(read_files({"calendars.csv": file, "holidays.csv": HOLIDAYS}))


def test_what_is_stated_is_published() -> None:
    calendar = imported("counted,known_until,refuse_beyond", "mon sat,2027-06-30,yes").calendars["lich"]
    assert (calendar.counted, calendar.known_until, calendar.refuse_beyond) == (["mon", "sat"], date(2027, 6, 30), True)


def test_what_is_not_stated_follows_from_the_days() -> None:
    calendar = imported("sample", "").calendars["lich"]
    assert (calendar.counted, calendar.known_until, calendar.refuse_beyond) == (None, None, False)


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        pytest.param("counted", "mon saturday", id="no day of the week"),
        pytest.param("counted", "mon mon", id="a day twice"),
        pytest.param("known_until", "31/12/2026", id="a date in another form"),
        pytest.param("refuse_beyond", "maybe", id="neither yes nor no"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_place(heading: str, cell: str) -> None:
    rows = read_files({"calendars.csv": f"id,name,mon,{heading}\nlich,Lịch,{HOURS},{cell}\n", "holidays.csv": HOLIDAYS})
    assert [(fault.file, fault.line, fault.column) for fault in rows.faults] == [("calendars.csv", 2, heading)]


def test_a_calendar_whose_open_days_all_do_not_count_is_refused() -> None:
    """Nothing could ever be promised by it."""
    (fault,) = imported("counted", "tue").faults
    assert (fault.file, fault.line, fault.column) == ("calendars.csv", 2, "mon")
