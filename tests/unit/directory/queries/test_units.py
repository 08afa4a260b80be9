"""Opening hours as people read them."""

from contracts.directory import CalendarV1
from services.directory.queries.units import opening_hours

MORNING, AFTERNOON = ("07:30", "11:30"), ("13:30", "17:00")


def test_neighbouring_days_with_the_same_hours_stand_together() -> None:
    weekly = {"mon": [MORNING, AFTERNOON], "tue": [MORNING, AFTERNOON], "wed": [MORNING], "fri": [MORNING], "sat": []}
    assert opening_hours(CalendarV1(id="some", name="Some", weekly=weekly)) == [
        ("mon", "tue", "07:30–11:30, 13:30–17:00"),
        ("wed", "wed", "07:30–11:30"),
        ("fri", "fri", "07:30–11:30"),
    ]
