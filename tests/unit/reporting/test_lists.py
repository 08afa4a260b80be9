"""Whose hands a list names: those that had a dossier overnight, and the last."""

from datetime import datetime, timedelta

from contracts.values import CIVIL_TIME
from services.reporting.domain.holding import Holding
from services.reporting.pages.lists import held_longest

EVENING = datetime(2026, 2, 16, 23, tzinfo=CIVIL_TIME)
HOUR = timedelta(hours=1)


def held(number: int, since: datetime, until: datetime | None) -> Holding:
    return Holding(unit=f"unit {number}", officer=None, since=since, until=until)


def test_who_passed_it_on_the_same_day_is_left_out():
    passed_on = held(1, EVENING - 3 * HOUR, EVENING)
    overnight = held(2, EVENING, EVENING + HOUR)  # midnight in Vietnam, 17:00 in UTC
    last = held(3, EVENING + HOUR, EVENING + 2 * HOUR)
    assert held_longest([passed_on, overnight, last]) == [overnight, last]


def test_the_last_one_stands_there_however_short():
    assert held_longest([held(1, EVENING, EVENING)]) == [held(1, EVENING, EVENING)]
    assert held_longest([held(1, EVENING, None)]) == [held(1, EVENING, None)]
    assert held_longest([]) == []
