"""What the clock says of an open case, once for each promised date: near, then overdue; and who is to act."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from contracts.directory import PostV1, StaffV1
from contracts.routing import CaseDueSoonV1, CaseOverdueV1
from contracts.values import CIVIL_TIME, Outcome, Role
from services.routing.domain.case import Case
from services.routing.domain.history import Person
from services.routing.domain.near import FARTHEST, last_near_day
from services.routing.domain.ruling import Ruling, Verdict
from services.routing.handlers.due import note_due
from tests.support.reference_data import DISTRICT
from tests.support.routing_world import NOW
from tests.unit.routing.test_history import case
from worktime import Calendar

AN = Person("cb-an", "An")
MONDAY = date(2026, 2, 16)
WEEK = {"id": "w", "version": 1, "weekly": {day: [["07:30", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}}
TET = [{"date": f"2026-02-{day}", "kind": "holiday", "vi": "Tết", "en": "Tet", "shifts": []} for day in (17, 18, 19, 20)]


def held(**changes: Any) -> Case:
    return replace(case(), officer=AN, assigned_at=NOW, **changes)


def officer_of(unit: str, **changes: Any) -> StaffV1:
    post = PostV1(unit=unit, role=Role.OFFICER)
    fields = {"id": AN.id, "username": "an", "name": "An", "active": True, "tokens_valid_from": NOW, "posts": [post]}
    return StaffV1(**fields | changes)


@pytest.mark.parametrize(
    ("exceptions", "days", "last"),
    [
        ([], 2, date(2026, 2, 18)),
        ([], 0, MONDAY),
        ([], 4, date(2026, 2, 22)),
        (TET, 2, date(2026, 2, 24)),
    ],
    ids=["two days", "today", "the week-end behind the fourth", "over Tet"],
)
def test_near_is_counted_in_working_days(exceptions: list[dict[str, Any]], days: int, last: date) -> None:
    calendar = Calendar.from_data(WEEK | {"exceptions": exceptions})
    assert last_near_day(calendar, MONDAY, days) == last


def test_without_a_calendar_near_is_counted_in_calendar_days_and_a_closed_one_has_an_end() -> None:
    assert last_near_day(None, MONDAY, 2) == date(2026, 2, 18)
    closed = Calendar.from_data(WEEK | {"exceptions": [], "weekly": {"mon": [["07:30", "17:00"]]}, "counted": ["sun"]})
    assert last_near_day(closed, MONDAY, 2) == MONDAY + FARTHEST


def test_a_near_date_is_said_once_and_again_when_it_has_moved() -> None:
    promised = NOW + timedelta(days=2)
    decision = note_due(held(promised_at=promised), officer_of(DISTRICT), NOW, promised.date())
    assert decision is not None
    (fact,) = decision.events
    assert isinstance(fact, CaseDueSoonV1)
    assert (fact.responsible, fact.officer, fact.promised_at, fact.at) == (Role.OFFICER, AN.id, promised, NOW)
    assert note_due(decision.state, None, NOW, promised.date()) is None, "once"
    later = promised + timedelta(days=7)
    moved = replace(decision.state, promised_at=later)
    assert note_due(moved, None, NOW, promised.date()) is None, "not near any more"
    assert note_due(moved, None, later, later.date()) is not None


def test_nothing_is_late_on_the_promised_day_and_everything_the_day_after() -> None:
    late = held(
        promised_at=datetime(2026, 2, 16, 17, 0, tzinfo=CIVIL_TIME), due_soon_for=datetime(2026, 2, 16, 17, tzinfo=CIVIL_TIME)
    )
    assert note_due(late, None, datetime(2026, 2, 16, 23, 59, tzinfo=CIVIL_TIME), MONDAY) is None
    midnight = datetime(2026, 2, 17, 0, 0, tzinfo=CIVIL_TIME)
    decision = note_due(late, officer_of(DISTRICT), midnight, MONDAY)
    assert decision is not None
    (fact,) = decision.events
    assert isinstance(fact, CaseOverdueV1)
    assert (fact.responsible, fact.officer) == (Role.LEADER, AN.id), "the leader's concern, whoever has it"
    assert note_due(decision.state, None, midnight + timedelta(days=9), MONDAY) is None, "once"


@pytest.mark.parametrize(
    ("due", "staff"),
    [
        pytest.param(case(promised_at=NOW), None, id="nobody has it"),
        pytest.param(held(promised_at=NOW), officer_of(DISTRICT, active=False), id="who has it has left"),
        pytest.param(held(promised_at=NOW), officer_of("000.00.22.H99"), id="who has it works elsewhere"),
    ],
)
def test_the_leader_is_responsible_where_no_officer_is(due: Case, staff: StaffV1 | None) -> None:
    decision = note_due(due, staff, NOW, MONDAY)
    assert decision is not None
    (fact,) = decision.events
    assert isinstance(fact, CaseDueSoonV1)
    assert fact.responsible is Role.LEADER


def test_a_closed_case_is_neither_near_nor_late() -> None:
    decided = held(promised_at=NOW - timedelta(days=3), verdict=Verdict(Ruling(Outcome.GRANTED), NOW, AN))
    assert note_due(decided, None, NOW, MONDAY) is None
