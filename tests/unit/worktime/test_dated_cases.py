"""Tết from 2024 to 2027, swapped Saturdays, pauses and other areas: each date as a person counts it, with its reasons."""

import pytest

from tests.support.worktime_cases import DatedCase, dated_cases, offices, why
from tests.support.worktime_world import at
from worktime import Explanation, Move, Promise


def test_there_are_enough_and_each_has_a_name_of_its_own() -> None:
    names = [case.name for case in dated_cases()]
    assert len(names) >= 60
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027])
def test_no_public_holiday_is_missing(year: int) -> None:
    """By the holidays library, which knows no swapped days."""
    import holidays

    assert [day for day in holidays.country_holidays("VN", years=year) if offices()["plain"].shifts_on(day)] == []


@pytest.mark.parametrize("case", dated_cases(), ids=lambda case: case.name)
def test_date_and_reasons(case: DatedCase) -> None:
    before, after = case.promised(), case.due_after_pauses()
    assert before.moment == at(case.before or case.due)
    assert after.moment == at(case.due)
    assert why(after.explanation) == case.why
    assert after.explanation.bases == tuple(case.basis)
    assert after.explanation.provisional == case.provisional


@pytest.mark.parametrize("case", dated_cases(), ids=lambda case: case.name)
def test_a_citizen_reads_it_in_both_languages_and_again_after_years(case: DatedCase) -> None:
    explanation = case.due_after_pauses().explanation
    vi, en = explanation.lines("vi"), explanation.lines("en")
    assert len(vi) == len(en)
    assert Explanation.from_data(explanation.to_data()) == explanation
    for basis in case.basis:
        assert f"Căn cứ: {basis}." in vi
        assert f"Legal basis: {basis}." in en


@pytest.mark.parametrize("case", [case for case in dated_cases() if case.pauses], ids=lambda case: case.name)
def test_who_holds_the_old_date_is_told_the_new_one(case: DatedCase) -> None:
    before, after = case.promised(), case.due_after_pauses()
    first, *more = Move(before, after).lines("vi")
    if before.moment == after.moment:
        assert (first, more) == (f"Ngày hẹn không đổi: {_in_words(after)}.", [])
    else:
        assert first == f"Ngày hẹn đổi từ {_in_words(before)} sang {_in_words(after)}."
        assert sum(line.startswith("Tạm dừng từ ") for line in more) == len(case.pauses)
        assert not {*more} & {*before.explanation.lines("vi")}


def _in_words(given: Promise) -> str:
    (line,) = (line for line in given.explanation.lines("vi") if line.startswith("Đến hạn lúc "))
    return line.removeprefix("Đến hạn lúc ").removesuffix(".")
