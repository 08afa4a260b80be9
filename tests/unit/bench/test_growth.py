"""Growth's arithmetic: copies as the services would have made them, every route asked, what counts as grown."""

import random
from collections import defaultdict
from datetime import date, timedelta

import pytest

from bench.growth.copies import LONGEST_DAYS, OPEN_DAYS, YEARS_DAYS, Copy, Original, copies
from bench.growth.outcome import Growth
from bench.growth.routes import QUESTIONS, unasked
from bench.growth.rows import TABLES
from bench.growth.sweep import Timing
from contracts.values import check_code

DAY = date(2026, 11, 26)
FINISHED = Original(id="d-finished", day=DAY, unit="000.00.21.H99", width=4, finished=True)
WAITING = Original(id="d-waiting", day=DAY, unit="000.00.01.H99", width=6, finished=False)


def made(count: int = 3000) -> list[Copy]:
    return list(copies([FINISHED, WAITING], count, random.Random(1)))


def test_the_same_dossiers_each_time_and_none_twice() -> None:
    assert made() == made()
    assert len({copy.id for copy in made()}) == len({copy.code for copy in made()}) == 3000


def test_codes_of_a_units_day_have_no_gap() -> None:
    numbers = defaultdict(list)
    for copy in made():
        unit, day, number = check_code(copy.code).rsplit("-", 2)
        numbers[unit, day].append(int(number))
    assert all(sorted(of_day) == list(range(1, len(of_day) + 1)) for of_day in numbers.values())


def test_unfinished_ones_are_few_and_recent_and_nothing_was_decided_in_the_future() -> None:
    waiting = [copy for copy in made() if copy.original == WAITING.id]
    assert 0.02 < len(waiting) / 3000 < 0.04
    assert all(1 <= copy.days <= OPEN_DAYS and copy.took == 0 for copy in waiting)
    finished = [copy for copy in made() if copy.original == FINISHED.id]
    assert all(copy.took < copy.days <= YEARS_DAYS and copy.took <= LONGEST_DAYS for copy in finished)
    assert {FINISHED.day - timedelta(days=copy.days) for copy in finished} > {DAY - timedelta(days=300)}


def test_without_both_kinds_nothing_is_copied() -> None:
    with pytest.raises(ValueError, match="unfinished"):
        next(copies([FINISHED], 1, random.Random(1)))


def test_a_row_of_the_copy_has_its_own_id_and_code_and_days() -> None:
    statement = TABLES["reporting"][0].statement(
        [("id", "text"), ("code", "text"), ("unit", "text"), ("accepted_on", "date"), ("decided_at", "timestamp with time zone")]
    )
    assert "CASE WHEN t.code IS NULL THEN NULL ELSE m.code END" in statement
    assert 't."accepted_on" - m.days' in statement
    assert "t.\"decided_at\" - (m.days - m.took) * interval '1 day'" in statement
    assert "SELECT m.id, " in statement
    assert 't."unit"' in statement


def test_no_route_is_left_out() -> None:
    assert unasked() == []
    assert all(question.query.count("{") == question.query.count("}") for question in QUESTIONS)


def test_what_is_slow_and_slower_than_before_has_grown() -> None:
    small = {name: Timing(p50=15.0, p95=15.0) for name in ("/free", "/grown", "/page", "/api/x")}
    large = {
        "/free": Timing(p50=19.9, p95=61.0),
        "/grown": Timing(p50=20.1, p95=30.0),
        "/page": Timing(p50=19.0, p95=60.0),
        "/api/x": Timing(p50=19.0, p95=90.0),
    }
    growth = Growth(dossiers=(10, 1000), small=small, large=large)
    assert growth.grown == ["/grown"]
    assert growth.slow_pages == ["/free"]
    assert growth.ratio == 0.75
    assert growth.sound
    assert growth.as_json()["grown"] == ["/grown"]
