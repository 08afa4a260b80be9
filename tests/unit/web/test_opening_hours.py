"""Opening hours as people read them, and whether somebody is there now."""

from datetime import datetime

import pytest

from contracts.directory import CalendarV1
from web.formats import dialled
from web.opening_hours import Opening, opening_of, week_of
from worktime import TIME_ZONE

MORNING, AFTERNOON = ("07:30", "11:30"), ("13:30", "17:00")
OFFICE = CalendarV1(
    id="office",
    name="Office",
    weekly={day: [MORNING, AFTERNOON] for day in ("mon", "tue", "wed", "thu", "fri")},
    exceptions=[{"date": "2026-09-02", "kind": "holiday", "vi": "Quốc khánh", "en": "National Day"}],
)


def at(day: int, hour: int, minute: int = 0, *, month: int = 9) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=TIME_ZONE)


def test_neighbouring_days_with_the_same_hours_stand_together() -> None:
    weekly = {"mon": [MORNING, AFTERNOON], "tue": [MORNING, AFTERNOON], "wed": [MORNING], "fri": [MORNING], "sat": []}
    assert week_of(CalendarV1(id="some", name="Some", weekly=weekly)) == [
        ("mon", "tue", "07:30–11:30, 13:30–17:00"),
        ("wed", "wed", "07:30–11:30"),
        ("fri", "fri", "07:30–11:30"),
    ]


@pytest.mark.parametrize(
    ("now", "open_until", "opens_at"),
    [
        (at(1, 7, 29), None, at(1, 7, 30)),
        (at(1, 7, 30), at(1, 11, 30), None),
        (at(1, 11, 30), None, at(1, 13, 30)),
        (at(1, 16, 59), at(1, 17), None),
        (at(1, 17), None, at(3, 7, 30)),
        (at(2, 9), None, at(3, 7, 30)),
        (at(5, 9), None, at(7, 7, 30)),
    ],
)
def test_it_is_said_until_when_it_is_open_or_when_it_opens_next(
    now: datetime, open_until: datetime | None, opens_at: datetime | None
) -> None:
    opening = opening_of(OFFICE, now)
    assert (opening.open_until, opening.opens_at) == (open_until, opens_at)


@pytest.mark.parametrize(
    "calendar",
    [
        OFFICE.model_copy(update={"exceptions": []}),
        OFFICE.model_copy(update={"weekly": {}}),
        OFFICE.model_copy(update={"known_until": at(1, 0, month=8).date()}),
    ],
    ids=["never told a day off", "never open", "past its last day"],
)
def test_nothing_is_said_of_a_day_that_the_calendar_does_not_know(calendar: CalendarV1) -> None:
    opening: Opening = opening_of(calendar, at(1, 9))
    assert (opening.open_until, opening.opens_at) == (None, None)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0299 3800 001", "02993800001"),
        ("(0299) 38.00-001 gặp cô Hoa", "02993800001"),
        ("+84 299 3800 001", "+842993800001"),
        ("1900 1234, 1900 5678", "19001234"),
        ("gọi tổng đài", ""),
        ("113", ""),
    ],
)
def test_a_telephone_is_dialled_by_its_first_number(written: str, number: str) -> None:
    assert dialled(written) == number
