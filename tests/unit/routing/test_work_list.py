"""What is counted about a work list: sums over who holds what."""

from services.routing.domain.stranded import NeedsHand
from services.routing.domain.work_list import Counts, Holding, OfficerCounts, by_officer, counts_of


def holding(officer: str | None, open_: int, late: int = 0, today: int = 0, **more: object) -> Holding:
    facts = {"unit": "H1", "name": officer and officer.upper(), "needs_hand": None} | more
    return Holding(officer=officer, open=open_, late=late, today=today, **facts)  # type: ignore[arg-type]


HELD = [
    holding("a", 5, late=2, today=1),
    holding("a", 3, today=2, unit="H2"),
    holding("a", 7, late=7, needs_hand=NeedsHand.FIELD),
    holding("b", 8, late=1),
    holding("gone", 4, today=4, name=None, needs_hand=NeedsHand.LEFT),
    holding(None, 6, late=3, today=1),
]


def test_what_needs_a_hand_is_counted_among_what_nobody_has() -> None:
    assert counts_of(HELD) == Counts(open=33, late=13, today=8, unassigned=17, needs_hand=11)


def test_of_one_officer_nothing_is_nobody_s() -> None:
    assert counts_of(HELD, "a") == Counts(open=15, late=9, today=3, unassigned=0, needs_hand=0)


def test_an_officer_s_cases_in_several_units_are_one_line_without_those_that_need_a_hand() -> None:
    assert by_officer(HELD) == [
        OfficerCounts(officer="a", name="A", open=8, late=2, today=3),
        OfficerCounts(officer="b", name="B", open=8, late=1, today=0),
    ]
    assert [row.officer for row in by_officer([*HELD, holding("b", 1)])] == ["b", "a"]


def test_nothing_held_is_nothing_counted() -> None:
    assert counts_of([]) == Counts(open=0, late=0, today=0, unassigned=0, needs_hand=0)
    assert by_officer([]) == []
